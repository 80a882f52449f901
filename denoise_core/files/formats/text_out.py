"""Writing a text file as it came, byte for byte, with columns added at the end of its lines."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from denoise_core.errors import DataError
from denoise_core.files.formats.text import named_row
from denoise_core.files.output_columns import Addition
from denoise_core.files.text import dialect
from denoise_core.files.text.cells import split_unit
from denoise_core.files.text.dialect import SINGLE, SPACES
from denoise_core.files.text.encoding import BLOCK, Encoding, as_utf8, from_utf8
from denoise_core.files.text.rows import lines_of, skipped

FEWEST_DIGITS = 8
MOST_DIGITS = 17


def write_text(source: Path, target: Path, additions: Sequence[Addition], layout: dict[str, Any]) -> None:
    """Every line of `source`, with the additions behind it.

    Raises
    ------
    DataError
        If the file has not as many rows as the additions have values.
    """
    encoding = Encoding(codec=layout["codec"], mark=layout["mark"], line_end=layout["line_end"])
    with as_utf8(source, encoding) as file, target.open("wb") as out:
        out.writelines(from_utf8(_parts(file, additions, layout), encoding))


def _parts(file: IO[bytes], additions: Sequence[Addition], layout: dict[str, Any]) -> Iterator[bytes]:
    head = [file.readline() for _ in range(layout["first"])]
    block = file.read(BLOCK) + file.readline()
    tail = _Tail.of(layout, block)
    yield from tail.head(head, additions)
    done, count = 0, len(additions[0].values)
    while block:
        lines, added = _body(lines_of(block), additions, tail, done)
        yield b"".join(lines)
        done += added
        block = file.read(BLOCK) + file.readline()
    if done != count:
        raise DataError(f"The file has {done:,} rows of numbers, but the result has {count:,}. Use the file that was denoised.")


def _body(lines: list[bytes], additions: Sequence[Addition], tail: _Tail, done: int) -> tuple[list[bytes], int]:
    """Lines with their additions, and how many rows there were."""
    no_row = skipped(tail.layout).match
    columns = [addition.values[done : done + len(lines)].tolist() for addition in additions]
    writers = [_number_writer(tail.layout, addition.channel) for addition in additions]
    rows = zip(*columns, strict=True)
    written, added = [], 0
    for line in lines:
        values = None if no_row(line) else next(rows, None)
        if values is None:
            written.append(line)
            continue
        added += 1
        written.append(tail.after(line, [write(value) for write, value in zip(writers, values, strict=True)]))
    return written, added


def _number_writer(layout: dict[str, Any], channel: str) -> Callable[[float], str]:
    """Writes a number with the file's decimal mark, its digits (8 at least), and its own way of writing a gap."""
    pattern = f"%.{min(MOST_DIGITS, max(FEWEST_DIGITS, layout['digits'].get(channel, 0)))}g"
    decimal, gap = layout["decimal"], layout["gap"]

    def write(value: float) -> str:
        if math.isnan(value):
            return str(gap)
        text = pattern % value
        return text if decimal == "." else text.replace(".", decimal)

    return write


@dataclass(frozen=True, kw_only=True)
class _Tail:
    """How cells are put behind a line."""

    layout: dict[str, Any]
    between: str

    @classmethod
    def of(cls, layout: dict[str, Any], body: bytes) -> _Tail:
        """With what this file has between its cells; a file of one column gets a comma, or a semicolon."""
        delimiter = layout["delimiter"]
        line = next((line for line in lines_of(body) if not skipped(layout).match(line)), b"").decode("utf-8").strip()
        if delimiter == SINGLE:
            return cls(layout=layout, between=";" if layout["decimal"] == "," else ",")
        if delimiter == SPACES:
            found = re.search(r"[ \t]+", line)
            return cls(layout=layout, between=found[0] if found else " ")
        spaced = line.count(delimiter) == line.count(delimiter + " ") > 0
        return cls(layout=layout, between=delimiter + " " * spaced)

    def after(self, line: bytes, added: list[str], *, quoted: bool = False, named: bool = False) -> bytes:
        """The line with these cells behind its own, brought to the width of the table first."""
        body = line.removesuffix(b"\n").removesuffix(b"\r")
        end = line[len(body) :]
        texts = [self._cell(text, quoted=quoted) for text in added]
        width = int(self.layout["width"]) - (named and self.layout["shift"])
        return self._full(body, width) + "".join(self.between + text for text in texts).encode("utf-8") + end

    def _cell(self, text: str, *, quoted: bool) -> str:
        if not self.between.strip(" \t"):
            return re.sub(r"[ \t]+", "_", text) if self.layout["delimiter"] == SPACES else text.replace("\t", " ")
        if not quoted and self.between.strip() not in text and '"' not in text:
            return text
        return '"' + text.replace('"', '""') + '"'

    def _full(self, body: bytes, width: int) -> bytes:
        delimiter = str(self.layout["delimiter"])
        if delimiter in (SINGLE, SPACES):
            return body
        mark = delimiter.encode()
        count = body.count(mark) + 1 if b'"' not in body else len(dialect.split(body.decode("utf-8"), delimiter))
        while count > width and body.rstrip().endswith(mark):
            body, count = body.rstrip().removesuffix(mark), count - 1
        return body + mark * (width - count)

    def head(self, lines: list[bytes], additions: Sequence[Addition]) -> list[bytes]:
        """The lines above the numbers: names and units get their cells, the others stay."""
        written = list(lines)
        for key, texts in (("header", self._names), ("units", self._units)):
            if (index := self.layout[key]) is not None:
                line = lines[index].decode("utf-8")
                own = named_row([text.decode("utf-8").rstrip("\r\n") for text in lines], index, self.layout)
                quoted = line.lstrip().startswith('"')
                written[index] = self.after(
                    lines[index], [safe(text) for text in texts(own, additions)], quoted=quoted, named=True
                )
        return written

    def _positions(self, additions: Sequence[Addition]) -> list[int]:
        names = self.layout["names"]
        return [names.index(addition.channel) for addition in additions]

    def _names(self, own: list[str], additions: Sequence[Addition]) -> list[str]:
        """``"Druck (bar)"`` begets ``"Druck_denoised (bar)"``."""
        tails = [text[len(split_unit(text)[0]) :] for text in own]
        return [addition.name + tails[k] for addition, k in zip(additions, self._positions(additions), strict=True)]

    def _units(self, own: list[str], additions: Sequence[Addition]) -> list[str]:
        return [own[k] for k in self._positions(additions)]


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
