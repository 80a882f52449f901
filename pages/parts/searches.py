"""The searches of this browser: which is open, and lines of the menu that lead to the others."""

from __future__ import annotations

import streamlit as st

from denoise_core.errors import DenoiseError
from denoise_core.figures import shorten
from denoise_core.jobs import RunView, StudyView
from denoise_core.jobs.studies import StudyLine
from pages.parts import state
from pages.parts.cached import studies
from pages.parts.messages import plain

_MOST = 4  # in the menu
_STATES = {"queued": "waiting", "running": "searching", "done": "done", "stopped": "stopped", "failed": "failed"}


def open_study() -> StudyView | None:
    """The open search; None where none is open, or with a warning where it cannot be found."""
    study_id = state.current().study
    if study_id is None:
        return None
    try:
        return studies().study(study_id)
    except DenoiseError as error:
        st.warning(plain(str(error)), icon=":material/link_off:")
        st.button("Close this message", on_click=state.close_study, key="close-study")
        return None


def back(run: RunView) -> None:
    """From the result of a trial to its search."""
    if run.spec.study:
        link = state.link(study=run.spec.study, run="")
        st.page_link("pages/train.py", label="Back to the search", icon=":material/manage_search:", query_params=link)


def links(mine: list[StudyLine]) -> None:
    """One line for each search, however many trials it has."""
    for one in mine[:_MOST]:
        icon = ":material/check_circle:" if one.status.has_ended else ":material/manage_search:"
        label = plain(f"Search: {shorten(one.spec.title, limit=60)}: {_STATES[one.status.state]}")
        st.page_link("pages/train.py", label=label, icon=icon, query_params=state.link(study=one.id, run=""))
