"""The runs of this browser: which is open, and the strip that leads to the others. Knows nothing of training."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from denoise_core.errors import DenoiseError
from denoise_core.jobs import RunView
from denoise_core.jobs.spec import TRAIN
from denoise_core.jobs.storage.home import keep_days
from pages.parts import state
from pages.parts.cached import store
from pages.parts.training_task import TrainingTask

_ICONS = {
    "queued": ":material/hourglass_top:",
    "running": ":material/progress_activity:",
    "stopping": ":material/stop_circle:",
    "done": ":material/check_circle:",
    "stopped": ":material/check_circle:",
    "failed": ":material/error:",
    "cancelled": ":material/cancel:",
}


def follow(session: state.Session) -> None:
    """Take over the series of the run that a link opened."""
    run = _find(session.run)
    if run and run.source.input and run.source != session.source:
        state.change(source=run.source, task=TrainingTask(columns=run.channels), edits=session.edits + 1)


def open_run() -> RunView | None:
    """The open run; a sentence and None where it cannot be found, and None where no run is open."""
    run_id = state.current().run
    if run_id is None:
        return None
    try:
        return store().run(run_id)
    except DenoiseError as error:
        st.warning(str(error), icon=":material/link_off:")
        st.button("Forget this link", on_click=state.close_run)
        return None


def close_ended() -> None:
    """Leave a run that has ended, so that the next look at Train offers a new one; one at work stays open."""
    run = _find(state.current().run)
    if run is None or run.ended:
        state.close_run()


def ask(do: Callable[[str], None], run_id: str) -> None:
    """Stop, cancel...; where that cannot be done, the next rerun says why."""
    try:
        do(run_id)
    except DenoiseError as error:
        state.fail(str(error))


def delete(run_id: str) -> None:
    """Take the run and all its files away."""
    ask(store().delete, run_id)
    state.close_run()


def retention(run: RunView) -> None:
    """Where the run is kept and for how long, and the way to end that now."""
    days = keep_days()
    until = f"for {days:g} days after its end" if days else "until it is deleted"
    st.caption(f"This run and your file are kept on the computer that runs this app, {until}.")
    if run.owner == state.current().workspace:
        st.button("Delete this run now", icon=":material/delete:", key="delete", on_click=delete, args=(run.id,))


def strip(session: state.Session) -> None:
    """The runs of this browser, newest first, each a way back to it."""
    mine = store().runs(session.workspace)
    active = sum(not run.ended for run in mine)
    label = f"Runs: {active} at work" if active else f"Runs: {len(mine)}"
    with st.popover(label, icon=":material/history:", key="runs"):
        if not mine:
            st.caption("Nothing was trained in this browser yet.")
        _links(mine)


def list_results() -> None:
    """The runs of this browser that have a result."""
    if mine := [run for run in store().runs(state.current().workspace) if run.has_result]:
        st.markdown("**Results so far**")
        _links(mine)


def _links(found: list[RunView]) -> None:
    for run in found[:12]:
        page = "pages/result.py" if run.has_result else "pages/train.py"
        st.page_link(page, label=_line(run), icon=_ICONS[run.state], query_params=state.link(run=run.id))


def _line(run: RunView) -> str:
    at = "waiting" if run.state == "queued" else run.state
    done = f"{run.epochs_done} of {run.epochs} epochs" if run.kind == TRAIN else f"with {run.model_name}"
    return f"{run.title}, {run.samples:,} samples: {at}, {done}"


def _find(run_id: str | None) -> RunView | None:
    """The run, or None; `opened` says on the pages that need it why it is not there."""
    try:
        return store().run(run_id) if run_id else None
    except DenoiseError:
        return None
