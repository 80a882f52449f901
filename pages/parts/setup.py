"""What every page begins with: its frame and the bar at the top, with links to the other pages, the glossary and the runs."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from denoise_core.allocator import exempt_modules_from_collection
from denoise_core.errors import DenoiseError
from pages.parts import glossary, runs, state, workspace
from pages.parts.cached import keep_alive, store
from pages.parts.messages import plain

_STYLE = Path(__file__).parent / "style.css"
PAGES = {
    "app.py": ("Signal", ":material/show_chart:"),
    "pages/train.py": ("Train", ":material/model_training:"),
    "pages/result.py": ("Result", ":material/task_alt:"),
    "pages/compare.py": ("Compare", ":material/stacked_line_chart:"),
    "pages/learn.py": ("Learn", ":material/school:"),
}
"""File of a page -> its name and icon."""


def page_setup(title: str) -> DeltaGenerator:
    """Page frame, top bar, and what went wrong with the last button press; every page's first call.

    Returns the place in the bar for one line about the series on the page.
    """
    st.set_page_config(page_title=f"{title} · Denoise", layout="wide")
    st.html(_STYLE)
    exempt_modules_from_collection()  # Those that the last rerun imported: Streamlit looks for garbage after each.
    session = state.begin()
    # Before all that can fail: a run waits for it even where nothing can be shown. It takes 10 ms at most.
    problem = _start()
    runs.follow(session)
    heading(title, level=1)
    with st.container(horizontal=True, vertical_alignment="center", key="top"):
        st.markdown("**Denoise**", width="content")
        for path, (label, icon) in PAGES.items():
            st.page_link(path, label=label, icon=icon, query_params=state.link())
        st.space("stretch")
        line = st.empty()
        glossary.button()
        runs.menu(session)
    workspace.keep(session.workspace)
    for fault in (problem, *state.pop_faults()) if problem else state.pop_faults():
        st.error(plain(fault), icon=":material/error:")
    return line


def heading(text: str, *, level: int = 2) -> None:
    """A heading for those who listen to the page, where those who look at it need none."""
    with st.container(key=f"heading-{text}"):
        (st.title if level == 1 else st.header)(text, anchor=False)


def _start() -> str:
    """Open the data folder and start the supervisor; a sentence where no training can start, else ""."""
    try:
        store()
    except DenoiseError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()
    return keep_alive()
