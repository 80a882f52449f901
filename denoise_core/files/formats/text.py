"""Reading text files of numbers: CSV, TSV and their many relatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Table, check_size, names_and_units
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.text import cells, dialect
from denoise_core.files.text.column_parser import Gauge
from denoise_core.files.text.dialect import SINGLE, SPACES
from denoise_core.files.text.encoding import SAMPLE, as_utf8, find_encoding
from denoise_core.files.text.header_detection import Structure
from denoise_core.files.text.rows import RowReader

HEAD = 1000
"""Lines by which a file is judged."""

_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "vertical bar", SPACES: "spaces"}


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
        layout = {"format": "text", **asdict(encoding), **_layout(lines, options, name=name)}
        check_size(1, layout["width"], limits, name=name)
        return _read(RowReader(file=file, layout=layout, name=name), _gauges(lines, layout), limits)


def _first_lines(file: IO[bytes], name: str) -> list[str]:
    """The first whole lines, as text, at most `HEAD` of them; the file is left where it was."""
    start = file.tell()
    sample, more = file.read(SAMPLE), file.read(1)
    file.seek(start)
    lines = sample.decode("utf-8", errors="ignore").split("\n")
    if more:
        lines.pop()
    if not lines:
        raise DataError(f"{name} has no line end in its first {SAMPLE // 1024} KB, so it is no table. Upload a file with rows.")
    return [line.removesuffix("\r") for line in lines[:HEAD]]


def _layout(lines: Sequence[str], options: ReadOptions, *, name: str) -> dict[str, Any]:
    delimiter = options.delimiter if options.delimiter is not None else dialect.find_delimiter(lines)
    structure = dialect.find_structure(lines, delimiter, options, name=name)
    body = _body(lines, structure.first, delimiter)
    decimal = options.decimal or cells.decimal_mark(text for row in body for text in row)
    shift = _is_shifted(lines, structure, body, delimiter)
    return {"delimiter": delimiter, "decimal": decimal, "shift": shift, **asdict(structure)}


def _is_shifted(lines: Sequence[str], structure: Structure, body: list[list[str]], delimiter: str) -> bool:
    """Whether the first column has no name, as R writes tables; not, where only a delimiter ends each row of numbers."""
    if structure.header is None or len(dialect.head_cells(lines[structure.header], delimiter)) != structure.width - 1:
        return False
    return any(len(row) == structure.width and row[-1].strip() for row in body)


def _body(lines: Sequence[str], first: int, delimiter: str) -> list[list[str]]:
    rows = (line for line in lines[first:] if line.strip() and not dialect.is_comment(line))
    return [dialect.split(line, delimiter) for line in rows]


def _gauges(lines: Sequence[str], layout: dict[str, Any]) -> list[Gauge]:
    names, units = names_and_units(*(named_row(lines, layout[key], layout) for key in ("header", "units")))
    body = _body(lines, layout["first"], layout["delimiter"])
    columns = [[row[k] for row in body if k < len(row)] for k in range(layout["width"])]
    return [Gauge.of(*found, decimal=layout["decimal"]) for found in zip(names, units, columns, strict=True)]


def named_row(lines: Sequence[str], index: int | None, layout: dict[str, Any]) -> list[str]:
    """The `width` cells of a row above the numbers, empty where there is none."""
    found = [""] * (index is not None and layout["shift"])
    found += [] if index is None else dialect.head_cells(lines[index], layout["delimiter"])
    return [text.strip() for text in found + [""] * layout["width"]][: layout["width"]]


def _read(reader: RowReader, gauges: list[Gauge], limits: Limits) -> Table:
    numbers: list[NDArray[np.int64]] = []
    count = 0
    for columns, rows in reader:
        count += len(rows)
        check_size(count, len(gauges), limits, name=reader.name)
        numbers.append(rows)
        for gauge, column in zip(gauges, columns, strict=True):
            gauge.take(column, rows)
    rows = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
    found = [gauge.finished(rows) for gauge in gauges]
    notes = [_spoken(reader.layout, count), *(note for gauge in gauges for note in gauge.notes)]
    if grouped := [gauge.name for gauge in gauges if gauge.grouped]:
        notes.append(f"Separators between thousands were taken out in {', '.join(grouped)}.")
    layout = reader.layout | _habits(gauges, reader.layout)
    notes += [reader.note] if reader.note else []
    return Table(name=reader.name, columns=[c for c in found if c is not None], rows=rows, layout=layout, notes=notes)


def _habits(gauges: list[Gauge], layout: dict[str, Any]) -> dict[str, Any]:
    """How this file writes a gap, and with how many digits its numbers."""
    gap = next((gauge.gap for gauge in gauges if gauge.gap), "NaN" if layout["delimiter"] == SPACES else "")
    return {
        "names": [gauge.name for gauge in gauges],
        "gap": gap,
        "digits": {gauge.name: gauge.digits for gauge in gauges if gauge.digits},
    }


def _spoken(layout: dict[str, Any], rows: int) -> str:
    parts = [f"{rows:,} rows"]
    if layout["delimiter"] != SINGLE:
        parts.append(f"{_DELIMITERS.get(layout['delimiter'], repr(layout['delimiter']))} between columns")
    parts.append("decimal comma" if layout["decimal"] == "," else "decimal point")
    named = {(True, True): "a header and a units row", (True, False): "a header"}
    parts.append(named.get((layout["header"] is not None, layout["units"] is not None), "no header"))
    if layout["codec"] != "utf-8":
        parts.append(f"encoding {layout['codec']}")
    return f"Read as text: {', '.join(parts)}."
