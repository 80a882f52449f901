"""The time axis of a table: in order, even or not, and what is unusual about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.files.columns import Table, column_in_words, is_unnamed
from denoise_core.files.options import ReadOptions
from denoise_core.files.time.durations import duration
from denoise_core.files.time.time_columns import RawTimes, find_times
from denoise_core.files.time.time_order import Times, repair
from denoise_core.series import Float64Array, TimeAxis

_NAMED = 3  # pauses; of more, the first and the longest are named


@dataclass(frozen=True, kw_only=True)
class TableTime:
    """A time axis, the columns it came from, and what to say about it; `order` as in `Recording`."""

    axis: TimeAxis
    columns: tuple[str, ...] = ()
    newest_first: bool = False
    order: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()


def choose_time(table: Table, options: ReadOptions) -> TableTime:
    """The time axis of a table, following the options where they speak.

    Raises
    ------
    DataError
        If the options name a column that is not there or holds no time.
    """
    n = len(table.rows)
    raw = find_times(table.columns, options)
    columns = raw.columns if raw else ()
    rate_hz = options.rate_hz or (None if raw else table.rate_hz)
    if rate_hz:
        newest_first = raw is not None and _is_descending(raw.values)
        notes = (f"Sampling rate: {rate_hz:g} Hz{' (you set this)' if options.rate_hz else ''}.",)
        axis = replace(TimeAxis.evenly(n, rate_hz=rate_hz), start=None if raw else table.start)
        return TableTime(axis=axis, columns=columns, newest_first=newest_first, notes=notes)
    if raw is None:
        note = "There is no time column, so samples are numbered from 0. Set a sampling rate to see seconds."
        return TableTime(axis=TimeAxis.evenly(n), notes=(note,))
    return _from_times(raw, table)


def _is_descending(values: Float64Array) -> bool:
    """Whether the rows go back in time, as far as they have times and these differ."""
    steps = np.diff(values[~np.isnan(values)])
    return bool(np.count_nonzero(steps < 0) > 0.9 * np.count_nonzero(steps))


def _from_times(raw: RawTimes, table: Table) -> TableTime:
    notes = [raw.note] if raw.note else []
    turn = slice(None, None, -1 if (newest_first := _is_descending(raw.values)) else 1)
    if newest_first:
        notes.append("The file lists the newest row first; it is shown oldest first, and results keep the order of the file.")
    times = repair(Times(values=np.ascontiguousarray(raw.values[turn]), rows=table.rows[turn], row_word=table.row_word), raw.unit)
    axis = TimeAxis(values=times.values, unit=raw.unit, start=raw.start, name=raw.name)
    notes += [*times.notes, *_on_pauses(axis, times), *_on_uneven_steps(axis)]
    order = times.order
    if order is not None and newest_first:
        order, newest_first = len(order) - 1 - order, False
    return TableTime(
        axis=axis, columns=raw.columns, newest_first=newest_first, order=order, notes=(_where(axis, raw.columns), *notes)
    )


def _on_pauses(axis: TimeAxis, times: Times) -> list[str]:
    """Where the pauses are, in one sentence, and what becomes of them in another."""
    at = axis.pauses
    if not at.size:
        return []
    steps = np.diff(axis.values)[at]
    what = "pause" if axis.unit in ("s", "year") else "jump"
    places = [f"after {times.row_word} {times.rows[i]:,}" for i in at]
    if len(at) == 1:
        said = f"There is a {duration(steps[0], axis.unit)} {what} {places[0]}."
    elif len(at) <= _NAMED:
        each = [f"{duration(step, axis.unit)} {place}" for step, place in zip(steps, places, strict=True)]
        said = f"There are {len(at)} {what}s: {', '.join(each[:-1])} and {each[-1]}."
    else:
        longest = int(steps.argmax())
        long = f"{duration(steps[longest], axis.unit)} {places[longest]}"
        said = f"There are {len(at):,} {what}s, the first {places[0]} and the longest {long}."
    return [f"{said} The methods treat {'it' if len(at) == 1 else 'them'} as missing samples."]


def _on_uneven_steps(axis: TimeAxis) -> list[str]:
    if axis.uneven_share == 0.0:
        return []
    share = f"{axis.uneven_share:.1%} of the steps differ from the usual {axis.step:g} {axis.unit} by more than 1%"
    return [f"The sampling is uneven: {share}. Methods that assume even spacing get the timing wrong there."]


def _where(axis: TimeAxis, columns: tuple[str, ...]) -> str:
    plain = len(columns) == 1 or any(map(is_unnamed, columns))
    where = " and ".join(map(column_in_words, columns)) if plain else f"columns {' and '.join(columns)}"
    return f"Time is in {where}, {axis.pace}."
