"""One column of text on its way to numbers or times, block by block; counts the cells that are neither."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from denoise_core.files.columns import Column, cell_in_words, is_unnamed
from denoise_core.files.options import ReadOptions
from denoise_core.files.text import cells
from denoise_core.files.time import timestamps

Ints = NDArray[np.int64]
_NAMED = 6  # words; of more, these are named


@dataclass
class ColumnParser:
    """A column while its blocks come in.

    Parameters
    ----------
    pattern : str or None
        How its times are written, if it holds times.
    text : bool
        Whether it holds words, which are not kept.
    affix : (str, str) or None
        What stands before and after its numbers: a currency, a unit.
    digits : int
        The most significant digits among its numbers.
    gap : str or None
        How it writes a gap, once one was seen.
    words : Counter
        The cells that are neither numbers nor known spellings of a gap; they count as missing.
    """

    name: str
    unit: str = ""
    decimal: str = "."
    gap_words: Collection[str] = ()
    must_be_numbers: bool = False
    pattern: str | None = None
    text: bool = False
    affix: tuple[str, str] | None = None
    digits: int = 0
    gap: str | None = None
    grouped: bool = False
    words: Counter[str] = field(default_factory=Counter)
    first_word: tuple[int, str] | None = None
    notes: list[str] = field(default_factory=list)
    _values: list[NDArray[np.float64]] = field(default_factory=list)
    _times: list[pa.Array] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, unit: str, sample: list[str], *, decimal: str, options: ReadOptions) -> ColumnParser:
        """A parser for what a sample of the column looks like, and for what `options` say of it."""
        role, words = options.roles.get(name), {word.strip().lower() for word in options.gap_words}
        present = [text for text in sample if not cells.is_missing(text) and text.strip().lower() not in words]
        numbers = sum(map(cells.is_number, present))
        affix = _common_affix(present) if present and numbers * 2 < len(present) else None
        pattern = None if numbers or affix or role == "value" else timestamps.detect_pattern(present[:200])
        few = bool(present) and pattern is None and affix is None and numbers * 2 < len(present)
        parser = cls(name=name, unit=unit, decimal=decimal, gap_words=options.gap_words, pattern=pattern, affix=affix)
        parser.must_be_numbers = role == "value" or (role == "time" and pattern is None)
        parser.text = role == "text" or (few and not parser.must_be_numbers)
        parser.unit = unit or (affix[1] or affix[0] if affix else "")
        parser.digits = cells.significant_digits(present) if numbers or affix else 0
        return parser

    def feed(self, column: pa.Array, rows: Ints) -> None:
        """The next cells, text of shape (n,), and the rows of the file they stand in."""
        if self.pattern is not None:
            self._times.append(column)
        elif not self.text:
            self._feed_numbers(column, rows)

    def _feed_numbers(self, column: pa.Array, rows: Ints) -> None:
        bare = column if self.affix is None else _without(self.affix, column)
        values, odd, grouped = cells.to_floats(bare, self.decimal, self.gap_words)
        self._values.append(values)
        self.grouped |= bool(grouped.any())
        self._count_words(column, odd, rows)
        empty = np.isnan(values) & ~odd
        if self.gap is None and empty.any():
            self.gap = (column[int(empty.argmax())].as_py() or "").strip()

    def _count_words(self, column: pa.Array, odd: NDArray[np.bool_], rows: Ints) -> None:
        if not odd.any():
            return
        for found in pc.value_counts(pc.utf8_trim_whitespace(column.filter(pa.array(odd)))).to_pylist():
            self.words[found["values"][:40]] += found["counts"]
        if self.first_word is None:
            place = int(odd.argmax())
            self.first_word = (int(rows[place]), column[place].as_py().strip()[:40])

    def finish(self, rows: Ints) -> Column | None:
        """The column; None for one without name and content, as a delimiter at the end of every row makes it."""
        if self.pattern is not None:
            return self._finish_times(rows, self.pattern)
        values = np.concatenate(self._values) if self._values else np.zeros(0)
        known = np.count_nonzero(~np.isnan(values))
        if self.text or (self.words.total() > known and not self.must_be_numbers):
            self.words.clear()
            return Column(name=self.name, kind="text")
        if not known:
            return None if is_unnamed(self.name) and not self.words else Column(name=self.name, kind="empty")
        return Column(name=self.name, kind="number", unit=self.unit, values=values)

    def _finish_times(self, rows: Ints, pattern: str) -> Column:
        text = pa.chunked_array(self._times).combine_chunks()
        found = timestamps.read_timestamps(text, pattern=pattern, day_first=self.decimal == ",")
        self.notes.extend(found.notes)
        gaps = {word.strip().lower() for word in self.gap_words}
        odd = np.zeros(len(text), dtype=bool)
        for place in np.flatnonzero(~found.present):
            word = (text[int(place)].as_py() or "").strip().lower()
            odd[place] = not cells.is_missing(word) and word not in gaps
        self._count_words(text, odd, rows)
        if self.words.total() > np.count_nonzero(found.present):
            self.words.clear()
            return Column(name=self.name, kind="text")
        return Column(name=self.name, kind=found.kind, values=found.nanoseconds, present=found.present)


def _common_affix(present: Sequence[str]) -> tuple[str, str] | None:
    """What most of these cells have around their numbers."""
    found = Counter(affix for text in present if (affix := cells.split_affix(text)) is not None)
    affix, count = found.most_common(1)[0] if found else (None, 0)
    return affix if count * 2 > len(present) else None


def _without(affix: tuple[str, str], column: pa.Array) -> pa.Array:
    before, after = (re.escape(text) for text in affix)
    inside = pc.replace_substring_regex(pc.utf8_trim_whitespace(column), rf"^(?:{before})\s*|\s*(?:{after})$", "")
    # A sign before the currency: "-$5".
    return pc.replace_substring_regex(inside, rf"^([+-])(?:{before})\s*", r"\1") if before else inside


def words_in_words(parsers: Sequence[ColumnParser]) -> list[str]:
    """A sentence on the cells that are neither numbers, times nor known gaps; none where there are none."""
    found = Counter[str]()
    first: dict[str, str] = {}
    for parser in parsers:
        found.update(parser.words)
        if parser.words and parser.first_word:
            row, word = parser.first_word
            first.setdefault(word, cell_in_words(parser.name, row))
    if not found:
        return []
    named = [_one_word(word, count, first.get(word)) for word, count in found.most_common(_NAMED)]
    more = f" and {len(found) - _NAMED:,} other words" if len(found) > _NAMED else ""
    kinds = {parser.pattern is None for parser in parsers if parser.words}
    what = "Not a number" if kinds == {True} else "Not a valid time" if kinds == {False} else "Neither a number nor a valid time"
    return [f"{what}, so read as missing: {', '.join(named)}{more}."]


def _one_word(word: str, count: int, place: str | None) -> str:
    cells_in_all = f"{count:,} cell{'s' * (count > 1)}"
    return f"{word!r} ({cells_in_all}{f', first in {place[0].lower()}{place[1:]}' if place else ''})"
