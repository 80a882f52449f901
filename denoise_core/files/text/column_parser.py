"""One column of text on its way to numbers or times, block by block; says where a cell does not fit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, cell_in_words, is_unnamed
from denoise_core.files.text import cells
from denoise_core.files.time import timestamps

Ints = NDArray[np.int64]


@dataclass
class ColumnParser:
    """A column while its blocks come in.

    Parameters
    ----------
    pattern : str or None
        How its times are written, if it holds times.
    text : bool
        Whether it holds words, which are not kept.
    digits : int
        The most significant digits among its numbers.
    gap : str or None
        How it writes a gap, once one was seen.
    """

    name: str
    unit: str = ""
    decimal: str = "."
    pattern: str | None = None
    text: bool = False
    digits: int = 0
    gap: str | None = None
    grouped: bool = False
    notes: list[str] = field(default_factory=list)
    _values: list[NDArray[np.float64]] = field(default_factory=list)
    _words: list[pa.Array] = field(default_factory=list)
    _odd: tuple[int, str] | None = None
    _odd_count: int = 0

    @classmethod
    def of(cls, name: str, unit: str, sample: list[str], *, decimal: str) -> ColumnParser:
        """A parser for what a sample of the column looks like."""
        present = [text for text in sample if not cells.is_missing(text)]
        numbers = sum(map(cells.is_number, present))
        pattern = None if numbers else timestamps.detect_pattern(present[:200])
        text = bool(present) and pattern is None and numbers * 2 < len(present)
        digits = cells.significant_digits(present) if numbers else 0
        return cls(name=name, unit=unit, decimal=decimal, pattern=pattern, text=text, digits=digits)

    def feed(self, column: pa.Array, rows: Ints) -> None:
        """The next cells, text of shape (n,), and the rows of the file they stand in."""
        if self.pattern is not None:
            self._words.append(column)
        elif not self.text:
            self._feed_numbers(column, rows)

    def _feed_numbers(self, column: pa.Array, rows: Ints) -> None:
        values, odd, grouped = cells.to_floats(column, self.decimal)
        self._values.append(values)
        self.grouped |= bool(grouped.any())
        self._odd_count += int(odd.sum())
        if odd.any() and self._odd is None:
            place = int(odd.argmax())
            self._odd = (int(rows[place]), column[place].as_py())
        empty = np.isnan(values) & ~odd
        if self.gap is None and empty.any():
            self.gap = (column[int(empty.argmax())].as_py() or "").strip()

    def finish(self, rows: Ints) -> Column | None:
        """The column; None for one without name and content, as a delimiter at the end of every row makes it.

        Raises
        ------
        DataError
            If a cell of a column of numbers is no number, or one of a column of times no time.
        """
        if self.pattern is not None:
            return self._times(rows, self.pattern)
        values = np.concatenate(self._values) if self._values else np.zeros(0)
        known = np.count_nonzero(~np.isnan(values))
        if self.text or self._odd_count > known:
            return Column(name=self.name, kind="text")
        if self._odd is not None:
            raise DataError(self._not_a_number(*self._odd))
        if not known:
            return None if is_unnamed(self.name) else Column(name=self.name, kind="empty")
        return Column(name=self.name, kind="number", unit=self.unit, values=values)

    def _not_a_number(self, row: int, text: str) -> str:
        more = self._odd_count - 1
        others = f" (and {more:,} more such cell{'s' * (more > 1)})" if more else ""
        return (
            f"{cell_in_words(self.name, row)}: {text.strip()[:40]!r} is not a number{others}. "
            "Correct the cell or leave it empty, which counts as missing; or choose another decimal mark or delimiter."
        )

    def _times(self, rows: Ints, pattern: str) -> Column:
        text = pa.chunked_array(self._words).combine_chunks()
        found = timestamps.read_timestamps(text, pattern=pattern, day_first=self.decimal == ",")
        self.notes.extend(found.notes)
        for place in np.flatnonzero(~found.present):
            word = text[int(place)].as_py() or ""
            if not cells.is_missing(word):
                cell = f"{cell_in_words(self.name, rows[place])}: {word.strip()[:40]!r}"
                raise DataError(
                    f"{cell} is not a valid date or time in the format of the other rows. "
                    "Correct the cell and upload the file again."
                )
        return Column(name=self.name, kind=found.kind, values=found.nanoseconds, present=found.present)
