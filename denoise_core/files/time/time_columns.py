"""Which columns of a table hold the time, and in which unit. Whether the times are in order is for `time_axis`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, column_in_words
from denoise_core.files.options import NO_TIME, ReadOptions
from denoise_core.files.time.timestamps import days_since_1970
from denoise_core.series import Float64Array

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
_LATEST = 1e20
_LATEST_S = 9.2e9  # since 1970: nanoseconds count no further
_SERIAL_NAME = re.compile(r".*(?:dat(?:e|um)|zeitstempel|timestamp).*", re.IGNORECASE)
_SERIAL_UNITS = ("excel", "excel days")
_SERIAL_1970 = 25569.0  # days from Excel's day 0 to 1970
_TIMES_IN_WORDS = {1: "once", 2: "twice"}


@dataclass(frozen=True, kw_only=True)
class RawTimes:
    """Times as the file has them, in file order: `values` in `unit` since `start`, NaN where missing."""

    values: Float64Array
    unit: str
    columns: tuple[str, ...]
    start: np.datetime64 | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """Of the axis: the columns, without the unit that one carries in its name ("t_ms" is t, in seconds now)."""
        named = _TIME_NAME.fullmatch(self.columns[0]) if len(self.columns) == 1 else None
        if named and named[1] and named[1].lower() in _SECONDS:
            return self.columns[0][: named.start(1)].rstrip(" _.-")
        return " and ".join(self.columns)


def find_times(columns: Sequence[Column], options: ReadOptions) -> RawTimes | None:
    """The times in these columns, following the options where they speak; None if there are none.

    Raises
    ------
    DataError
        If the options name a column that is not there or holds no time.
    """
    if options.time == NO_TIME:
        return None
    if options.time is not None:
        return _from_named(columns, options.time)
    columns = [column for column in columns if options.roles.get(column.name) is None]
    if raw := _from_dates_and_clocks(columns):
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
    if not _can_be_time(column.values):
        return False
    steps = np.diff(column.values)
    return bool(max(np.mean(~(steps < 0)), np.mean(~(steps > 0))) >= 0.8 and np.any(steps != 0))


def _can_be_time(values: Float64Array) -> bool:
    """Whether a clock can count so far; 1e300 is an error of whatever wrote the file."""
    return float(np.nanmax(np.abs(values), initial=0.0)) < _LATEST


def _from_named(columns: Sequence[Column], name: str) -> RawTimes:
    column = next((column for column in columns if column.name == name), None)
    if column is None:
        raise DataError(
            f"There is no column {name!r} to take the time from. Choose one of: {', '.join(c.name for c in columns)}."
        )
    if column.kind == "number":
        assert column.values is not None
        if not _can_be_time(column.values):
            raise DataError(
                f"The numbers in {column_in_words(name)} reach {np.nanmax(np.abs(column.values)):g}, too large for times. "
                "Choose another time column, or none."
            )
        return _from_number(column)
    partners = {"date": ("date", "clock"), "clock": ("date", "clock"), "moment": ("moment",)}.get(column.kind)
    if partners is None:
        raise DataError(f"There are no times in {column_in_words(name)}. Choose another time column, or none.")
    others = [c for c in columns if c.kind in partners and (c is column or c.kind != column.kind)]
    raw = _from_dates_and_clocks(others)
    assert raw is not None
    return raw


def _from_dates_and_clocks(columns: Sequence[Column]) -> RawTimes | None:
    first = {kind: next((c for c in columns if c.kind == kind), None) for kind in ("moment", "date", "clock")}
    moment, date, clock = first["moment"], first["date"], first["clock"]
    if moment:
        return _calendar_times(_nanoseconds(moment), (moment.name,))
    if date and clock:
        return _calendar_times(_nanoseconds(date) + _nanoseconds(clock), (date.name, clock.name))
    if date:
        return _calendar_times(_nanoseconds(date), (date.name,))
    if clock:
        return _unwrap(np.asarray(_nanoseconds(clock) / 1e9, dtype=np.float64), clock.name)
    return None


def _nanoseconds(column: Column) -> NDArray[np.float64] | NDArray[np.int64]:
    assert column.values is not None
    assert column.present is not None
    return column.values if column.present.all() else np.where(column.present, column.values.astype(np.float64), np.nan)


def _calendar_times(nanoseconds: NDArray[np.float64] | NDArray[np.int64], names: tuple[str, ...]) -> RawTimes:
    known = nanoseconds[~np.isnan(nanoseconds)]
    origin = int(known.min()) if known.size else 0
    return RawTimes(
        values=np.asarray((nanoseconds - origin) / 1e9, dtype=np.float64),
        unit="s",
        columns=names,
        start=np.datetime64(origin, "ns"),
    )


def _unwrap(seconds: Float64Array, name: str) -> RawTimes:
    """Times of day without dates: a jump back by more than half a day is a midnight."""
    midnights = np.cumsum(np.concatenate([[0.0], np.diff(seconds) < -43200.0]))
    count = int(midnights[-1])
    note = f"The times cross midnight {_TIMES_IN_WORDS.get(count, f'{count:,} times')}." if count else ""
    return RawTimes(values=seconds + 86400.0 * midnights, unit="s", columns=(name,), note=note)


def _from_number(column: Column) -> RawTimes:
    assert column.values is not None
    if raw := _from_digits(column) or _from_serial(column):
        return raw
    values, names = column.values, (column.name,)
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    named = _TIME_NAME.fullmatch(column.name)
    unit = (column.unit or (named[1] if named and named[1] else "")).lower()
    if _YEAR_NAME.fullmatch(column.name) or unit in ("year", "years", "a", "jahre"):
        return RawTimes(values=values, unit="year", columns=names)
    if unit in _SECONDS and largest * _SECONDS[unit] < 1e8:
        return RawTimes(values=_in_seconds(values, _SECONDS[unit]), unit="s", columns=names)
    if _INDEX_NAME.fullmatch(column.name) and not unit and np.all(np.abs(np.diff(values)) == 1.0):
        return RawTimes(values=values, unit="sample", columns=names)
    for size, seconds in _EPOCHS:
        if largest >= size and largest * seconds < _LATEST_S:
            return _from_epoch(values, seconds, names)
    if unit and unit not in _SECONDS:
        return RawTimes(values=values, unit=column.unit, columns=names)
    note = f"No unit is given for {column_in_words(column.name)}, so seconds were assumed."
    return RawTimes(values=values, unit="s", columns=names, note=note)


def _from_digits(column: Column) -> RawTimes | None:
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
    days, real = days_since_1970(year, month, day)
    if not np.all(real & (year >= 1900) & (year < 2200) & (hour <= 24) & (minute <= 59)):
        return None
    return _calendar_times((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000_000, (column.name,))


def _from_serial(column: Column) -> RawTimes | None:
    """Excel's days since 1900 in a column of dates without a unit, or with the unit "excel"."""
    values = column.values
    assert values is not None
    told = column.unit.lower() in _SERIAL_UNITS
    usual = _SERIAL_NAME.fullmatch(column.name) and not column.unit and np.all((values >= 20_000) & (values < 80_000))
    if not told and not usual:
        return None
    origin = float(np.nanmin(values))
    start = np.datetime64(round((origin - _SERIAL_1970) * 86_400_000), "ms").astype("datetime64[ns]")
    # To the microsecond: a serial number of 15 digits holds no more.
    since = np.round((values - origin) * 86_400e6) / 1e6
    note = "The numbers were read as Excel's days since 1900."
    return RawTimes(values=since, unit="s", columns=(column.name,), start=start, note=note)


