"""Text files of numbers (CSV, TSV and their many relatives): read, and written byte for byte with cells added to their lines."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Head, Table, check_size, filled_forward, names_and_units
from denoise_core.files.layouts import Encoding, TableRegion, TextLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn
from denoise_core.files.text import cells, dialect
from denoise_core.files.text.column_parser import ColumnParser, words_in_words
from denoise_core.files.text.dialect import SINGLE, SPACES
from denoise_core.files.text.encoding import BLOCK, SAMPLE, as_utf8, find_encoding, from_utf8
from denoise_core.files.text.header_detection import count_footer, header_in_words
from denoise_core.files.text.rows import RowReader, last_lines, lines_of, non_row

HEAD = 1000
"""Lines by which a file is judged."""

FEWEST_DIGITS = 8
MOST_DIGITS = 17

_DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "vertical bars", SPACES: "spaces"}


def read_text(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The table in a text file.

    Raises
    ------
    DataError
        If it is empty, no text, or a row or cell does not fit the others; with the row and the column.
    """
    encoding = find_encoding(path, name=name)
    with as_utf8(path, encoding) as file:
        lines = _first_lines(file, name)
        layout, units = _detect_layout(file, lines, encoding, options, limits, name=name)
        parsers = _parsers(lines, layout, units, options)
        return _read(RowReader(file=file, layout=layout, name=name), parsers, limits)


