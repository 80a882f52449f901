"""Every method that needs no training on the series of the Signal page: a table and small pictures, as each arrives."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import streamlit as st

from denoise_core import figures
from denoise_core.assess.formatting import plural
from denoise_core.assess.risk import BLEND
from denoise_core.assess.summary import Summary
from denoise_core.errors import DenoiseError
from denoise_core.figures import View
from denoise_core.jobs.differences import method_settings
from denoise_core.jobs.spec import COMPUTED
from denoise_core.jobs.versions import distinct_names
from denoise_core.methods import METHODS
from denoise_core.methods.referee import SHARED
from denoise_core.series import Estimate
from pages.parts import chart, messages, results_table, state, versions
from pages.parts.background import BACKGROUND
from pages.parts.cached import INSTANT, forget_recording, identity, series_of, store, truth
from pages.parts.quick_look import Look
from pages.parts.result_numbers import number_cells, number_columns
from pages.parts.results_table import Cell, Column, Row
from pages.parts.versions import Version

AT_ONCE = 200_000
"""Longer series are denoised by all methods only if that is asked for: it takes seconds for each 20,000 samples."""
SIDE_BY_SIDE = "side-by-side"
"""Key of the box that holds it."""
_CHOSEN = "chosen-result"
_POLL_S = 0.8  # after which what has arrived is drawn: drawing takes the browser as long as a method takes


def show(look: Look, view: View | None) -> None:
    """The table and the pictures of all methods, on the stretch that the picture above is zoomed to."""
    looks = _looks(look)
    if len(series_of(look.source)) > AT_ONCE and not any(one.summary_is_known for one in looks):
        hint = f"{plural(len(series_of(look.source)), 'sample')}: all methods together take a minute or more."
        if not st.button("Compute all methods", help=hint, key="compute-all"):
            st.caption(hint)
            return
    if state.value(_CHOSEN) == (look.name, state.current().run):
        label = messages.plain(METHODS[look.method].label)
        st.success(f"{label} is the result now. The Result and Compare pages show it.", icon=":material/task_alt:")
    missing = any(not one.summary_is_known for one in looks)
    st.fragment(_arrive, run_every=_POLL_S if missing else None)(looks, view, was_missing=missing)


def _arrive(looks: Sequence[Look], view: View | None, *, was_missing: bool) -> None:
    """What has arrived; the rest is computed in the background while the page stays as it is."""
    summaries = {look.method: _summary(look) for look in looks if look.summary_is_known}
    missing = sorted((look for look in looks if look.method not in summaries), key=_rank)
    if missing:
        BACKGROUND.top_up({look.name: partial(_compute, look) for look in missing})
        st.progress(len(summaries) / len(looks), text=f"{len(summaries)} of {plural(len(looks), 'method')}")
    elif was_missing:
        st.rerun()  # the page looks no more whether something has arrived
    networks = _networks(looks[0])
    _table(looks, summaries, networks)
    _pictures(looks, networks, view)


def _looks(look: Look) -> list[Look]:
    """The same series by each method; the settings that were changed are those of the method on the page."""
    names = [name for name, method in METHODS.items() if not method.trains]
    return [look if name == look.method else replace(look, method=name, changes={}) for name in names]


def _rank(look: Look) -> int:
    """Instant first, from whose error those of the others are told; then the method on the page, and Auto, which takes longest.

    Last those of which Auto is combined: they are there when it is, and would only wait for it.
    """
    first = (INSTANT, state.value("method"), BLEND)
    return first.index(look.method) if look.method in first else len(first) + (look.method in SHARED)


def _summary(look: Look) -> Summary | str:
    """The numbers, or why the method gives none."""
    try:
        return look.summary
    except DenoiseError as error:
        return str(error)


def _compute(look: Look) -> None:
    with suppress(DenoiseError):  # said in its row
        look.summary  # noqa: B018
    forget_recording()


def _table(looks: Sequence[Look], summaries: dict[str, Summary | str], networks: Sequence[Version]) -> None:
    unit = series_of(looks[0].source).unit
    columns = [
        Column("settings", "Settings", number=False),
        *number_columns(unit, with_truth=truth(looks[0].source) is not None),
    ]
    shown = (state.value("method"), state.current().run)
    rows = [_row(look, summaries[look.method]) for look in looks if look.method in summaries]
    rows += [Row(id=one.id, name=one.name, cells=number_cells(one.summary, unit)) for one in networks if one.summary]
    rows = [replace(row, chosen=row.id in shown) for row in rows]
    by_method = {look.method: look for look in looks}
    results_table.show(
        rows,
        columns,
        key=f"methods-{identity(looks[0].source)}",
        label="Method",
        act=lambda _, row, __: choose(by_method[row]) if row in by_method else state.change(run=row),
        opens="Make this the result",
        alone=True,
    )


def _networks(look: Look) -> list[Version]:
    """What networks made of the same series."""
    return [one for one in versions.of(look.source) if one.run.spec.kind != COMPUTED and one.summary is not None]


def _row(look: Look, summary: Summary | str) -> Row:
    label = METHODS[look.method].label
    if isinstance(summary, str):
        return Row(id=look.method, name=label, refusal=summary)
    series = series_of(look.source)
    words = method_settings(look.method, summary.settings, rate_hz=series.time.rate_hz)
    return Row(id=look.method, name=label, cells={"settings": Cell(words, words), **number_cells(summary, series.unit)})


def _pictures(looks: Sequence[Look], networks: Sequence[Version], view: View | None) -> None:
    """One panel for each method that has a result."""
    made: list[tuple[str, Estimate]] = []
    for look in looks:
        if look.is_made:
            with suppress(DenoiseError):
                made.append((METHODS[look.method].label, look.estimate))
    made += [(one.name, one.result.whole_estimate) for one in networks]
    if made:
        titles = distinct_names([title for title, _ in made])
        panels = dict(zip(titles, (estimate for _, estimate in made), strict=True))
        figure = figures.grid(series_of(looks[0].source), panels, view=view)
        height = figures.grid_height(len(looks) + len(networks))
        chart.draw(figure, key=f"grid-{identity(looks[0].source)}", height=height, toolbar=False)


def choose(look: Look) -> None:
    """Keep the row's result as a version, and show it as the result on the page."""
    session, source = state.current(), look.source
    try:
        run = store().versions.keep(
            series_of(source),
            look.estimate,
            look.summary,
            owner=session.workspace,
            title=f"{source.file_name}: {source.column}",
            source=source,
            stated=look.stated,
            token=look.name,
        )
    except DenoiseError as error:
        state.fail(str(error))
        return
    state.put("method", look.method)
    state.change(run=run)
    state.put(_CHOSEN, (look.name, run))