def _in_seconds(values: Float64Array, seconds: float) -> Float64Array:
    """``values * seconds``, rounded but once: 3 ms are 0.003 s to the last digit."""
    return values * seconds if seconds >= 1.0 else values / round(1.0 / seconds)


def _from_epoch(values: Float64Array, seconds: float, names: tuple[str, ...]) -> RawTimes:
    origin = float(np.nanmin(values))
    start = np.datetime64(round(origin * seconds * 1e6), "us").astype("datetime64[ns]")
    note = "The numbers were read as Unix time (since 1970)."
    return RawTimes(values=_in_seconds(values - origin, seconds), unit="s", columns=names, start=start, note=note)


def _from_ramp(numbers: Sequence[Column]) -> RawTimes | None:
    """A first column that rises or falls in equal steps is the time, or a count of the rows, whatever its name."""
    if len(numbers) < 2:
        return None
    column = numbers[0]
    assert column.values is not None
    steps = np.diff(column.values)
    if (
        not _can_be_time(column.values)
        or len(steps) < 2
        or np.isnan(steps).any()
        or not np.all(np.abs(steps - steps[0]) <= 0.01 * abs(steps[0]))
        or steps[0] == 0
    ):
        return None
    why = f"The numbers in {column_in_words(column.name)} change by {steps[0]:g} from row to row"
    if _INDEX_NAME.fullmatch(column.name) and abs(steps[0]) == 1.0:
        return RawTimes(
            values=column.values, unit="sample", columns=(column.name,), note=f"{why}, so they were read as sample numbers."
        )
    raw = _from_number(column)
    return replace(raw, note=f"{why}, so they were read as the time{' in seconds' if raw.unit == 's' else ''}.")
