"""The lines of a text file that hold rows, and the cells in them, block by block."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from denoise_core.files.layouts import TextLayout
from denoise_core.files.text import dialect
from denoise_core.files.text.dialect import SPACES
from denoise_core.files.text.encoding import BLOCK
from denoise_core.files.text.header_detection import is_value

Ints = NDArray[np.int64]
TAIL = 32 * 1024
"""Bytes at the end of a file in which lines that hold no samples are looked for."""

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


def non_row(layout: TextLayout) -> re.Pattern[bytes]:
    """Matches a line that holds no row: a comment, the names once more, or only delimiters (in one column, a gap)."""
    delimiter = re.escape(layout.delimiter).encode()
    blank = rb"|[ \t%s]*\r?(?:\n|\Z)" % delimiter if layout.region.width > 1 else b""
    line = layout.header_line
    again = rb"|(?-i:%s)[ \t]*\r?(?:\n|\Z)" % re.escape(line.rstrip()).encode() if line.strip() else b""
    return re.compile(rb"(?im)^(?:%s%s%s)" % (dialect.COMMENT.encode(), blank, again))


def lines_of(block: bytes) -> list[bytes]:
    """Lines with their ends: ``b"".join(lines_of(block)) == block``."""
    return _LINE.findall(block)


def blocks(file: IO[bytes], *, first: int, stop: int) -> Iterator[tuple[bytes, int, bool]]:
    """Blocks of whole lines from line `first` to byte `stop`; the number of their first line, from 1; whether they are the last.

    What is blank at the end of the file is left out.
    """
    for _ in range(first):
        file.readline()
    number = first + 1
    block = next_block(file, stop)
    while block:
        following = next_block(file, stop)
        if not following.strip():
            yield block.rstrip(b"\r\n \x1a"), number, True
            return
        yield block, number, False
        number += block.count(b"\n")
        block = following


def next_block(file: IO[bytes], stop: int) -> bytes:
    """Some whole lines before byte `stop`, which is the start of a line."""
    block = file.read(max(0, min(BLOCK, stop - file.tell())))
    return block + file.readline() if file.tell() < stop else block


def footer_start(file: IO[bytes], count: int) -> int:
    """The byte at which the last `count` lines that are not blank begin; the file is left where it was."""
    here, end = file.tell(), _text_end(file)
    start = max(here, end - TAIL)
    file.seek(start)
    lines = lines_of(file.read(end - start))
    file.seek(here)
    for line in reversed(lines):
        if count == 0:
            break
        end -= len(line)
        count -= bool(line.strip())
    return end


def _text_end(file: IO[bytes]) -> int:
    """Where the text ends: a logger that was switched off leaves zeros behind it."""
    end = file.seek(0, io.SEEK_END)
    while end:
        start = max(0, end - TAIL)
        file.seek(start)
        kept = file.read(end - start).rstrip(b"\0")
        if kept:
            return start + len(kept)
        end = start
    return 0


def last_lines(file: IO[bytes]) -> list[str]:
    """Whole lines at the end of the file that are not blank, as text; the file is left where it was."""
    here, end = file.tell(), _text_end(file)
    start = max(here, end - TAIL)
    file.seek(start)
    lines = [line.decode("utf-8", errors="replace").rstrip("\r\n") for line in lines_of(file.read(end - start))]
    file.seek(here)
    return [line for line in lines[start > here :] if line.strip()]


@dataclass
class RowReader:
    """Cells of the rows of a file.

    Parameters
    ----------
    file : binary file
        UTF-8 with line feeds, as `encoding.as_utf8` gives it.
    short, long : list of int
        Rows with fewer cells than the table, and with more, found while reading.
    """

    file: IO[bytes]
    layout: TextLayout
    name: str
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    _cut_off: int = 0

    def __iter__(self) -> Iterator[tuple[list[pa.Array], Ints]]:
        """Columns of text with shape (n,) each, and the numbers of the n rows in the file, counted from 1."""
        stop = footer_start(self.file, self.layout.footer)
        for block, number, last in blocks(self.file, first=self.layout.region.first, stop=stop):
            kept, rows = self._without_non_rows(block, number)
            if len(rows):
                yield self._cells(kept, rows, last=last), rows

    def notes(self) -> list[str]:
        """What was done with rows that have not as many cells as the table, in whole sentences."""
        said = []
        if self._cut_off:
            said.append(f"The last row ({self._cut_off:,}) is cut off, so the cells it lacks count as missing.")
        if self.short:
            said.append(f"{_rows_in_words(self.short)} fewer cells than the table; those they lack count as missing.")
        if self.long:
            said.append(f"{_rows_in_words(self.long)} more cells than the table, so their values count as missing.")
        return said

    def _without_non_rows(self, block: bytes, number: int) -> tuple[bytes, Ints]:
        pattern = non_row(self.layout)
        count = block.count(b"\n") + (not block.endswith(b"\n") and bool(block))
        rows = np.arange(number, number + count, dtype=np.int64)
        if pattern.search(block) is None:
            return block, rows
        lines = lines_of(block)
        keep = [pattern.match(line) is None for line in lines]
        return b"".join(line for line, wanted in zip(lines, keep, strict=True) if wanted), rows[keep]

    def _cells(self, block: bytes, rows: Ints, *, last: bool) -> list[pa.Array]:
        """The quick way; `_split_ragged` where a row has too many or too few cells."""
        delimiter, width = self.layout.delimiter, self.layout.region.width
        if delimiter == SPACES:
            block, delimiter = _with_tabs(block), "\t"
        table = _split_block(block, delimiter, width)
        if table is not None and table.num_rows == len(rows):
            return [table.column(k).combine_chunks() for k in range(width)]
        return self._split_ragged(block.decode("utf-8", errors="replace"), rows, delimiter, last=last)

    def _split_ragged(self, text: str, rows: Ints, delimiter: str, *, last: bool) -> list[pa.Array]:
        found = []
        for number, line in zip(rows, text.removesuffix("\n").split("\n"), strict=True):
            row = dialect.split(line.removesuffix("\r"), delimiter)
            found.append(self._of_width(row, int(number), cut_off=last and number == rows[-1]))
        return [pa.array(column, type=pa.string()) for column in zip(*found, strict=True)]

    def _of_width(self, row: list[str], number: int, *, cut_off: bool) -> list[str]:
        """The row with gaps for cells that it lacks, and without words behind its end; gaps alone where numbers are too many."""
        width = self.layout.region.width
        if len(row) < width:
            if cut_off:
                self._cut_off = number
            else:
                self.short.append(number)
            return row + [""] * (width - len(row))
        if any(is_value(text) and text.strip() for text in row[width:]):
            self.long.append(number)
            return [""] * width
        return row[:width]


def _rows_in_words(rows: list[int]) -> str:
    if len(rows) == 1:
        return f"Row {rows[0]:,} has"
    shown = ", ".join(f"{row:,}" for row in rows[:3])
    return f"Rows {shown}{f' and {len(rows) - 3:,} more' if len(rows) > 3 else ''} have"


def _with_tabs(block: bytes) -> bytes:
    """One tab for every run of blanks between cells, none at the ends of the lines."""
    block = re.sub(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)", b"", block)
    return re.sub(rb"[ \t]+", b"\t", block)


def _split_block(block: bytes, delimiter: str, width: int) -> pa.Table | None:
    """The block as columns of text, or None where a row has another width, or the delimiter is not ASCII."""
    if not delimiter.isascii():
        return None
    names = [f"c{k}" for k in range(width)]
    try:
        return csv.read_csv(
            pa.BufferReader(block),
            read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
            parse_options=csv.ParseOptions(delimiter=delimiter or "\x1f", ignore_empty_lines=width > 1),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
