"""From the columns of a file to a recording: which column is the time, which are channels. Knows no format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.text import cells
from denoise_core.files.time.time_axis import Clocked, choose_time
from denoise_core.series import Float64Array, Recording

_GAP_CODES = (-999.0, -9999.0, -99999.0, -999.9, -999.99, 9999.0, 99999.0, -32768.0)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a file.

    Parameters
    ----------
    kind : str
        "number", "moment", "date", "clock", "text" or "empty".
    values : float64 or int64 array of shape (n,), or None
        Numbers, or nanoseconds where the kind is a time; None for text and empty columns.
    present : bool array of shape (n,) or None
        False where a time is missing.
    """

    name: str
    kind: str
    unit: str = ""
    values: NDArray[Any] | None = None
    present: NDArray[np.bool_] | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a parser found in a file, before anyone asked what it means.

    Parameters
    ----------
    rows : int64 array of shape (n,)
        The row of the file, counted from 1, in which each sample stands.
    layout : dict
        JSON-able; what the writer of the same format needs.
    rate_hz : float or None
        Where the file itself says it.
    """

    name: str
    columns: Sequence[Column]
    rows: NDArray[np.int64]
    layout: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    rate_hz: float | None = None
    row_word: str = "row"


def to_recording(table: Table, options: ReadOptions) -> Recording:
    """The recording in a table.

    Raises
    ------
    DataError
        If there is no column of numbers, less than two rows, an infinite value or no such time column.
    """
    numbers = [column for column in table.columns if column.kind == "number"]
    if not numbers:
        raise DataError(_no_numbers(table))
    if len(table.rows) < 2:
        raise DataError(f"{table.name} has only one row of numbers; a series needs at least two. Upload a longer recording.")
    _check_finite(numbers, table)
    clocked = choose_time(table, options)
    channels = {column.name: column.values for column in numbers if column.name not in clocked.columns}
    if not channels:
        raise DataError(
            f"{table.name} has no column of values beside the time column {', '.join(clocked.columns)}. "
            "Choose another time column, or say that there is none."
        )
    return _recording(table, clocked, channels)


def check_size(rows: int, columns: int, limits: Limits, *, name: str) -> None:
    """Raise DataError where a table is larger than the limits."""
    if columns > limits.columns:
        raise DataError(f"{name} has {columns:,} columns; at most {limits.columns:,} can be read. Upload fewer columns.")
    if rows * columns > limits.samples:
        raise DataError(
            f"{name} has more than {limits.samples:,} values ({columns} columns). Upload a shorter stretch or fewer columns."
        )


def _recording(table: Table, clocked: Clocked, channels: dict[str, Any]) -> Recording:
    turn = slice(None, None, -1 if clocked.newest_first else 1)
    kept = {name: np.ascontiguousarray(values[turn], dtype=np.float64) for name, values in channels.items()}
    notes = [*table.notes, *clocked.notes, *_left_out(table, clocked), *_gaps(kept), *_codes(kept)]
    layout = {
        **table.layout,
        "rows": len(table.rows),
        "newest_first": clocked.newest_first,
        "time_columns": list(clocked.columns),
        "columns": [{"name": column.name, "kind": column.kind, "unit": column.unit} for column in table.columns],
    }
    units = {column.name: column.unit for column in table.columns if column.unit and column.name in kept}
    return Recording(name=table.name, time=clocked.axis, channels=kept, units=units, layout=layout, notes=tuple(notes))


def _no_numbers(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns[:8])
    if any(column.kind == "empty" for column in table.columns):
        return f"{table.name} has no numbers at all: every cell below {names} is empty or NaN. Upload a file with values."
    return (
        f"{table.name} has no column of numbers (its columns are: {names}). Choose the delimiter and the decimal mark yourself."
    )


def _check_finite(numbers: Sequence[Column], table: Table) -> None:
    for column in numbers:
        assert column.values is not None
        infinite = np.flatnonzero(np.isinf(column.values))
        if infinite.size:
            others = f" ({infinite.size:,} such cells)" if infinite.size > 1 else ""
            raise DataError(
                f"Column {column.name}, {table.row_word} {table.rows[infinite[0]]:,}: the value is infinite{others}. "
                "Replace it by an empty cell, which counts as a gap, and upload the file again."
            )


def _left_out(table: Table, clocked: Clocked) -> list[str]:
    text = [c.name for c in table.columns if c.kind not in ("number", "empty") and c.name not in clocked.columns]
    empty = [c.name for c in table.columns if c.kind == "empty"]
    notes = []
    if text:
        notes.append(f"Left out, because not numbers: {', '.join(text)}.")
    if empty:
        notes.append(f"Left out, because without any number: {', '.join(empty)}.")
    return notes


def _gaps(channels: dict[str, Float64Array]) -> list[str]:
    counts = {name: int(np.isnan(values).sum()) for name, values in channels.items()}
    found = [f"{name} has {count:,}" for name, count in counts.items() if count]
    if not found:
        return []
    return [f"Gaps (empty cells or NaN): {', '.join(found[:6])}{' and others' if len(found) > 6 else ''}."]


def _codes(channels: dict[str, Float64Array]) -> list[str]:
    """A sentence for each channel with a far-off value that loggers write for "no value"."""
    found = []
    for name, values in channels.items():
        for code in _GAP_CODES:
            others = values[(values != code) & ~np.isnan(values)]
            count = int(np.count_nonzero(values == code))
            if count and others.size and np.min(np.abs(others - code)) > 5 * max(np.ptp(others), 1.0):
                found.append(f"{name} is {code:g} in {count:,} rows, which may stand for gaps. If so, empty those cells.")
    return found


def unique_names(names: Sequence[str]) -> list[str]:
    """Names of columns, none empty and none twice: ``unique_names(["a", "", "a"]) == ["a", "column 2", "a (2)"]``."""
    found: list[str] = []
    for position, name in enumerate(names, start=1):
        plain = name.strip() or f"column {position}"
        candidate, count = plain, 1
        while candidate in found:
            count += 1
            candidate = f"{plain} ({count})"
        found.append(candidate)
    return found


def names_and_units(header: Sequence[str], below: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names and units of columns from the cells of the header and of the units row, as many each as there are columns."""
    pairs = [cells.split_unit(text) for text in header]
    own = [cells.strip_brackets(text).strip("-") for text in below]
    return unique_names([name for name, _ in pairs]), [unit or other for (_, unit), other in zip(pairs, own, strict=True)]