def text_head(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Head:
    """The first lines of a text file as they are split, and what is found in them; a table need not be there.

    Raises
    ------
    DataError
        If it is empty or no text.
    """
    encoding = find_encoding(path, name=name)
    with as_utf8(path, encoding) as file:
        lines = _first_lines(file, name)
        delimiter = options.delimiter if options.delimiter is not None else dialect.find_delimiter(lines)
        rows = {i: dialect.split(line, delimiter) for i, line in enumerate(lines) if line.strip()}
        try:
            layout, _ = _detect_layout(file, lines, encoding, options, limits, name=name)
        except DataError:
            return Head(rows=rows, region=None, found={"delimiter": delimiter})
    header = 0 if layout.region.header is None else layout.region.header + 1
    found = {"delimiter": delimiter, "decimal": layout.decimal, "header": header, "footer": layout.footer}
    return Head(rows=rows, region=layout.region, found=found)


def _first_lines(file: IO[bytes], name: str) -> list[str]:
    """The first whole lines, as text, at most `HEAD` of them; the file is left where it was."""
    start = file.tell()
    sample, more = file.read(SAMPLE), file.read(1)
    file.seek(start)
    lines = sample.decode("utf-8", errors="ignore").split("\n")
    if more:
        lines.pop()
    if not lines:
        raise DataError(
            f"{name} has no line end in its first {SAMPLE // 1024} KB, so it is not a table. Upload a file with rows."
        )
    return [line.removesuffix("\r") for line in lines[:HEAD]]


def _detect_layout(
    file: IO[bytes], lines: Sequence[str], encoding: Encoding, options: ReadOptions, limits: Limits, *, name: str
) -> tuple[TextLayout, Sequence[str]]:
    """The layout, less what only all rows tell; and the units of the columns."""
    delimiter = options.delimiter if options.delimiter is not None else dialect.find_delimiter(lines)
    region = dialect.find_region(lines, delimiter, options, name=name)
    check_size(1, region.width, limits, name=name)
    body = _body(lines, region.first, delimiter)
    decimal = options.decimal or cells.decimal_mark(text for row in body for text in row)
    shift = _is_shifted(lines, region, body, delimiter)
    footer = _count_footer(file, delimiter, region) if options.footer is None else options.footer
    header_line = "" if region.header is None else lines[region.header]
    layout = TextLayout(
        names=(),
        encoding=encoding,
        region=region,
        delimiter=delimiter,
        decimal=decimal,
        shift=shift,
        footer=footer,
        header_line=header_line,
        header_width=len(dialect.head_cells(header_line, delimiter)),
    )
    names, units = names_and_units(*(named_row(lines, index, layout) for index in (region.header, region.units, region.groups)))
    return replace(layout, names=tuple(names)), units


def _count_footer(file: IO[bytes], delimiter: str, region: TableRegion) -> int:
    last = [[] if dialect.is_comment(line) else dialect.split(line, delimiter) for line in last_lines(file)]
    return count_footer(last, region.width)


def _is_shifted(lines: Sequence[str], region: TableRegion, body: list[list[str]], delimiter: str) -> bool:
    """Whether the first column has no name, as R writes tables; not, where only a delimiter ends each row of numbers."""
    if region.header is None or len(dialect.head_cells(lines[region.header], delimiter)) != region.width - 1:
        return False
    return any(len(row) == region.width and row[-1].strip() for row in body)


def _body(lines: Sequence[str], first: int, delimiter: str) -> list[list[str]]:
    rows = (line for line in lines[first:] if line.strip() and not dialect.is_comment(line))
    return [dialect.split(line, delimiter) for line in rows]


def _parsers(lines: Sequence[str], layout: TextLayout, units: Sequence[str], options: ReadOptions) -> list[ColumnParser]:
    body = _body(lines, layout.region.first, layout.delimiter)
    columns = [[row[k] for row in body if k < len(row)] for k in range(layout.region.width)]
    found = zip(layout.names, units, columns, strict=True)
    return [ColumnParser.of(*column, decimal=layout.decimal, options=options) for column in found]


def named_row(lines: Sequence[str], index: int | None, layout: TextLayout) -> list[str]:
    """The `width` cells of a row above the numbers, empty where there is none."""
    width = layout.region.width
    found = [""] * (index is not None and layout.shift)
    found += [] if index is None else dialect.head_cells(lines[index], layout.delimiter)
    return [text.strip() for text in found + [""] * width][:width]


def _read(reader: RowReader, parsers: list[ColumnParser], limits: Limits) -> Table:
    numbers: list[NDArray[np.int64]] = []
    count = 0
    for columns, rows in reader:
        count += len(rows)
        check_size(count, len(parsers), limits, name=reader.name)
        numbers.append(rows)
        for parser, column in zip(parsers, columns, strict=True):
            parser.feed(column, rows)
    rows = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
    found = [parser.finish(rows) for parser in parsers]
    notes = [_summary(reader.layout, count), *(note for parser in parsers for note in parser.notes)]
    if grouped := [parser.name for parser in parsers if parser.grouped]:
        notes.append(f"The thousands separators in {', '.join(grouped)} were removed.")
    notes += [*_on_footer(reader), *reader.notes(), *words_in_words(parsers)]
    columns = [column for column in found if column is not None]
    words = sum((parser.words for parser in parsers), Counter[str]())
    layout = _with_habits(reader.layout, parsers)
    return Table(name=reader.name, columns=columns, rows=rows, layout=layout, notes=notes, words=words)


def _on_footer(reader: RowReader) -> list[str]:
    count = reader.layout.footer
    if not count:
        return []
    first = next(iter(last_lines(reader.file)[-count:]), "").strip()[:40]
    return [f"Left out at the end: {count} line{'s' * (count > 1)} without samples, the first {first!r}."]


def _with_habits(layout: TextLayout, parsers: list[ColumnParser]) -> TextLayout:
    """The layout with how this file writes a missing value, and with how many digits its numbers."""
    gap = next((parser.gap for parser in parsers if parser.gap), "NaN" if layout.delimiter == SPACES else "")
    return replace(layout, gap=gap, digits={parser.name: parser.digits for parser in parsers if parser.digits})


def _summary(layout: TextLayout, rows: int) -> str:
    parts = [f"{rows:,} rows"]
    if layout.delimiter != SINGLE:
        parts.append(f"columns separated by {_DELIMITERS.get(layout.delimiter, repr(layout.delimiter))}")
    parts.append("decimal comma" if layout.decimal == "," else "decimal point")
    parts.append(header_in_words(layout.region))
    if layout.encoding.codec != "utf-8":
        parts.append(f"encoding {layout.encoding.codec}")
    return f"Read as text: {', '.join(parts)}."


def write_text(source: Path, target: Path, columns: Sequence[OutputColumn], layout: TextLayout) -> None:
    """Every line of `source`, with the columns behind it.

    Raises
    ------
    DataError
        If the file has not as many rows as the columns have values.
    """
    with as_utf8(source, layout.encoding) as file, target.open("wb") as out:
        out.writelines(from_utf8(_parts(file, columns, layout), layout.encoding))


def _parts(file: IO[bytes], columns: Sequence[OutputColumn], layout: TextLayout) -> Iterator[bytes]:
    head = [file.readline() for _ in range(layout.region.first)]
    block = file.read(BLOCK) + file.readline()
    tail = _Tail.of(layout, block, head)
    written = tail.head(head, columns)
    yield from written
    again = b"" if layout.region.header is None else written[layout.region.header]
    done, count = 0, len(columns[0].values)
    while block:
        lines, added = _lines_with_columns(lines_of(block), columns, tail, done, again)
        yield b"".join(lines)
        done += added
        block = file.read(BLOCK) + file.readline()
    if done != count:
        raise DataError(f"The file has {done:,} rows of numbers, but the result has {count:,}. Use the file that was denoised.")


def _lines_with_columns(
    lines: list[bytes], columns: Sequence[OutputColumn], tail: _Tail, done: int, again: bytes
) -> tuple[list[bytes], int]:
    """Lines with their new cells, and how many rows there were; where the row of names is repeated, it is `again`."""
    header_line = tail.layout.header_line.rstrip().encode()
    no_row = non_row(tail.layout).match
    values_of = [column.values[done : done + len(lines)].tolist() for column in columns]
    writers = [_number_writer(tail.layout, column.channel) for column in columns]
    rows = zip(*values_of, strict=True)
    written, added = [], 0
    for line in lines:
        values = None if no_row(line) else next(rows, None)
        if values is None:
            written.append(again if header_line and line.rstrip() == header_line else line)
            continue
        added += 1
        written.append(tail.after(line, [write(value) for write, value in zip(writers, values, strict=True)]))
    return written, added


def _number_writer(layout: TextLayout, channel: str) -> Callable[[float], str]:
    """Writes a number with the file's decimal mark, its digits (8 at least), and its own way of writing a missing value."""
    pattern = f"%.{min(MOST_DIGITS, max(FEWEST_DIGITS, layout.digits.get(channel, 0)))}g"

    def write(value: float) -> str:
        return layout.gap if math.isnan(value) else (pattern % value).replace(".", layout.decimal)

    return write


@dataclass(frozen=True, kw_only=True)
class _Tail:
    """How cells are put behind a line."""

    layout: TextLayout
    between: str
    groups: Sequence[str] = ()

    @classmethod
    def of(cls, layout: TextLayout, body: bytes, head: Sequence[bytes]) -> _Tail:
        """With what this file has between its cells; a file of one column gets a comma, or a semicolon."""
        delimiter, no_row = layout.delimiter, non_row(layout)
        texts = [text.decode("utf-8").rstrip("\r\n") for text in head]
        groups = [] if layout.region.groups is None else filled_forward(named_row(texts, layout.region.groups, layout))
        line = next((line for line in lines_of(body) if not no_row.match(line)), b"").decode("utf-8").strip()
        if delimiter == SINGLE:
            return cls(layout=layout, between=";" if layout.decimal == "," else ",", groups=groups)
        if delimiter == SPACES:
            found = re.search(r"[ \t]+", line)
            return cls(layout=layout, between=found[0] if found else " ", groups=groups)
        spaced = line.count(delimiter) == line.count(delimiter + " ") > 0
        return cls(layout=layout, between=delimiter + " " * spaced, groups=groups)

    def after(self, line: bytes, added: list[str], *, quoted: bool = False, is_header: bool = False) -> bytes:
        """The line with these cells behind its own, brought to the width of the table first."""
        body = line.removesuffix(b"\n").removesuffix(b"\r")
        end = line[len(body) :]
        texts = [self._cell(text, quoted=quoted) for text in added]
        width = max(self.layout.region.width, self.layout.header_width) - (is_header and self.layout.shift)
        new = "".join(self.between + text for text in texts).encode("utf-8")
        kept, remark = self._split_remark(self._full(body, width), width)
        return kept + new + remark + end

    def _cell(self, text: str, *, quoted: bool) -> str:
        if not self.between.strip(" \t"):
            return re.sub(r"[ \t]+", "_", text) if self.layout.delimiter == SPACES else text.replace("\t", " ")
        if not quoted and self.between.strip() not in text and '"' not in text:
            return text
        return '"' + text.replace('"', '""') + '"'

    def _split_remark(self, body: bytes, width: int) -> tuple[bytes, bytes]:
        """A row, and what is written behind its last column; a row with quotes is not split."""
        delimiter = self.layout.delimiter
        if delimiter in (SINGLE, SPACES) or b'"' in body or body.count(delimiter.encode()) < width:
            return body, b""
        cells_of = body.split(delimiter.encode())
        kept = delimiter.encode().join(cells_of[:width])
        return kept, body[len(kept) :]

    def _full(self, body: bytes, width: int) -> bytes:
        delimiter = self.layout.delimiter
        if delimiter in (SINGLE, SPACES):
            return body
        mark = delimiter.encode()
        count = body.count(mark) + 1 if b'"' not in body else len(dialect.split(body.decode("utf-8"), delimiter))
        while count > width and body.rstrip().endswith(mark):
            body, count = body.rstrip().removesuffix(mark), count - 1
        return body + mark * (width - count)

    def head(self, lines: list[bytes], columns: Sequence[OutputColumn]) -> list[bytes]:
        """The lines above the numbers: names and units get their cells, the others stay."""
        written, region = list(lines), self.layout.region
        for index, cells_of in ((region.groups, self._groups), (region.header, self._names), (region.units, self._units)):
            if index is not None:
                texts = [text.decode("utf-8").rstrip("\r\n") for text in lines]
                added = [escape_formula(text) for text in cells_of(named_row(texts, index, self.layout), columns)]
                quoted = texts[index].lstrip().startswith('"')
                written[index] = self.after(lines[index], added, quoted=quoted, is_header=True)
        return written

    def _positions(self, columns: Sequence[OutputColumn]) -> list[int]:
        return [self.layout.names.index(column.channel) for column in columns]

    def _names(self, own: list[str], columns: Sequence[OutputColumn]) -> list[str]:
        """``"Druck (bar)"`` becomes ``"Druck_denoised (bar)"``."""
        groups = self.groups or [""] * len(own)
        return [column.header(own[k], groups[k]) for column, k in zip(columns, self._positions(columns), strict=True)]

    def _groups(self, own: list[str], columns: Sequence[OutputColumn]) -> list[str]:
        return [self.groups[k] for k in self._positions(columns)] if own else []

    def _units(self, own: list[str], columns: Sequence[OutputColumn]) -> list[str]:
        return [own[k] for k in self._positions(columns)]


def escape_formula(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
