"""Reading text files of numbers: CSV, TSV and their many relatives, block by block."""

from __future__ import annotations

import codecs
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from denoise_core.errors import DataError
from denoise_core.files import cells, dialect, stamps
from denoise_core.files.dialect import SINGLE, SPACES
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.table import Column, Table, unique_names

SAMPLE = 256 * 1024
BLOCK = 8 * 1024 * 1024


def read_text(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The table in a text file.

    Raises
    ------
    DataError
        If it is empty, no text, or a row or cell does not fit the others; with the row and the column.
    """
    encoding = encoding_of(path, name=name)
    with as_utf8(path, encoding) as file:
        lines = _first_lines(file, name)
        layout = _layout(lines, options, name=name) | {"format": "text", "encoding": encoding}
        if layout["width"] > limits.columns:
            raise DataError(f"{name} has {layout['width']} columns; at most {limits.columns} can be read. Upload fewer columns.")
        return _Body(file=file, layout=layout, name=name, limits=limits, piles=_piles(lines, layout)).table(lines)


def encoding_of(path: Path, *, name: str) -> str:
    """The encoding of the whole file; an odd byte may come late."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
        if not sample.strip(b"\xef\xbb\xbf \t\r\n\x00"):
            raise DataError(f"{name} is empty. Upload a file with at least two rows of numbers.")
        encoding = dialect.find_encoding(sample, name=name)
        if encoding != "utf-8":
            return encoding
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        while block := file.read(BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return dialect.find_encoding(
                    sample[:4096] + error.object[max(0, error.start - 4096) : error.start + 4096], name=name
                )
    return encoding


def as_utf8(path: Path, encoding: str) -> IO[bytes]:
    """The file as UTF-8 with line feeds ending the lines, without a byte order mark; other bytes as they are."""
    plain = path.open("rb")
    head = plain.read(SAMPLE)
    old_mac = encoding.startswith("utf-8") is True and b"\r" in head and b"\n" not in head
    plain.seek(3 if head.startswith(codecs.BOM_UTF8) else 0)
    if encoding.startswith("utf-8") and not old_mac:
        return plain
    with plain:
        return _recoded(path, encoding)


def _recoded(path: Path, encoding: str) -> IO[bytes]:
    copy = tempfile.TemporaryFile()
    try:
        with path.open("r", encoding=encoding, newline="") as text:
            while block := text.read(BLOCK):
                block = block.removeprefix("\ufeff") if copy.tell() == 0 else block
                copy.write((block.replace("\r", "\n") if "\n" not in block else block).encode("utf-8"))
    except UnicodeError as error:
        copy.close()
        raise DataError(f"The text is not {encoding} throughout ({error.reason}). Save the file as UTF-8.") from None
    copy.seek(0)
    return copy


def _first_lines(file: IO[bytes], name: str) -> list[str]:
    """The first whole lines, as text."""
    start = file.tell()
    sample = file.read(SAMPLE)
    rest = file.read(1)
    file.seek(start)
    lines = sample.decode("utf-8", errors="ignore").split("\n")
    if rest:
        lines.pop()
    if not lines:
        raise DataError(f"{name} has no line end in its first {SAMPLE // 1024} KB, so it is no table of numbers.")
    return [line.removesuffix("\r") for line in lines]


def _layout(lines: Sequence[str], options: ReadOptions, *, name: str) -> dict[str, Any]:
    delimiter = options.delimiter if options.delimiter is not None else dialect.find_delimiter(lines)
    structure = dialect.find_structure(lines, delimiter, options, name=name)
    body = [dialect.split(line, delimiter) for line in lines[structure.first :] if line.strip() and not dialect.is_comment(line)]
    decimal = options.decimal or cells.decimal_mark(text for row in body for text in row)
    return {
        "delimiter": delimiter,
        "decimal": decimal,
        "width": structure.width,
        "header": structure.header,
        "units": structure.units,
        "first": structure.first,
    }


def skipped_lines(layout: dict[str, Any]) -> re.Pattern[bytes]:
    """Matches a line that holds no row: a comment, or nothing (in a single column nothing is a gap)."""
    delimiter = re.escape(layout["delimiter"]).encode()
    blank = rb"|[ \t%s]*\r?(?:\n|\Z)" % delimiter if layout["width"] > 1 else b""
    return re.compile(rb"(?im)^(?:%s%s)" % (dialect.COMMENT.encode(), blank))


@dataclass
class _Pile:
    """One column while the blocks come in."""

    name: str
    unit: str
    pattern: str | None = None
    text: bool = False
    numbers: list[NDArray[np.float64]] = field(default_factory=list)
    words: list[pa.Array] = field(default_factory=list)
    odd: tuple[int, str] | None = None
    odd_count: int = 0
    grouped: int = 0
    gap: str | None = None
    digits: int = 0


def _piles(lines: Sequence[str], layout: dict[str, Any]) -> list[_Pile]:
    width, delimiter = layout["width"], layout["delimiter"]
    names, units = _names(lines, layout)
    body = [dialect.split(line, delimiter) for line in lines[layout["first"] :] if line.strip() and not dialect.is_comment(line)]
    return [_pile(names[k], units[k], [row[k] for row in body[:1000] if k < len(row)]) for k in range(width)]


def _pile(name: str, unit: str, column: list[str]) -> _Pile:
    present = [text for text in column if not cells.is_missing(text)]
    numbers = sum(map(cells.is_number, present))
    pattern = None if numbers else stamps.pattern_of(present[:200])
    text = bool(present) and pattern is None and numbers * 2 < len(present)
    return _Pile(name=name, unit=unit, pattern=pattern, text=text, digits=cells.significant_digits(present) if numbers else 0)


def _names(lines: Sequence[str], layout: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Names and units of the columns."""
    width = layout["width"]
    header = _row(lines, layout["header"], layout)
    pairs = [cells.split_unit(text) for text in header]
    below = [cells.strip_brackets(text) for text in _row(lines, layout["units"], layout)]
    units = [unit or ("" if own == "-" else own) for (_, unit), own in zip(pairs, below, strict=True)]
    if len(header) != width:
        raise DataError(f"The header has {len(header)} names, but the rows have {width} columns.")
    return unique_names([text for text, _ in pairs]), units


def _row(lines: Sequence[str], index: int | None, layout: dict[str, Any]) -> list[str]:
    if index is None:
        return [""] * layout["width"]
    line = lines[index]
    found = dialect.split(line.lstrip().lstrip("#%/").strip() if dialect.is_comment(line) else line, layout["delimiter"])
    return [text.strip() for text in found + [""] * layout["width"]][: layout["width"]]


@dataclass
class _Body:
    """The rows below the header."""

    file: IO[bytes]
    layout: dict[str, Any]
    name: str
    limits: Limits
    piles: list[_Pile]
    cut_off: str = ""

    def table(self, lines: Sequence[str]) -> Table:
        numbers = []
        for block, line, last in self._blocks():
            kept, rows = self._kept(block, line)
            if len(rows):
                self._take(self._cells(kept, rows, last), rows)
                numbers.append(rows)
            if sum(map(len, numbers)) * len(self.piles) > self.limits.samples:
                raise DataError(
                    f"{self.name} has more than {self.limits.samples:,} values. Upload a shorter stretch or fewer columns."
                )
        rows = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
        columns = [column for pile in self.piles if (column := self._finished(pile)) is not None]
        layout = self.layout | {
            "gap": next((pile.gap for pile in self.piles if pile.gap), "NaN" if self.layout["delimiter"] == SPACES else ""),
            "digits": {pile.name: pile.digits for pile in self.piles if pile.digits},
        }
        return Table(name=self.name, columns=columns, rows=rows, layout=layout, notes=self._notes(len(rows)))

    def _blocks(self) -> Iterator[tuple[bytes, int, bool]]:
        """Blocks of whole lines, the number of their first line from 1, and whether they are the last."""
        for _ in range(self.layout["first"]):
            self.file.readline()
        line = self.layout["first"] + 1
        block = self.file.read(BLOCK) + self.file.readline()
        while block:
            following = self.file.read(BLOCK) + self.file.readline()
            if not following.strip():
                yield block.rstrip(b"\r\n \x1a"), line, True
                return
            yield block, line, False
            line += block.count(b"\n")
            block = following

    def _kept(self, block: bytes, line: int) -> tuple[bytes, NDArray[np.int64]]:
        """The lines that hold rows, and their numbers in the file."""
        skipped = skipped_lines(self.layout)
        count = block.count(b"\n") + (0 if block.endswith(b"\n") or not block else 1)
        numbers = np.arange(line, line + count, dtype=np.int64)
        if skipped.search(block) is None:
            return block, numbers
        lines = block.splitlines(keepends=True) if b"\r" not in block else re.findall(rb"[^\n]*\n|[^\n]+", block)
        keep = np.array([skipped.match(text) is None for text in lines], dtype=bool)
        return b"".join(text for text, wanted in zip(lines, keep, strict=True) if wanted), numbers[keep]

    def _cells(self, block: bytes, rows: NDArray[np.int64], last: bool) -> list[pa.Array]:
        """The cells of a block, one array of text for each column."""
        delimiter = self.layout["delimiter"]
        if delimiter == SPACES:
            block = re.sub(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)", b"", block)
            block, delimiter = re.sub(rb"[ \t]+", b"\t", block), "\t"
        wrong: list[object] = []
        names = [f"c{k}" for k in range(len(self.piles))]
        table = csv.read_csv(
            pa.BufferReader(block),
            read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
            parse_options=csv.ParseOptions(
                delimiter=delimiter or "\x1f",
                ignore_empty_lines=len(names) > 1,
                invalid_row_handler=lambda row: wrong.append(row) or "skip",
            ),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
        if wrong or table.num_rows != len(rows):
            return self._ragged(block.decode("utf-8"), rows, last)
        return [table.column(k).combine_chunks() for k in range(len(names))]

    def _ragged(self, block: str, rows: NDArray[np.int64], last: bool) -> list[pa.Array]:
        """The slow way, for rows of unequal length: empty cells at the end may be too many, the last row may be cut off."""
        width = len(self.piles)
        delimiter = "\t" if self.layout["delimiter"] == SPACES else self.layout["delimiter"]
        found = []
        for number, line in zip(rows, block.removesuffix("\n").split("\n"), strict=True):
            row = dialect.split(line.removesuffix("\r"), delimiter)
            while len(row) > width and not row[-1].strip():
                row.pop()
            if len(row) < width and last and number == rows[-1]:
                self.cut_off = f"The last row ({number:,}) is cut off; its missing cells were taken as gaps."
                row += [""] * (width - len(row))
            if len(row) != width:
                raise DataError(
                    f"Row {number:,} of {self.name} has {len(row)} columns, where the others have {width}: {line.strip()[:60]!r}. "
                    "Correct the row and upload the file again."
                )
            found.append(row)
        return [pa.array(column, type=pa.string()) for column in zip(*found, strict=True)]

    def _take(self, columns: list[pa.Array], rows: NDArray[np.int64]) -> None:
        for pile, column in zip(self.piles, columns, strict=True):
            if pile.pattern is not None:
                pile.words.append(column)
            elif not pile.text:
                self._take_numbers(pile, column, rows)

    def _take_numbers(self, pile: _Pile, column: pa.Array, rows: NDArray[np.int64]) -> None:
        values, odd, grouped = cells.to_floats(column, self.layout["decimal"])
        pile.numbers.append(values)
        pile.grouped += int(grouped.sum())
        pile.odd_count += int(odd.sum())
        if odd.any() and pile.odd is None:
            place = int(odd.argmax())
            pile.odd = (int(rows[place]), column[place].as_py())
        empty = np.isnan(values) & ~odd
        if pile.gap is None and empty.any():
            pile.gap = column[int(empty.argmax())].as_py().strip()

    def _finished(self, pile: _Pile) -> Column | None:
        """The column, or None for one without name and content, as a delimiter at the end of every row makes it."""
        if pile.text:
            return Column(name=pile.name, kind="text")
        if pile.pattern is not None:
            return self._stamped(pile)
        values = np.concatenate(pile.numbers) if pile.numbers else np.zeros(0)
        known = int(np.count_nonzero(~np.isnan(values)))
        if pile.odd is not None and pile.odd_count > known:
            return Column(name=pile.name, kind="text")
        if pile.odd is not None:
            row, text = pile.odd
            others = f" (and {pile.odd_count - 1:,} more such cells)" if pile.odd_count > 1 else ""
            raise DataError(
                f"Column {pile.name}, row {row:,}: {text.strip()[:40]!r} is not a number{others}. "
                "Correct the cell or leave it empty, which counts as a gap; or choose another decimal mark or delimiter."
            )
        if not known:
            return None if re.fullmatch(r"column \d+", pile.name) else Column(name=pile.name, kind="empty")
        return Column(name=pile.name, kind="number", unit=pile.unit, values=values)

    def _stamped(self, pile: _Pile) -> Column:
        text = pa.chunked_array(pile.words).combine_chunks()
        assert pile.pattern is not None
        found = stamps.read_stamps(text, pattern=pile.pattern, day_first=self.layout["decimal"] == ",")
        self.layout.setdefault("time_notes", []).extend(found.notes)
        for place in np.flatnonzero(~found.present)[:1000]:
            if not cells.is_missing(text[int(place)].as_py()):
                raise DataError(
                    f"Column {pile.name} holds times, but sample {place + 1:,} reads {text[int(place)].as_py()[:40]!r}. "
                    "Correct the cell and upload the file again."
                )
        return Column(name=pile.name, kind=found.kind, values=found.nanoseconds, present=found.present)

    def _notes(self, rows: int) -> list[str]:
        grouped = Counter({pile.name: pile.grouped for pile in self.piles if pile.grouped})
        notes = [_spoken(self.layout, rows), *self.layout.pop("time_notes", [])]
        if grouped:
            notes.append(f"Separators between thousands were taken out in {', '.join(grouped)}.")
        return [*notes, self.cut_off] if self.cut_off else notes


def _spoken(layout: dict[str, Any], rows: int) -> str:
    between = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", SPACES: "spaces", SINGLE: ""}
    parts = [f"{rows:,} rows"]
    if layout["width"] > 1:
        parts.append(f"{between.get(layout['delimiter'], repr(layout['delimiter']))} between columns")
    parts.append("decimal comma" if layout["decimal"] == "," else "decimal point")
    heads = {(True, True): "a header and a units row", (True, False): "a header", (False, True): "a units row"}
    parts.append(heads.get((layout["header"] is not None, layout["units"] is not None), "no header"))
    if not layout["encoding"].startswith("utf-8"):
        parts.append(f"encoding {layout['encoding']}")
    return f"Read as text: {', '.join(parts)}."
