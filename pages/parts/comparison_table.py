"""The table of the Compare page: one row to each result of the series."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from denoise_core import figures
from denoise_core.assess.formatting import plural
from denoise_core.assess.result_words import age_in_words, gain_over_db
from denoise_core.assess.summary import Summary
from denoise_core.jobs import Source
from denoise_core.jobs.differences import differences
from pages.parts import comparison_actions, results_table, state
from pages.parts.cached import identity, series_of, truth
from pages.parts.result_numbers import number_cells, number_columns
from pages.parts.results_table import SPARKLINE, Action, Cell, Column, Row
from pages.parts.versions import Version

_HEIGHT = 206  # pixels: six rows, so that the picture below is seen at once
_ACTIONS = (
    Action("pin", "push_pin", "Compare the others with this one"),
    Action("edit", "content_copy", "Duplicate and edit its settings"),
    Action("delete", "delete", "Delete"),
)


def show(chosen: Source, found: Sequence[Version], drawn: Sequence[str]) -> None:
    """All results, in the order in which they were made; those in `drawn` are ticked, each in the colour of its place."""
    baseline = next((one for one in found if one.id == state.current().baseline), None)
    told = differences([(one.run.spec, one.summary) for one in found], rate_hz=series_of(chosen).time.rate_hz)
    now, groups = time.time(), _searches(found)
    rows = [
        replace(_row(one, words, drawn=drawn, baseline=baseline, unit=series_of(chosen).unit, now=now), group=group)
        for one, words, group in zip(found, told, groups, strict=True)
    ]
    results_table.show(
        rows,
        _columns(chosen, baseline),
        key=f"versions-{identity(chosen)}",
        label="Result",
        act=lambda what, run_id, value: comparison_actions.act({one.id: one for one in found}, drawn, what, run_id, value),
        actions=_ACTIONS,
        opens="Show it on the Result page",
        ticks=True,
        renames=True,
        height=_HEIGHT,
    )


def _searches(found: Sequence[Version]) -> list[str]:
    """For each result the search that it is a trial of, in words; "" for all others."""
    counts = Counter(one.run.spec.study for one in found if one.run.spec.study)
    names = {
        study: f"Search {number}: the best {plural(count, 'trial')}" for number, (study, count) in enumerate(counts.items(), 1)
    }
    return [names.get(one.run.spec.study, "") for one in found]


def _columns(chosen: Source, baseline: Version | None) -> list[Column]:
    over = []
    if baseline is not None:
        hint = f"By how much less the square error is than that of {baseline.name}; estimated unless the truth is known."
        over = [Column("over", "Over pinned", hint)]
    return [
        Column(SPARKLINE, ""),
        *over,
        *number_columns(series_of(chosen).unit, with_truth=truth(chosen) is not None),
        Column("age", "Age"),
        Column("settings", "Settings that differ", "Those in which results of the same kind differ.", number=False),
    ]


def _row(one: Version, words: str, *, drawn: Sequence[str], baseline: Version | None, unit: str, now: float) -> Row:
    color = _color(drawn.index(one.id)) if one.id in drawn else ""
    row = Row(id=one.id, name=one.name, color=color, ticked=bool(color), chosen=one.id == state.current().run)
    if one.summary is None:
        return replace(row, refusal=one.refusal)
    age = now - one.run.spec.created
    cells = {"settings": Cell(words, words), "age": Cell(age_in_words(age), age), **number_cells(one.summary, unit)}
    if baseline is not None and baseline.summary is not None:
        cells["over"] = _over(one.summary, baseline.summary)
    return replace(row, cells=cells, sparkline=one.summary.sparkline, pinned=one is baseline)


def _color(place: int) -> str:
    """As the chart draws it, in both themes."""
    light = figures.COLORS[place]
    return f"light-dark({light}, {figures.DARK.get(light, light)})"


def _over(summary: Summary, baseline: Summary) -> Cell:
    gain_db, is_true = gain_over_db(summary, baseline)
    if gain_db is None:
        return Cell("")
    return Cell(f"{gain_db:+.1f} dB" + ("" if is_true else " est."), gain_db)
