"""Dates and times of day as people and loggers write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS_DE = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
_CLOCK = (
    r"(?P<hour>\d{1,3}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,:](?P<fraction>\d{1,9})\d*)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<zone>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
_AFTER = rf"(?:(?:[T_,]|\s+|,\s+|-(?=\d{{1,2}}:)){_CLOCK}{_ZONE})?"
# RE2, which reads whole columns, has no lookahead, so the pattern for columns leaves it out.
_AFTER_RE2 = _AFTER.replace(r"-(?=\d{1,2}:)", "-")
_DATES = {
    "year first": r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    "dots": r"(?P<one>\d{1,2})\.(?P<two>\d{1,2})\.(?P<year>\d{4}|\d{2})",
    "slashes": r"(?P<one>\d{1,2})[/-](?P<two>\d{1,2})[/-](?P<year>\d{4}|\d{2})",
    "month name": r"(?P<day>\d{1,2})[-. /]{1,2}(?P<word>[A-Za-zä]{3})[A-Za-zä]*[-. /]{1,2}(?P<year>\d{4})",
    "run together": r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])",
}
_PATTERNS = {name: re.compile(rf"\s*{date}{_AFTER}\s*\Z") for name, date in _DATES.items() if name != "run together"}
_PATTERNS["run together"] = re.compile(rf"\s*{_DATES['run together']}[T_ ]{_CLOCK}{_ZONE}\s*\Z")
_CLOCK_ALONE = re.compile(rf"\s*{_CLOCK}\s*\Z")


@dataclass(frozen=True, kw_only=True)
class Timestamps:
    """Times read from a column of text.

    Parameters
    ----------
    nanoseconds : int64 array of shape (n,)
        Since 1970 for dates, since midnight for `kind` "clock".
    present : bool array of shape (n,)
        False where the cell is a gap or is no time.
    kind : str
        "moment" (date and time), "date" or "clock".
    notes : tuple of str
        What had to be guessed.
    """

    nanoseconds: Ints
    present: NDArray[np.bool_]
    kind: str
    notes: tuple[str, ...] = ()


def is_timestamp(text: str) -> bool:
    """Whether the text is a date, a time of day or both."""
    return detect_pattern([text]) is not None


def detect_pattern(cells: Iterable[str]) -> str | None:
    """The way of writing times that more than half of these cells share ("year first", ..., "clock"), or None."""
    cells = list(cells)
    for name, pattern in {**_PATTERNS, "clock": _CLOCK_ALONE}.items():
        if sum(pattern.match(cell) is not None for cell in cells) * 2 > len(cells):
            return name
    return None


def read_timestamps(column: pa.Array, *, pattern: str, day_first: bool) -> Timestamps:
    """Times of a column of text, written in the way `detect_pattern` found.

    `day_first` decides for dates such as 03/04/2024, where no row tells; a note says so.
    """
    date = _DATES.get(pattern)
    body = _CLOCK if date is None else date + _AFTER_RE2
    parts = pc.extract_regex(pc.utf8_trim_whitespace(column), rf"^{body}$")
    present = np.asarray(parts.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
    clock, in_range = _clock_nanoseconds(parts, most_hours=24 if date else 999)
    present &= in_range
    if date is None:
        return Timestamps(nanoseconds=clock, present=present, kind="clock")
    days, real, notes = _days(parts, pattern, day_first=day_first)
    has_clock = bool(np.any(_text(parts, "hour") != ""))
    nanoseconds = days * 86_400_000_000_000 + clock - _zone_minutes(parts) * 60_000_000_000
    return Timestamps(nanoseconds=nanoseconds, present=present & real, kind="moment" if has_clock else "date", notes=notes)


def _text(parts: pa.StructArray, name: str) -> NDArray[np.str_]:
    return np.asarray(pc.struct_field(parts, name).fill_null("").to_numpy(zero_copy_only=False), dtype=object)


def _int(parts: pa.StructArray, name: str) -> Ints:
    field = pc.struct_field(parts, name)
    return np.asarray(pc.cast(pc.if_else(pc.equal(field, ""), "0", field).fill_null("0"), pa.int64()).to_numpy(), dtype=np.int64)


def _clock_nanoseconds(parts: pa.StructArray, *, most_hours: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Times of day, and whether each is one: no clock shows 10:75."""
    hour, minute, second = (_int(parts, part) for part in ("hour", "minute", "second"))
    in_range = (hour <= most_hours) & (minute <= 59) & (second <= 60)  # 60 is a leap second
    half = pc.utf8_lower(pc.struct_field(parts, "half")).fill_null("")
    afternoon, morning = (np.asarray(pc.equal(half, mark).to_numpy(zero_copy_only=False), dtype=bool) for mark in "pa")
    hour = np.where(afternoon & (hour < 12), hour + 12, np.where(morning & (hour == 12), 0, hour))
    fraction = pc.utf8_rpad(pc.struct_field(parts, "fraction").fill_null(""), 9, "0")
    nanos = np.asarray(pc.cast(fraction, pa.int64()).to_numpy(), dtype=np.int64)
    return ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanos, in_range


def _zone_minutes(parts: pa.StructArray) -> Ints | int:
    zone = pc.struct_field(parts, "zone").fill_null("")
    found = pc.unique(zone).to_pylist()
    minutes = {text: _offset(text) for text in found}
    if not any(minutes.values()):
        return 0
    index = np.asarray(pc.index_in(zone, value_set=pa.array(found)).to_numpy(zero_copy_only=False), dtype=np.int64)
    return np.array([minutes[text] for text in found], dtype=np.int64)[index]


def _offset(zone: str) -> int:
    if not zone or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if zone[0] == "-" else minutes


def _days(parts: pa.StructArray, pattern: str, *, day_first: bool) -> tuple[Ints, NDArray[np.bool_], tuple[str, ...]]:
    """Days since 1970, where they are real days that nanoseconds can count, and what had to be guessed."""
    year = _int(parts, "year")
    year = np.where(year < 70, year + 2000, np.where(year < 100, year + 1900, year))
    notes: tuple[str, ...] = ()
    if pattern == "month name":
        day, month = _int(parts, "day"), _month_numbers(parts)
    elif pattern in ("dots", "slashes"):
        one, two = _int(parts, "one"), _int(parts, "two")
        if pattern == "slashes" and one.max(initial=0) <= 12 and two.max(initial=0) <= 12:
            order = "day/month/year" if day_first else "month/day/year"
            notes = (f"Day and month of the dates are ambiguous; they were read as {order}.",)
        else:
            day_first = pattern == "dots" or bool(one.max(initial=0) > 12)
        day, month = (one, two) if day_first else (two, one)
    else:
        day, month = _int(parts, "day"), _int(parts, "month")
    days, real = days_since_1970(year, month, day)
    return days, real, notes


def days_since_1970(year: Ints, month: Ints, day: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Days since 1970 of dates, shape (n,), and whether each is a real date that nanoseconds can count; days are 0 if not."""
    possible = (year >= 1678) & (year < 2262) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + np.where(possible, day - 1, 0)
    real = possible & (dates.astype("datetime64[M]") == months)
    return np.where(real, dates.astype(np.int64), 0), real


def _month_numbers(parts: pa.StructArray) -> Ints:
    """1 to 12; 0 where the word is no month."""
    numbers = {name: i + 1 for i, name in enumerate(_MONTHS)} | _MONTHS_DE
    words = _text(parts, "word")
    return np.array([numbers.get(word.lower()[:3], 0) for word in words], dtype=np.int64)
