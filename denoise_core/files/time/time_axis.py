"""The time axis of a table: in order, even or not, and what is unusual about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.files.columns import Table, column_in_words, is_unnamed
from denoise_core.files.options import ReadOptions
from denoise_core.files.time.time_columns import RawTimes, find_times
from denoise_core.series import Float64Array, TimeAxis


@dataclass(frozen=True, kw_only=True)
class TableTime:
    """A time axis, the columns it came from, and what to say about it."""

    axis: TimeAxis
    columns: tuple[str, ...] = ()
    newest_first: bool = False
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
        return TableTime(axis=TimeAxis.evenly(n, rate_hz=rate_hz), columns=columns, newest_first=newest_first, notes=notes)
    if raw is None:
        note = "There is no time column, so samples are numbered from 0. Set a sampling rate to see seconds."
        return TableTime(axis=TimeAxis.evenly(n), notes=(note,))
    return _from_times(raw, table)


def _is_descending(values: Float64Array) -> bool:
    steps = np.diff(values)
    return bool(len(steps) and np.all(steps < 0))


def _from_times(raw: RawTimes, table: Table) -> TableTime:
    notes = [raw.note] if raw.note else []
    values, rows, newest_first = raw.values, table.rows, _is_descending(raw.values)
    if newest_first:
        values, rows = values[::-1], rows[::-1]
        notes.append("The file lists the newest row first; it is shown oldest first, and results keep the order of the file.")
    axis = TimeAxis(values=np.ascontiguousarray(values), unit=raw.unit, start=raw.start, name=" and ".join(raw.columns))
    if np.isnan(values).any() or np.any(np.diff(values) <= 0):
        axis, note = _even_axis(axis, rows, table.row_word)
    else:
        axis, note = _remove_rounding(axis, rows, table.row_word)
    notes += [note] if note else []
    return TableTime(axis=axis, columns=raw.columns, newest_first=newest_first, notes=(_where(axis, raw.columns), *notes))


def _even_axis(axis: TimeAxis, rows: NDArray[np.int64], row_word: str) -> tuple[TimeAxis, str]:
    """An even axis instead of one that stands still, goes back or has holes; and the sentence that says so."""
    values = axis.values
    bad = np.isnan(values)
    bad[1:] |= np.diff(values) <= 0
    first, others = int(bad.argmax()), int(bad.sum()) - 1
    repeated = first > 0 and values[first] == values[first - 1]
    what = "is missing" if np.isnan(values[first]) else "is repeated" if repeated else "goes back"
    more = "" if not others else f" (and at {others:,} more place{'s' * (others > 1)})"
    step = _usual_step(values)
    note = (
        f"The time {what} at {row_word} {rows[first]:,}{more}. "
        f"The rows were kept in the order of the file and treated as evenly spaced, {step:g} {axis.unit} apart. "
        "If that is wrong, set the sampling rate or sort the file by time."
    )
    known = values[~np.isnan(values)]
    start = float(known[0]) if known.size else 0.0
    return replace(axis, values=start + step * np.arange(len(axis), dtype=np.float64)), note


def _usual_step(values: Float64Array) -> float:
    """The median step; where most times repeat (coarse clocks) the mean step; 1 if there is none."""
    known = values[~np.isnan(values)]
    steps = np.diff(known)
    median = float(np.median(steps)) if steps.size else 0.0
    mean = float(known[-1] - known[0]) / (len(values) - 1) if known.size else 0.0
    return median if median > 0 else mean if mean > 0 else 1.0


def _remove_rounding(axis: TimeAxis, rows: NDArray[np.int64], row_word: str) -> tuple[TimeAxis, str]:
    """The axis without what rounding did to even steps (60 Hz in whole milliseconds is 16, 17, 17 ms); and a sentence."""
    n = len(axis)
    even = axis.values[0] + np.arange(n) * ((axis.values[-1] - axis.values[0]) / (n - 1))
    off = float(np.max(np.abs(axis.values - even)))
    if off <= 0.01 * axis.step:
        return replace(axis, values=even), ""
    resolution = _resolution(axis.values)
    if off > resolution or resolution > axis.step:
        return axis, _uneven_note(axis, rows, row_word) if axis.uneven_share > 0.0 else ""
    note = f"The times are rounded to {resolution:g} {axis.unit}, so the rows were treated as evenly spaced."
    return replace(axis, values=even), note


def _resolution(values: Float64Array) -> float:
    """The power of ten that all these values are multiples of; 0 if there is none down to 1e-9."""
    for exponent in range(10):
        scaled = values * 10.0**exponent
        if np.allclose(scaled, np.round(scaled), rtol=1e-13, atol=1e-4):
            return 10.0**-exponent
    return 0.0


def _uneven_note(axis: TimeAxis, rows: NDArray[np.int64], row_word: str) -> str:
    steps, unit = np.diff(axis.values), axis.unit
    longest = int(steps.argmax())
    after = f"{steps[longest]:g} {unit} after {row_word} {rows[longest]:,}"
    is_pause = steps[longest] > 1.01 * axis.step
    if is_pause and round(axis.uneven_share * len(steps)) == 1:
        what = f"There is a pause of {after}; otherwise the rows are {axis.step:g} {unit} apart."
    else:
        what = (
            f"The sampling is uneven: {axis.uneven_share:.1%} of the steps differ from the usual {axis.step:g} {unit} "
            f"by more than 1%{f', and the longest is {after}' if is_pause else ''}."
        )
    return f"{what} Methods that assume even spacing get the timing wrong there."


def _where(axis: TimeAxis, columns: tuple[str, ...]) -> str:
    plain = len(columns) == 1 or any(map(is_unnamed, columns))
    where = " and ".join(map(column_in_words, columns)) if plain else f"columns {axis.name}"
    return f"Time is in {where}, {axis.pace}."
