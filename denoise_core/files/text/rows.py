"""The lines of a text file that hold rows, and the cells in them, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from denoise_core.errors import DataError
from denoise_core.files.layouts import TextLayout
from denoise_core.files.text import dialect
from denoise_core.files.text.dialect import SPACES
from denoise_core.files.text.encoding import BLOCK

Ints = NDArray[np.int64]
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


def non_row(layout: TextLayout) -> re.Pattern[bytes]:
    """Matches a line that holds no row: a comment, or nothing but delimiters (in a single column, nothing is a gap)."""
    delimiter = re.escape(layout.delimiter).encode()
    blank = rb"|[ \t%s]*\r?(?:\n|\Z)" % delimiter if layout.region.width > 1 else b""
    return re.compile(rb"(?im)^(?:%s%s)" % (dialect.COMMENT.encode(), blank))


def lines_of(block: bytes) -> list[bytes]:
    """Lines with their ends: ``b"".join(lines_of(block)) == block``."""
    return _LINE.findall(block)


def blocks(file: IO[bytes], *, first: int) -> Iterator[tuple[bytes, int, bool]]:
    """Blocks of whole lines below line `first`; the number of their first line, from 1; whether they are the last.

    What is blank at the end of the file is left out.
    """
    for _ in range(first):
        file.readline()
    number = first + 1
    block = file.read(BLOCK) + file.readline()
    while block:
        following = file.read(BLOCK) + file.readline()
        if not following.strip():
            yield block.rstrip(b"\r\n \x1a"), number, True
            return
        yield block, number, False
        number += block.count(b"\n")
        block = following


@dataclass
class RowReader:
    """Cells of the rows of a file.

    Parameters
    ----------
    file : binary file
        UTF-8 with line feeds, as `encoding.as_utf8` gives it.
    note : str
        Set while reading, where the last row was cut off.
    """

    file: IO[bytes]
    layout: TextLayout
    name: str
    note: str = ""

    def __iter__(self) -> Iterator[tuple[list[pa.Array], Ints]]:
        """Columns of text with shape (n,) each, and the numbers of the n rows in the file, counted from 1."""
        for block, number, last in blocks(self.file, first=self.layout.region.first):
            kept, rows = self._without_non_rows(block, number)
            if len(rows):
                yield self._cells(kept, rows, last=last), rows

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
        return self._split_ragged(block.decode("utf-8"), rows, delimiter, last=last)

    def _split_ragged(self, text: str, rows: Ints, delimiter: str, *, last: bool) -> list[pa.Array]:
        found = []
        for number, line in zip(rows, text.removesuffix("\n").split("\n"), strict=True):
            row = dialect.split(line.removesuffix("\r"), delimiter)
            found.append(self._of_width(row, int(number), cut_off=last and number == rows[-1]))
        return [pa.array(column, type=pa.string()) for column in zip(*found, strict=True)]

    def _of_width(self, row: list[str], number: int, *, cut_off: bool) -> list[str]:
        """The row without empty cells too many; a last row that breaks off gets gaps."""
        width = self.layout.region.width
        while len(row) > width and not row[-1].strip():
            row.pop()
        if cut_off and len(row) < width:
            self.note = f"The last row ({number:,}) is cut off, so the cells it lacks count as missing."
            row = row + [""] * (width - len(row))
        if len(row) == width:
            return row
        raise DataError(
            f"Row {number:,} of {self.name} has {len(row)} column{'s' * (len(row) != 1)}, where most rows have {width}: "
            f"{' '.join(row)[:60]!r}. Correct the row and upload the file again."
        )


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
