"""From the columns of a file to a recording: which column is the time, which are channels, and what to say about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, Table, cell_in_words, column_in_words
from denoise_core.files.options import ReadOptions
from denoise_core.files.text.cells import is_number
from denoise_core.files.time.time_axis import TableTime, choose_time
from denoise_core.series import LARGEST, Float64Array, Recording, size_in_words

_GAP_CODES = (-999.0, -9999.0, -99999.0, -999.9, -999.99, 9999.0, 99999.0, -32768.0)


def to_recording(table: Table, options: ReadOptions) -> Recording:
    """The recording in a table.

    Raises
    ------
    DataError
        If there is no column of numbers, less than two rows, or no such time column.
    """
    table = as_told(table, options)
    numbers = [column for column in table.columns if column.kind == "number"]
    if not numbers:
        raise DataError(_no_numbers(table))
    if len(table.rows) < 2:
        raise DataError(f"{table.name} has only one row of numbers; a series needs at least two. Upload a longer recording.")
    time = choose_time(table, options)
    channels = {column.name: column.values for column in numbers if column.name not in time.columns}
    if not channels:
        raise DataError(
            f"{table.name} has no column of values besides the time in {' and '.join(map(column_in_words, time.columns))}. "
            "Choose another time column, or none."
        )
    return _recording(table, time, channels)


def as_told(table: Table, options: ReadOptions) -> Table:
    """With the units, roles and gaps that the options name, and without values that are infinite or too large."""
    codes = [float(word.replace(",", ".")) for word in options.gap_words if is_number(word)]
    found, notes = [], list(table.notes)
    for column in table.columns:
        if column.name in options.units:
            column = replace(column, unit=options.units[column.name])
        role = options.roles.get(column.name)
        if role in ("text", "ignore"):
            column = replace(column, kind="text" if role == "text" else "ignored")
        elif column.kind == "number":
            column = _finite(_without_codes(column, codes, notes), table, notes)
        found.append(column)
    return replace(table, columns=found, notes=notes)


def _without_codes(column: Column, codes: Sequence[float], notes: list[str]) -> Column:
    assert column.values is not None
    coded = np.isin(column.values, codes)
    if not coded.any():
        return column
    notes.append(f"{column.name}: {int(coded.sum()):,} values were read as missing (you set this).")
    return replace(column, values=np.where(coded, np.nan, column.values))


def _finite(column: Column, table: Table, notes: list[str]) -> Column:
    assert column.values is not None
    beyond = np.abs(column.values) > LARGEST
    if not beyond.any():
        return column
    others = f" ({int(beyond.sum()):,} such cells)" if beyond.sum() > 1 else ""
    place = cell_in_words(column.name, table.rows[beyond.argmax()], row_word=table.row_word)
    notes.append(f"{place}: the value is {size_in_words(column.values[beyond.argmax()])}{others}, so it counts as missing.")
    return replace(column, values=np.where(beyond, np.nan, column.values))


def _recording(table: Table, time: TableTime, channels: dict[str, Any]) -> Recording:
    rows = slice(None, None, -1 if time.newest_first else 1) if time.order is None else time.order
    kept = {name: np.ascontiguousarray(values[rows], dtype=np.float64) for name, values in channels.items()}
    notes = (*table.notes, *time.notes, *_ignored_columns(table, time), *_missing_values(kept), *_on_gap_codes(kept))
    layout = replace(table.layout, newest_first=time.newest_first)
    units = {column.name: column.unit for column in table.columns if column.unit and column.name in kept}
    return Recording(name=table.name, time=time.axis, channels=kept, units=units, layout=layout, order=time.order, notes=notes)


def _no_numbers(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns[:8])
    if any(column.kind == "empty" for column in table.columns):
        return f"{table.name} has no numbers at all: every cell below {names} is empty or NaN. Upload a file with values."
    remedy = "Choose the delimiter, the decimal mark, or which column holds values."
    return f"{table.name} has no column of numbers (its columns are: {names}). {remedy}"


def _ignored_columns(table: Table, time: TableTime) -> list[str]:
    text = [c.name for c in table.columns if c.kind not in ("number", "empty", "ignored") and c.name not in time.columns]
    empty = [c.name for c in table.columns if c.kind == "empty"]
    told = [c.name for c in table.columns if c.kind == "ignored" and c.name not in time.columns]
    reasons = (("not numbers", text), ("empty", empty), ("you set this", told))
    return [f"Ignored ({reason}): {', '.join(names)}." for reason, names in reasons if names]


def _missing_values(channels: dict[str, Float64Array]) -> list[str]:
    counts = {name: int(np.isnan(values).sum()) for name, values in channels.items()}
    found = [f"{count:,} in {name}" for name, count in counts.items() if count]
    if not found:
        return []
    return [f"Missing values (empty or NaN): {', '.join(found[:6])}{' and more in others' if len(found) > 6 else ''}."]


def _on_gap_codes(channels: dict[str, Float64Array]) -> list[str]:
    """A sentence for each channel with a far-off value that loggers write for "no value"."""
    found = []
    for name, values in channels.items():
        for code, count in gap_codes(values):
            rows = f"{count:,} row{'s' * (count > 1)}"
            remedy = "If so, add it under Also missing (--gap-words)."
            found.append(f"{name} is {code:g} in {rows}, which may mean missing values. {remedy}")
    return found


def gap_codes(values: Float64Array) -> list[tuple[float, int]]:
    """Far-off values that loggers write for "no value", and how often each is there."""
    found = []
    for code in _GAP_CODES:
        others = values[(values != code) & ~np.isnan(values)]
        count = int(np.count_nonzero(values == code))
        if count and others.size and np.min(np.abs(others - code)) > 5 * max(np.ptp(others), 1.0):
            found.append((code, count))
    return found
