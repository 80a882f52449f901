"""The time axis of a table: which column holds it, in which unit, and what is unusual about it. Knows no format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.options import NO_TIME, ReadOptions
from denoise_core.series import Floats, TimeAxis

if TYPE_CHECKING:
    from denoise_core.files.table import Column, Table

_SECOND_WORDS = {
    1.0: "s sec secs second seconds sek sekunden",
    1e-3: "ms msec millis milliseconds",
    1e-6: "us µs μs usec micros microseconds",
    1e-9: "ns nanoseconds",
    60.0: "min mins minute minutes minuten",
    3600.0: "h hr hrs hour hours std stunden",
    86400.0: "d day days tage",
}
_SECONDS = {word: seconds for seconds, words in _SECOND_WORDS.items() for word in words.split()}
_TIME_NAME = re.compile(
    r"(?:t|time|times|zeit|zeitstempel|timestamps?|datetime|date|datum|elapsed|epoch|unix|uhrzeit|x_value|sekunden|seconds?)"
    r"(?:[ _.-]?(?:time|zeit|stamp|axis|elapsed))?(?:[ _.-]([a-zµμ]+))?"
    r"|(?:elapsed|rel|relative|abs|absolute)[ _.-]?(?:time|zeit)",
    re.IGNORECASE,
)
_YEAR_NAME = re.compile(r"years?|jahre?|decimal[ _.-](?:year|date)", re.IGNORECASE)
_INDEX_NAME = re.compile(r"(?:index|idx|sample|samples|nr\.?|no\.?|n|#|row|record|rn|i|unnamed: 0|column 1)", re.IGNORECASE)
_EPOCHS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3), (1e8, 1.0))  # size of a present-day time stamp -> its unit in seconds


@dataclass(frozen=True, kw_only=True)
class Clocked:
    """A time axis, the columns it came from, and what to say about it."""

    axis: TimeAxis
    columns: tuple[str, ...] = ()
    newest_first: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Raw:
    """Times as the file has them, in file order: `values` in `unit` since `start`, NaN where missing."""

    values: Floats
    unit: str
    columns: tuple[str, ...]
    start: np.datetime64 | None = None
    note: str = ""


def choose_time(table: Table, options: ReadOptions) -> Clocked:
    """The time axis of a table, following the options where they speak.

    Raises
    ------
    DataError
        If the options name a column that is not there or holds no time.
    """
    n = len(table.rows)
    raw = _find(table.columns, options)
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


def _find(columns: Sequence[Column], options: ReadOptions) -> _Raw | None:
    if options.time_column == NO_TIME:
        return None
    if options.time_column is not None:
        return _named(columns, options.time_column)
    if raw := _from_stamps(columns):
        return raw
    numbers = [column for column in columns if column.kind == "number"]
    for column in numbers:
        if _TIME_NAME.fullmatch(column.name) or _YEAR_NAME.fullmatch(column.name):
            return _from_number(column)
    return _from_ramp(numbers)


def _named(columns: Sequence[Column], name: str) -> _Raw:
    column = next((column for column in columns if column.name == name), None)
    if column is None:
        raise DataError(
            f"There is no column {name!r} to take the time from. Choose one of: {', '.join(c.name for c in columns)}."
        )
    if column.kind == "number":
        return _from_number(column)
    partners = {"date": ("date", "clock"), "clock": ("date", "clock"), "moment": ("moment",)}.get(column.kind)
    if partners is None:
        raise DataError(f"Column {name} holds no times. Choose another time column, or say that there is none.")
    others = [c for c in columns if c.kind in partners and (c is column or c.kind != column.kind)]
    raw = _from_stamps(others)
    assert raw is not None
    return raw


def _from_stamps(columns: Sequence[Column]) -> _Raw | None:
    first = {kind: next((c for c in columns if c.kind == kind), None) for kind in ("moment", "date", "clock")}
    moment, date, clock = first["moment"], first["date"], first["clock"]
    if moment:
        return _calendar(_nanoseconds(moment), (moment.name,))
    if date and clock:
        return _calendar(_nanoseconds(date) + _nanoseconds(clock), (date.name, clock.name))
    if date:
        return _calendar(_nanoseconds(date), (date.name,))
    if clock:
        return _unwrapped(np.asarray(_nanoseconds(clock) / 1e9, dtype=np.float64), clock.name)
    return None


def _nanoseconds(column: Column) -> NDArray[np.float64] | NDArray[np.int64]:
    assert column.values is not None
    assert column.present is not None
    return column.values if column.present.all() else np.where(column.present, column.values.astype(np.float64), np.nan)


def _calendar(nanoseconds: NDArray[np.float64] | NDArray[np.int64], names: tuple[str, ...]) -> _Raw:
    known = nanoseconds[~np.isnan(nanoseconds)]
    origin = int(known.min()) if known.size else 0
    return _Raw(
        values=np.asarray((nanoseconds - origin) / 1e9, dtype=np.float64),
        unit="s",
        columns=names,
        start=np.datetime64(origin, "ns"),
    )


def _unwrapped(seconds: Floats, name: str) -> _Raw:
    """Times of day without dates: a jump back by more than half a day is a midnight."""
    midnights = np.cumsum(np.concatenate([[0.0], np.diff(seconds) < -43200.0]))
    note = f"Midnight was passed {int(midnights[-1])} times." if midnights[-1] else ""
    return _Raw(values=seconds + 86400.0 * midnights, unit="s", columns=(name,), note=note)


def _from_number(column: Column) -> _Raw:
    assert column.values is not None
    values, names = column.values, (column.name,)
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    named = _TIME_NAME.fullmatch(column.name)
    unit = (column.unit or (named[1] if named and named[1] else "")).lower()
    if _YEAR_NAME.fullmatch(column.name) or unit in ("year", "years", "a", "jahre"):
        return _Raw(values=values, unit="year", columns=names)
    if unit in _SECONDS and largest * _SECONDS[unit] < 1e8:
        return _Raw(values=_in_seconds(values, _SECONDS[unit]), unit="s", columns=names)
    if _INDEX_NAME.fullmatch(column.name) and not unit and np.all(np.abs(np.diff(values)) == 1.0):
        return _Raw(values=values, unit="sample", columns=names)
    for size, seconds in _EPOCHS:
        if largest >= size:
            return _epoch(values, seconds, names)
    if unit and unit not in _SECONDS:
        return _Raw(values=values, unit=column.unit, columns=names)
    return _Raw(values=values, unit="s", columns=names, note=f"Column {column.name} has no unit; it was taken as seconds.")


def _in_seconds(values: Floats, seconds: float) -> Floats:
    """``values * seconds``, rounded but once: 3 ms are 0.003 s to the last digit."""
    return values * seconds if seconds >= 1.0 else values / round(1.0 / seconds)


def _epoch(values: Floats, seconds: float, names: tuple[str, ...]) -> _Raw:
    origin = float(np.nanmin(values))
    start = np.datetime64(round(origin * seconds * 1e6), "us")
    return _Raw(
        values=_in_seconds(values - origin, seconds), unit="s", columns=names, start=start, note="Taken as time since 1970."
    )


def _from_ramp(numbers: Sequence[Column]) -> _Raw | None:
    """A first column that rises or falls in equal steps is the time, or a count of the rows, whatever its name."""
    if len(numbers) < 2:
        return None
    column = numbers[0]
    assert column.values is not None
    steps = np.diff(column.values)
    if len(steps) < 2 or np.isnan(steps).any() or not np.all(np.abs(steps - steps[0]) <= 0.01 * abs(steps[0])) or steps[0] == 0:
        return None
    why = f"Column {column.name} changes by {steps[0]:g} from row to row"
    if _INDEX_NAME.fullmatch(column.name) and abs(steps[0]) == 1.0:
        return _Raw(
            values=column.values, unit="sample", columns=(column.name,), note=f"{why}: taken as the count of the samples."
        )
    raw = _from_number(column)
    return replace(raw, note=f"{why}: taken as the time{' in seconds' if raw.unit == 's' else ''}.")


def _descending(values: Floats) -> bool:
    steps = np.diff(values)
    return bool(len(steps) and np.all(steps < 0))


def _ordered(raw: _Raw, table: Table) -> Clocked:
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


def _usual_step(values: Floats) -> float:
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


def _resolution(values: Floats) -> float:
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
    return f"Time from column{plural} {axis.name}, {_pace(axis)}."


def _pace(axis: TimeAxis) -> str:
    if axis.rate_hz is None:
        return {"sample": "in row numbers", "year": "in years"}.get(axis.unit, f"in {axis.unit}")
    if axis.rate_hz > 0.9:
        return f"{axis.rate_hz:.6g} samples per second"
    size, unit = next(((s, u) for s, u in ((86400.0, "days"), (3600.0, "hours"), (60.0, "min")) if axis.step >= s), (1.0, "s"))
    return f"one sample every {axis.step / size:.6g} {unit}"
