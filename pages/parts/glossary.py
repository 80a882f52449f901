"""The glossary, which a button at the top of every page opens."""

from __future__ import annotations

import streamlit as st

from denoise_core.config.glossary import GLOSSARY


def button() -> None:
    """The button that opens the glossary."""
    if st.button("Glossary", icon=":material/menu_book:", type="tertiary", key="glossary"):
        _open()


@st.dialog("Glossary", width="large")
def _open() -> None:
    st.markdown("\n".join(f"- **{term}**: {sentence}" for term, sentence in GLOSSARY.items()))
