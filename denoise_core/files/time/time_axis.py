"""The time axis of a table: in order, even or not, and what is unusual about it. Knows no format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from denoise_core.files.options import ReadOptions
from denoise_core.files.time.time_columns import Times, find_times
from denoise_core.series import Float64Array, TimeAxis

if TYPE_CHECKING:
    from denoise_core.files.columns import Table


@dataclass(frozen=True, kw_only=True)
class Clocked:
    """A time axis, the columns it came from, and what to say about it."""

    axis: TimeAxis
    columns: tuple[str, ...] = ()
    newest_first: bool = False
    notes: tuple[str, ...] = ()


def choose_time(table: Table, options: ReadOptions) -> Clocked:
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
        newest_first = raw is not None and _descending(raw.values)
        notes = (f"Sampling rate: {rate_hz:g} samples per second{', as you said' if options.rate_hz else ''}.",)
        return Clocked(axis=TimeAxis.evenly(n, rate_hz=rate_hz), columns=columns, newest_first=newest_first, notes=notes)
    if raw is None:
        note = "No time column: samples are counted from 0. Give a sampling rate to see seconds."
        return Clocked(axis=TimeAxis.evenly(n), notes=(note,))
    return _ordered(raw, table)


def _descending(values: Float64Array) -> bool:
    steps = np.diff(values)
    return bool(len(steps) and np.all(steps < 0))


def _ordered(raw: Times, table: Table) -> Clocked:
    notes = [raw.note] if raw.note else []
    values, newest_first = raw.values, _descending(raw.values)
    if newest_first:
        values = values[::-1]
        notes.append("The newest row comes first in the file; it is shown oldest first and written back in the file's own order.")
    axis = TimeAxis(values=np.ascontiguousarray(values), unit=raw.unit, start=raw.start, name=" and ".join(raw.columns))
    if np.isnan(values).any() or np.any(np.diff(values) <= 0):
        axis, note = _made_even(axis, table)
        notes.append(note)
    else:
        axis, note = _smoothed(axis)
        notes += [note] if note else []
    notes.insert(0, _spoken(axis))
    return Clocked(axis=axis, columns=raw.columns, newest_first=newest_first, notes=tuple(notes))


def _made_even(axis: TimeAxis, table: Table) -> tuple[TimeAxis, str]:
    """An even axis instead of one that stands still, goes back or has holes; and the sentence that says so."""
    n, steps = len(axis), np.diff(axis.values)
    bad = np.flatnonzero(~(steps > 0))
    place = int(bad[0]) + 1
    if np.isnan(axis.values[0]):
        place = 0
    here = axis.values[place]
    what = "is missing" if np.isnan(here) or place == 0 else "is repeated" if here == axis.values[place - 1] else "goes back"
    step = _usual_step(axis.values)
    known = axis.values[~np.isnan(axis.values)]
    note = (
        f"In {table.row_word} {table.rows[place]:,} the time {what} ({bad.size:,} such places). "
        f"The rows were kept in the order of the file and taken as evenly spaced, {step:g} {axis.unit} apart. "
        "If that is wrong, give the sampling rate or sort the file by time."
    )
    first = float(known[0]) if known.size else 0.0
    return replace(axis, values=first + step * np.arange(n, dtype=np.float64)), note


def _usual_step(values: Float64Array) -> float:
    """The median step; where most stamps repeat (coarse clocks) the mean step; 1 if there is none."""
    known = values[~np.isnan(values)]
    steps = np.diff(known)
    median = float(np.median(steps)) if steps.size else 0.0
    mean = float(known[-1] - known[0]) / (len(values) - 1) if known.size else 0.0
    return median if median > 0 else mean if mean > 0 else 1.0


def _smoothed(axis: TimeAxis) -> tuple[TimeAxis, str]:
    """The axis without what rounding did to even steps (60 Hz in whole milliseconds is 16, 17, 17 ms); and a sentence."""
    n = len(axis)
    even = axis.values[0] + np.arange(n) * ((axis.values[-1] - axis.values[0]) / (n - 1))
    off = float(np.max(np.abs(axis.values - even)))
    if off <= 0.01 * axis.step:
        return replace(axis, values=even), ""
    resolution = _resolution(axis.values)
    if off > resolution or resolution > axis.step:
        return axis, _uneven(axis) if axis.uneven_share > 0.0 else ""
    return replace(
        axis, values=even
    ), f"The times are rounded to {resolution:g} {axis.unit}; the rows were taken as evenly spaced."


def _resolution(values: Float64Array) -> float:
    """The power of ten that all these values are multiples of; 0 if there is none down to 1e-9."""
    for exponent in range(10):
        scaled = values * 10.0**exponent
        if np.allclose(scaled, np.round(scaled), rtol=1e-13, atol=1e-4):
            return 10.0**-exponent
    return 0.0


def _uneven(axis: TimeAxis) -> str:
    return (
        f"The steps in time are not all alike: {axis.uneven_share:.1%} of them differ from the usual {axis.step:g} {axis.unit} "
        "by more than 1 %. Methods that need even steps take the rows as evenly spaced."
    )


def _spoken(axis: TimeAxis) -> str:
    plural = "s" if " and " in axis.name else ""
    return f"Time from column{plural} {axis.name}, {axis.pace}."
