"""Which of the results for the series is shown on the Result page."""

from __future__ import annotations

import streamlit as st

from denoise_core.assess.formatting import format_value
from denoise_core.jobs import RunView, Source
from pages.parts import state, versions
from pages.parts.cached import series_of
from pages.parts.versions import Version


def open_best(source: Source) -> RunView | None:
    """Open the result of least estimated error where no run is open; None where there is none, or where a link names a run."""
    if state.current().run is not None:
        return None
    run = versions.best(source)
    if run is not None:
        state.change(run=run.id)
    return run


def show(run: RunView, source: Source) -> None:
    """A list of all results for the series, where there are several."""
    found = {one.id: one for one in versions.of(source, linked=[run.id])}
    if len(found) < 2 or run.id not in found:
        return
    unit, key = series_of(source).unit, f"version-{run.id}"
    hint = "All results for this series, in the order in which they were made. The Compare page shows them side by side."
    st.selectbox(
        "Result",
        list(found),
        index=list(found).index(run.id),
        format_func=lambda run_id: _line(found[run_id], unit),
        key=key,
        on_change=_open,
        args=(key,),
        help=hint,
    )


def _line(version: Version, unit: str) -> str:
    """Its name and the error that it probably has."""
    error = version.summary and version.summary.error
    return f"{version.name} · error ≈ {format_value(error, unit)}" if error else version.name


def _open(key: str) -> None:
    state.change(run=state.value(key))
