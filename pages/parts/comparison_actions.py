"""What can be done with a result on the Compare page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from denoise_core.errors import DenoiseError
from denoise_core.figures import COLORS
from denoise_core.jobs import RunView
from denoise_core.jobs.spec import APPLY, COMPUTED
from denoise_core.methods.as_code import given_settings
from pages.parts import applying, filter_settings, form, runs, state
from pages.parts.cached import store
from pages.parts.messages import plain
from pages.parts.side_by_side import SIDE_BY_SIDE
from pages.parts.versions import Version

_TO, _GONE = "comparison-to", "comparison-deleted"


def act(found: Mapping[str, Version], drawn: Sequence[str], what: str, run_id: str, value: Any) -> None:
    """Do what a person did in the table; `drawn` is what is drawn now."""
    version = found.get(run_id)
    if version is not None:
        try:
            _act(version, drawn, what, value)
        except DenoiseError as error:  # such as that another tab has just deleted it
            state.fail(str(error))


def _act(version: Version, drawn: Sequence[str], what: str, value: Any) -> None:
    run_id = version.id
    if what in ("rename", "delete") and version.run.spec.owner != state.current().workspace:
        state.fail("Only whoever made a result can rename or delete it.")
    elif what == "tick":
        state.change(drawn=_tick(drawn, run_id) if value else tuple("" if one == run_id else one for one in drawn))
    elif what == "rename":
        store().versions.rename(run_id, str(value))
    elif what == "pin":
        state.change(baseline=run_id if value else "")
    elif what == "delete":
        store().discard(run_id)
        state.put(_GONE, (run_id, version.name))
        state.change(run=None if state.current().run == run_id else state.current().run)
    elif what == "edit":
        _edit(version)
    elif what == "open":
        state.change(run=run_id)
        state.put(_TO, "pages/result.py")


def go_on() -> None:
    """Go to the page to which the last press leads, if it does."""
    if page := state.pop(_TO):
        st.switch_page(page, query_params=state.link())


def undo() -> None:
    """Say what was deleted last, and offer to have it back."""
    if (gone := state.value(_GONE)) is None:
        return
    run_id, name = gone
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(f"{name} was deleted."), width="content")
        st.button("Undo", icon=":material/undo:", key="undo-delete", on_click=_restore, args=(run_id,))
        st.button("Close", type="tertiary", key="close-delete", on_click=state.pop, args=(_GONE,))


def all_methods() -> None:
    """The button that leads to all methods on the Signal page, opened there."""
    st.button(
        "All methods side by side", icon=":material/view_module:", type="primary", key="all-methods", on_click=_open_methods
    )


def earlier_networks(found: Sequence[RunView]) -> None:
    """Networks that were trained on other series, to be used on this one."""
    if not found:
        return
    with st.popover("Use an earlier network", icon=":material/history_edu:"):
        names = {run.id: f"{run.name} · {run.spec.title}" for run in found}
        hint = "The Train page then says in what this recording differs from what the network was trained on."
        run_id = st.selectbox("Trained on another series", list(names), format_func=names.__getitem__, help=hint)
        run = next(run for run in found if run.id == run_id)
        st.button("Use it on this file", type="primary", key="use-network", on_click=_use, args=(run,))


def _tick(drawn: Sequence[str], run_id: str) -> tuple[str, ...]:
    """With one more, in the first free colour; where there is none, in place of the one drawn last."""
    places = [*drawn, *[""] * (len(COLORS) - len(drawn))]
    at = places.index("") if "" in places else len(places) - 1
    places[at] = run_id
    return tuple(places)


def _restore(run_id: str) -> None:
    state.pop(_GONE)
    runs.attempt(store().restore, run_id)


def _open_methods() -> None:
    state.put(SIDE_BY_SIDE, True)
    state.put(_TO, "app.py")


def _use(run: RunView) -> None:
    applying.take_from(run)
    state.put(_TO, "pages/train.py")


def _edit(version: Version) -> None:
    """To the page on which such a result is made, filled in with the settings of this one."""
    spec = version.run.spec
    if spec.kind == COMPUTED:
        filter_settings.fill(state.current().source or spec.source, spec.method, given_settings(version.result.whole_estimate))
        state.put("method", spec.method)
        state.put(_TO, "app.py")
    elif spec.kind == APPLY:
        _use(version.run)
    else:
        form.start_over(spec.config)
        state.put(_TO, "pages/train.py")
