"""The columns of a file as its reader found them, before anyone asked what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.layouts import TableRegion
from denoise_core.files.options import Limits
from denoise_core.files.text.units import split_unit, strip_brackets
from denoise_core.series import Layout

LONGEST_NAME = 200
"""Characters of a column's name; what is longer is no name, and would have to be drawn."""


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
    """All columns of a file.

    Parameters
    ----------
    rows : int64 array of shape (n,)
        The row of the file, counted from 1, in which each sample stands.
    rate_hz : float or None
        Where the file itself says it.
    start : datetime64 or None
        When the first sample was taken, where the file itself says it and has a rate.
    sheets : sequence of str
        What `ReadOptions.sheet` can choose from.
    words : mapping of str to int
        Cells that are neither numbers, times nor known gaps, and how often; they were read as missing.
    """

    name: str
    columns: Sequence[Column]
    rows: NDArray[np.int64]
    layout: Layout
    notes: list[str] = field(default_factory=list)
    rate_hz: float | None = None
    row_word: str = "row"
    start: np.datetime64 | None = None
    sheets: Sequence[str] = ()
    words: Mapping[str, int] = field(default_factory=dict)


def check_size(rows: int, columns: int, limits: Limits, *, name: str) -> None:
    """Raise DataError where a table is larger than the limits."""
    if columns > limits.columns:
        raise DataError(f"{name} has {columns:,} columns; at most {limits.columns:,} can be read. Upload fewer columns.")
    if rows * columns > limits.samples:
        raise DataError(
            f"{name} has more than {limits.samples:,} values ({columns} columns). Upload a shorter recording or fewer columns."
        )


def is_unnamed(name: str) -> bool:
    """Whether `unique_names` gave the column its name."""
    return re.fullmatch(r"column \d+", name) is not None


def column_in_words(name: str) -> str:
    """``"column t"``, but ``"column 3"`` where the third column has no name."""
    return name if is_unnamed(name) else f"column {name}"


def cell_in_words(name: str, row: int, *, row_word: str = "row") -> str:
    """``"Column x, row 1,001"``, to begin a sentence with."""
    return f"C{column_in_words(name)[1:]}, {row_word} {row:,}"


def unique_names(names: Sequence[str]) -> list[str]:
    """Names of columns, none empty, none twice and none longer than `LONGEST_NAME` by much.

    Examples
    --------
    >>> unique_names(["a", "", "a"])
    ['a', 'column 2', 'a (2)']
    """
    found: list[str] = []
    for position, name in enumerate(names, start=1):
        plain = name.strip()[:LONGEST_NAME] or f"column {position}"
        candidate, count = plain, 1
        while candidate in found:
            count += 1
            candidate = f"{plain} ({count})"
        found.append(candidate)
    return found


def filled_forward(cells_of: Sequence[str]) -> list[str]:
    """``["", "a", "a", "b"]`` for ``["", "a", "", "b"]``: what merged cells say of each column."""
    found: list[str] = []
    for text in cells_of:
        found.append(text.strip() or (found[-1] if found else ""))
    return found


def names_and_units(header: Sequence[str], below: Sequence[str], above: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Names and units of columns from the cells of the header and of the units row, as many each as there are columns.

    Names `above` the header stand for all columns up to the next one, as in merged cells: "Pump" above "flow" is "Pump flow".

    Examples
    --------
    >>> names_and_units(["t", "min [V]", "max [V]"], ["", "", ""], ["", "Pump", ""])
    (['t', 'Pump min', 'Pump max'], ['', 'V', 'V'])
    """
    pairs = [split_unit(text) for text in header]
    own = [strip_brackets(text).strip("-") for text in below]
    groups = filled_forward(above) or [""] * len(pairs)
    names = [f"{group} {name}".strip() if name else "" for (name, _), group in zip(pairs, groups, strict=True)]
    return unique_names(names), [unit or other for (_, unit), other in zip(pairs, own, strict=True)]


@dataclass(frozen=True, kw_only=True)
class Head:
    """The first rows of a text file or sheet, for a person who looks how it was read.

    Parameters
    ----------
    rows : mapping of row number, from 0, to its cells
    region : TableRegion or None
        None where no table was found in them.
    found : mapping of option to what was detected for it
    """

    rows: Mapping[int, list[str]]
    region: TableRegion | None
    found: Mapping[str, Any]
    sheets: Sequence[str] = ()
