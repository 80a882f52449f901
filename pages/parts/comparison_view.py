"""The picture of the Compare page: the ticked results over each other, and their residuals."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from denoise_core import figures
from denoise_core.figures import COLORS, Drawn
from denoise_core.jobs import RunView, Source
from denoise_core.jobs.spec import COMPUTED
from denoise_core.jobs.versions import ranked
from pages.parts import chart, comparison_actions, state
from pages.parts.cached import identity, series_of, truth
from pages.parts.messages import plain
from pages.parts.versions import Version

_SUGGESTED = 2  # results


def results_to_draw(found: Sequence[Version]) -> tuple[str, ...]:
    """The results that are drawn, each at the place of its colour; at first those of least estimated error."""
    known, asked = {one.id for one in found}, state.current().drawn
    if asked is None:
        fit = [one for one in found if not one.refusal]
        asked = tuple(fit[at].id for at in ranked([one.summary for one in fit])[:_SUGGESTED])
        state.change(drawn=asked)  # so that the link of the page draws them elsewhere too
    return tuple(run_id if run_id in known else "" for run_id in asked[: len(COLORS)])


def show(chosen: Source, found: Sequence[Version], drawn: Sequence[str], mine: Sequence[RunView]) -> None:
    """The buttons, and the chart; `mine` are all runs of this browser."""
    by_id = {one.id: one for one in found if not one.refusal}
    baseline = by_id.get(state.current().baseline)
    with st.container(horizontal=True, vertical_alignment="center"):
        less = _asks_for_difference(baseline)
        comparison_actions.earlier_networks(_networks(chosen, mine))
    shown = [(by_id[run_id], at) for at, run_id in enumerate(drawn) if run_id in by_id]
    lines = {one.name: Drawn(one.result.whole_estimate, at) for one, at in shown}
    series, clean = series_of(chosen), truth(chosen)
    pinned = baseline.result.whole_estimate if less and baseline is not None else None
    name = baseline.name if baseline is not None else ""
    chart.zoomable(
        lambda view: figures.compare(series, lines, truth=clean, baseline=pinned, baseline_name=name, view=view),
        key=f"compare-{identity(chosen)}",
        height=330,
    )


def nothing_yet(chosen: Source, mine: Sequence[RunView]) -> None:
    """How results for the series are made, where there are none."""
    st.info("There are no results for this series yet. Choose some of the methods, or train a network.")
    with st.container(horizontal=True):
        comparison_actions.all_methods()
        st.page_link("pages/train.py", label="Train a network", icon=":material/model_training:", query_params=state.link())
        comparison_actions.earlier_networks(_networks(chosen, mine))


def _asks_for_difference(baseline: Version | None) -> bool:
    """Whether residuals are drawn less that of the pinned result; asked only where there is one."""
    if baseline is None:
        st.caption("Tick what is to be drawn. Pin one to see by how much the others are better, and where they differ.")
        return False
    hint = "Draws what each result removed that the pinned one did not."
    return st.toggle(plain(f"Residuals less that of {baseline.name}"), key="less-baseline", help=hint)


def _networks(chosen: Source, mine: Sequence[RunView]) -> list[RunView]:
    """Networks of this browser's runs on other series."""
    trained = (run for run in mine if run.has_result and run.spec.kind != COMPUTED)
    return [run for run in trained if not run.spec.source.is_read_like(chosen)]
