"""Every method that needs no training on the series of the Signal page: a table and small pictures, as each arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
_ROWS_S, _PICTURES_S = 0.3, 2.0
"""After which rows and pictures that have arrived are drawn: all pictures together take the browser as long as some methods."""


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
    _arriving(looks, _networks(look), view)


def _arriving(looks: Sequence[Look], networks: Sequence[Version], view: View | None) -> None:
    """What has arrived; the rest is computed in the background while the page stays as it is."""
    waits = any(not one.summary_is_known for one in looks)
    st.fragment(_rows, run_every=_ROWS_S if waits else None)(looks, networks, waited=waits)
    st.fragment(_pictures, run_every=_PICTURES_S if waits else None)(looks, networks, view)


def _rows(looks: Sequence[Look], networks: Sequence[Version], *, waited: bool) -> None:
    """The table, and how much of it is still to come."""
    summaries = {look.method: _summary(look) for look in looks if look.summary_is_known}
    if missing := sorted((look for look in looks if look.method not in summaries), key=_rank):
        BACKGROUND.compute(state.visit(), _tasks(missing))
        st.progress(len(summaries) / len(looks), text=f"{len(summaries)} of {plural(len(looks), 'method')}")
    _table(looks, summaries, networks)
    if waited and not missing:
        st.rerun()  # the page looks no more whether something has arrived


def _tasks(missing: Sequence[Look]) -> Mapping[str, Callable[[], None]]:
    """What is to be computed, in its order: Instant alone, by whose error those of the others are told, then all of them."""
    first, *_ = missing
    return {look.name: partial(_judge, look) for look in missing if look is first or first.method != INSTANT}


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


def _judge(look: Look) -> None:
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
    rows = [row for look in looks if (row := _row(look, summaries.get(look.method)))]
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


def _row(look: Look, judged: Summary | str | None) -> Row | None:
    """With its numbers as soon as they are known, before the error is; None before that."""
    label, summary = METHODS[look.method].label, judged or look.numbers
    if isinstance(summary, str):
        return Row(id=look.method, name=label, refusal=summary)
    if summary is None:
        return None
    series = series_of(look.source)
    words = method_settings(look.method, summary.settings, rate_hz=series.time.rate_hz)
    cells = {"settings": Cell(words, words), **number_cells(summary, series.unit)}
    if judged is None:
        cells["error"] = Cell("…", title="Being estimated.")
    return Row(id=look.method, name=label, cells=cells)


def _pictures(looks: Sequence[Look], networks: Sequence[Version], view: View | None) -> None:
    """One panel for each method, in its place before its result is there."""
    made = [(METHODS[look.method].label, _made(look)) for look in looks]
    made += [(one.name, one.result.whole_estimate) for one in networks]
    titles = distinct_names([title for title, _ in made])
    panels = dict(zip(titles, (estimate for _, estimate in made), strict=True))
    figure = figures.grid(series_of(looks[0].source), panels, view=view)
    key, height = f"grid-{identity(looks[0].source)}", figures.grid_height(len(panels))
    chart.draw(figure, key=key, height=height, toolbar=False, saves=True)


def _made(look: Look) -> Estimate | None:
    try:
        return look.estimate if look.is_made else None
    except DenoiseError:
        return None


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
