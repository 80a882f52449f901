"""What every page begins with: its frame and the bar at the top, with links to the other pages, the glossary and the runs."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts import glossary, runs, state, workspace

_PAGES = {
    "app.py": ("Signal", ":material/show_chart:"),
    "pages/train.py": ("Train", ":material/model_training:"),
    "pages/result.py": ("Result", ":material/task_alt:"),
}


def page_setup(title: str) -> DeltaGenerator:
    """Page frame, top bar, and what went wrong with the last button press; every page's first call.

    Returns the place in the bar for one line about the series on the page.
    """
    st.set_page_config(page_title=f"{title} · Denoise", layout="wide")
    session = state.begin()
    runs.follow(session)
    with st.container(horizontal=True, vertical_alignment="center", key="top"):
        st.markdown("**Denoise**", width="content")
        for path, (label, icon) in _PAGES.items():
            st.page_link(path, label=label, icon=icon, query_params=state.link())
        st.space("stretch")
        line = st.empty()
        glossary.button()
        runs.menu(session)
    workspace.keep(session.workspace)
    for fault in state.pop_faults():
        st.error(fault, icon=":material/error:")
    return line
