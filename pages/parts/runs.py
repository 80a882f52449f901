"""The runs of this browser: which is open, and the menu that leads to the others."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from denoise_core.assess.formatting import minutes, plural
from denoise_core.errors import DenoiseError
from denoise_core.figures import shorten
from denoise_core.jobs import RunView
from denoise_core.jobs.spec import TRAIN, Spec
from denoise_core.jobs.storage.home import keep_days
from pages.parts import searches, state
from pages.parts.cached import store, studies
from pages.parts.messages import plain
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
    """Show the series of the run that a link opened."""
    run = _find(session.run)
    if run and run.spec.source.input and not _shows(session, run):
        task, noise = TrainingTask(columns=run.spec.channels), run.spec.config.noise
        state.change(source=run.spec.source, task=task, noise=noise, edits=session.edits + 1)


def _shows(session: state.Session, run: RunView) -> bool:
    """Whether the series on the pages is one of the run's."""
    source = session.source
    return source is not None and source.is_read_like(run.spec.source) and source.column in run.spec.channels


def open_run() -> RunView | None:
    """The open run; None where no run is open, and None with a warning where it cannot be found."""
    run_id = state.current().run
    if run_id is None:
        return None
    try:
        return store().run(run_id)
    except DenoiseError as error:
        _tell_missing(run_id, str(error))
        return None


def _tell_missing(run_id: str, why: str) -> None:
    """Why the run is not there, and the way back to it, for its owner, where there is one."""
    gone = _discarded(run_id)
    if gone is None:
        st.warning(plain(why), icon=":material/link_off:")
    else:
        spec, left_s = gone
        st.warning(
            plain(f"{spec.title} was deleted. It can be restored for another {minutes(left_s)}."), icon=":material/delete:"
        )
    with st.container(horizontal=True):
        if gone is not None:
            st.button("Restore this run", icon=":material/undo:", key="restore", on_click=attempt, args=(store().restore, run_id))
        st.button("Close this message", on_click=state.close_run)


def _discarded(run_id: str) -> tuple[Spec, float] | None:
    try:
        gone = store().discarded(run_id)
    except DenoiseError:
        return None
    return gone if gone and gone[0].owner == state.current().workspace else None


def close_ended() -> None:
    """Close a run that has ended, so that Train offers a new one; one that is running stays open."""
    run = _find(state.current().run)
    if run is None or run.ended:
        state.close_run()


def attempt(do: Callable[[str], None], run_id: str) -> None:
    """Stop, cancel or delete; if that is not possible, the next rerun says why."""
    try:
        do(run_id)
    except DenoiseError as error:
        state.fail(str(error))


def discard(run_id: str) -> None:
    """Delete the run; the page then offers to restore it."""
    attempt(store().discard, run_id)


def retention(run: RunView) -> None:
    """Where the run is stored and for how long, and the button that deletes it."""
    days = keep_days()
    until = f"for {days:g} day{'' if days == 1 else 's'} after it ends" if days else "until it is deleted"
    st.caption(f"This run and your file are stored on the computer that runs this app {until}.")
    if run.spec.owner == state.current().workspace:
        hint = "For an hour, the link of this run offers to restore it."
        st.button("Delete this run", icon=":material/delete:", key="delete", on_click=discard, args=(run.id,), help=hint)


def menu(session: state.Session) -> None:
    """The runs of this browser, newest first, each with a link to it."""
    mine = store().runs(session.workspace)
    searching = studies().of_owner(session.workspace)
    active = sum(not run.ended for run in mine) + sum(not one.status.has_ended for one in searching)
    # True of a run that waits and of one that runs: this line is not refreshed when the one becomes the other.
    label = f"{plural(active, 'run')} in progress" if active else f"Runs: {len(mine)}"
    with st.popover(label, icon=":material/history:", key="runs"):
        if not mine and not searching:
            st.caption("No runs in this browser yet.")
        searches.links(searching)
        _links(mine)


def list_results() -> None:
    """The runs of this browser that have a result."""
    if mine := [run for run in store().runs(state.current().workspace) if run.has_result]:
        st.markdown("**Your results**")
        _links(mine)
    elif state.current().run is None:
        st.markdown(
            "There is no result of this series yet. Train a network on it, or choose one under "
            "*All methods side by side* on the Signal page."
        )


def _links(found: list[RunView]) -> None:
    for run in found[:12]:
        page = "pages/result.py" if run.has_result else "pages/train.py"
        st.page_link(page, label=plain(_line(run)), icon=_ICONS[run.state], query_params=state.link(run=run.id))


def _line(run: RunView) -> str:
    at = "waiting" if run.state == "queued" else run.state
    at += f", as {run.waits_for}" if run.waits_for else ""
    done = f", {run.epochs_done} of {plural(run.epochs, 'epoch')}" if run.spec.kind == TRAIN else ""
    return f"{shorten(run.name)} · {shorten(run.spec.title, limit=60)}, {plural(run.spec.samples, 'sample')}: {at}{done}"


def _find(run_id: str | None) -> RunView | None:
    """The run, or None; `open_run` says on the pages that need it why it is not there."""
    try:
        return store().run(run_id) if run_id else None
    except DenoiseError:
        return None
