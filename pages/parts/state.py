"""What one browser session remembers: the only module that touches ``st.session_state`` and the URL."""

from __future__ import annotations

import streamlit as st

from denoise_core.figures import View


def view(key: str) -> View | None:
    """The stretch that the chart `key` is zoomed to, or None where it shows everything."""
    view = st.session_state.get(key, {}).get("view")
    return (float(view[0]), float(view[1])) if view else None
