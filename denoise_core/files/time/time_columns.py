"""Which columns of a table hold the time, and in which unit. Knows no format, and not whether the times are in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.options import NO_TIME, ReadOptions
from denoise_core.series import Float64Array

if TYPE_CHECKING:
    from denoise_core.files.columns import Column

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
_DATE_NAME = re.compile(r"dat(?:e|um)|zeit|time", re.IGNORECASE)
_EPOCHS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3), (1e8, 1.0))  # size of a present-day time stamp -> its unit in seconds


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times as the file has them, in file order: `values` in `unit` since `start`, NaN where missing."""

    values: Float64Array
    unit: str
    columns: tuple[str, ...]
    start: np.datetime64 | None = None
    note: str = ""


def find_times(columns: Sequence[Column], options: ReadOptions) -> Times | None:
    """The times in these columns, following the options where they speak; None if there are none.

    Raises
    ------
    DataError
        If the options name a column that is not there or holds no time.
    """
    if options.time_column == NO_TIME:
        return None
    if options.time_column is not None:
        return _named(columns, options.time_column)
    if raw := _from_stamps(columns):
        return raw
    numbers = [column for column in columns if column.kind == "number"]
    for column in numbers:
        if _DATE_NAME.search(column.name) and (raw := _from_digits(column)):
            return raw
        if _is_named_time(column):
            return _from_number(column)
    return _from_ramp(numbers)


def _is_named_time(column: Column) -> bool:
    """Whether name, unit and course speak of time: "T" in °C, or going up and down, is a temperature."""
    if not (_TIME_NAME.fullmatch(column.name) or _YEAR_NAME.fullmatch(column.name)):
        return False
    if column.unit and column.unit.lower() not in (*_SECONDS, "year", "years", "a"):
        return False
    assert column.values is not None
    steps = np.diff(column.values)
    return bool(max(np.mean(~(steps < 0)), np.mean(~(steps > 0))) >= 0.8 and np.any(steps != 0))


def _named(columns: Sequence[Column], name: str) -> Times:
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


def _from_stamps(columns: Sequence[Column]) -> Times | None:
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


def _calendar(nanoseconds: NDArray[np.float64] | NDArray[np.int64], names: tuple[str, ...]) -> Times:
    known = nanoseconds[~np.isnan(nanoseconds)]
    origin = int(known.min()) if known.size else 0
    return Times(
        values=np.asarray((nanoseconds - origin) / 1e9, dtype=np.float64),
        unit="s",
        columns=names,
        start=np.datetime64(origin, "ns"),
    )


def _unwrapped(seconds: Float64Array, name: str) -> Times:
    """Times of day without dates: a jump back by more than half a day is a midnight."""
    midnights = np.cumsum(np.concatenate([[0.0], np.diff(seconds) < -43200.0]))
    note = f"Midnight was passed {int(midnights[-1])} times." if midnights[-1] else ""
    return Times(values=seconds + 86400.0 * midnights, unit="s", columns=(name,), note=note)


def _from_number(column: Column) -> Times:
    assert column.values is not None
    if raw := _from_digits(column):
        return raw
    values, names = column.values, (column.name,)
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    named = _TIME_NAME.fullmatch(column.name)
    unit = (column.unit or (named[1] if named and named[1] else "")).lower()
    if _YEAR_NAME.fullmatch(column.name) or unit in ("year", "years", "a", "jahre"):
        return Times(values=values, unit="year", columns=names)
    if unit in _SECONDS and largest * _SECONDS[unit] < 1e8:
        return Times(values=_in_seconds(values, _SECONDS[unit]), unit="s", columns=names)
    if _INDEX_NAME.fullmatch(column.name) and not unit and np.all(np.abs(np.diff(values)) == 1.0):
        return Times(values=values, unit="sample", columns=names)
    for size, seconds in _EPOCHS:
        if largest >= size:
            return _epoch(values, seconds, names)
    if unit and unit not in _SECONDS:
        return Times(values=values, unit=column.unit, columns=names)
    return Times(values=values, unit="s", columns=names, note=f"Column {column.name} has no unit; it was taken as seconds.")


def _from_digits(column: Column) -> Times | None:
    """Dates written as one number: 20240131, 2024013112 (with the hour), 202401311200 or 20240131120000."""
    values = column.values
    if values is None or not np.all((values >= 1.9e7) & (values < 2.2e13) & (values == np.floor(values))):
        return None
    digits = len(str(int(values[0])))
    if digits not in (8, 10, 12, 14) or np.any(np.floor(np.log10(values)) + 1 != digits):
        return None
    whole = values.astype(np.int64) * 10 ** (14 - digits)
    parts = [whole // 10**power % (10_000 if power == 10 else 100) for power in (10, 8, 6, 4, 2, 0)]
    year, month, day, hour, minute, second = parts
    if np.any((year < 1900) | (year >= 2200) | (month < 1) | (month > 12) | (day < 1) | (day > 31) | (hour > 24) | (minute > 59)):
        return None
    days = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1
    return _calendar((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000_000, (column.name,))


def _in_seconds(values: Float64Array, seconds: float) -> Float64Array:
    """``values * seconds``, rounded but once: 3 ms are 0.003 s to the last digit."""
    return values * seconds if seconds >= 1.0 else values / round(1.0 / seconds)


def _epoch(values: Float64Array, seconds: float, names: tuple[str, ...]) -> Times:
    origin = float(np.nanmin(values))
    start = np.datetime64(round(origin * seconds * 1e6), "us")
    return Times(
        values=_in_seconds(values - origin, seconds), unit="s", columns=names, start=start, note="Taken as time since 1970."
    )


def _from_ramp(numbers: Sequence[Column]) -> Times | None:
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
        return Times(
            values=column.values, unit="sample", columns=(column.name,), note=f"{why}: taken as the count of the samples."
        )
    raw = _from_number(column)
    return replace(raw, note=f"{why}: taken as the time{' in seconds' if raw.unit == 's' else ''}.")
