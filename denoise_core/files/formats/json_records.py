"""JSON: a list of records, one record a line, a list for each column, or lists of numbers; back with a key for each result."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, Table, check_size, unique_names
from denoise_core.files.formats.stored_signals import rate_in, start_in
from denoise_core.files.layouts import JsonLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn
from denoise_core.files.text.column_parser import ColumnParser, words_in_words
from denoise_core.files.text.units import split_unit

_DEEP = 6
_SHAPES = {
    "records": "a list of records",
    "lines": "one record a line",
    "columns": "a list for each column",
    "rows": "a list of rows",
    "values": "a list of numbers",
}


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A table in a document: how it is written, below which keys, its columns, and the single numbers and texts beside it."""

    shape: str
    path: tuple[str, ...]
    columns: Mapping[str, Sequence[Any]]
    length: int
    beside: Mapping[str, Any] = field(default_factory=dict)


def read_json(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The longest table in a JSON file.

    Raises
    ------
    DataError
        If it is no JSON, too large, or holds no table.
    """
    document, lines = _load(path, name)
    found = max(_tables(document, (), {}), key=lambda table: table.length, default=None)
    if found is None:
        raise DataError(f"{name} is JSON without a table. It should hold a list of records, or a list for each column.")
    check_size(found.length, len(found.columns), limits, name=name)
    shape = "lines" if lines else found.shape
    pairs = [split_unit(key) for key in found.columns]
    names = unique_names([text for text, _ in pairs])
    rows, parsers = np.arange(1, found.length + 1, dtype=np.int64), list[ColumnParser]()
    columns = [
        _column(label, unit, list(values), rows, options, parsers)
        for label, (_, unit), values in zip(names, pairs, found.columns.values(), strict=True)
    ]
    layout = JsonLayout(names=tuple(names), keys=tuple(found.columns), shape=shape, path=found.path, indent=_indent(path))
    where = f" under {'.'.join(found.path)!r}" if found.path else ""
    notes = [f"Read as JSON, {_SHAPES[shape]}{where}: {found.length:,} samples."]
    notes += [*(note for parser in parsers for note in parser.notes), *words_in_words(parsers)]
    numbers = {key: float(value) for key, value in found.beside.items() if isinstance(value, int | float)}
    return Table(
        name=name,
        columns=[column for column in columns if column is not None],
        rows=rows,
        layout=layout,
        notes=notes,
        rate_hz=rate_in(numbers),
        start=start_in(found.beside),
        row_word="sample",
    )


def _load(path: Path, name: str) -> tuple[Any, bool]:
    """The document, and whether every line is one record of it."""
    content = path.read_bytes()
    try:
        return json.loads(content), False
    except ValueError as error:
        fault = error
    except RecursionError:
        raise DataError(f"{name} is JSON that is nested too deeply. Save it as CSV.") from None
    try:
        return [json.loads(line) for line in content.splitlines() if line.strip()], True
    except (ValueError, RecursionError):
        raise DataError(f"{name} is not valid JSON ({fault}). Save it again, or save it as CSV.") from None


def _tables(item: Any, path: tuple[str, ...], beside: Mapping[str, Any]) -> Iterator[_Found]:
    if len(path) > _DEEP:
        return
    if isinstance(item, list) and len(item) > 1:
        if all(isinstance(record, dict) for record in item):
            yield _of_records(item, path, beside)
        elif all(isinstance(row, list) for row in item) and (width := len(item[0])):
            columns = {f"column {k + 1}": [row[k] if k < len(row) else None for row in item] for k in range(width)}
            yield _Found(shape="rows", path=path, columns=columns, length=len(item), beside=beside)
        elif any(isinstance(value, int | float) for value in item) and not any(isinstance(value, dict | list) for value in item):
            yield _Found(
                shape="values", path=path, columns={path[-1] if path else "value": item}, length=len(item), beside=beside
            )
    elif isinstance(item, dict):
        beside = {**beside, **{key.lower(): value for key, value in item.items() if isinstance(value, int | float | str)}}
        lists = {key: value for key, value in item.items() if _is_flat(value)}
        length = max(map(len, lists.values()), default=0)
        same = {key: value for key, value in lists.items() if len(value) == length}
        if length > 1 and len(same) > 1:
            yield _Found(shape="columns", path=path, columns=same, length=length, beside=beside)
        for key, value in item.items():
            yield from _tables(value, (*path, key), beside)


def _is_flat(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and not any(isinstance(inner, dict | list) for inner in value)


def _of_records(records: list[dict[str, Any]], path: tuple[str, ...], beside: Mapping[str, Any]) -> _Found:
    flat = [_flatten(record) for record in records]
    keys = dict.fromkeys(key for record in flat for key in record)
    columns = {key: [record.get(key) for record in flat] for key in keys}
    return _Found(shape="records", path=path, columns=columns, length=len(records), beside=beside)


def _flatten(record: Mapping[str, Any]) -> dict[str, Any]:
    """One level of records in records: ``{"a": {"b": 1}}`` is ``{"a.b": 1}``."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            found |= {f"{key}.{inner}": item for inner, item in value.items()}
        else:
            found[key] = value
    return found


def _column(
    name: str, unit: str, values: list[Any], rows: Any, options: ReadOptions, parsers: list[ColumnParser]
) -> Column | None:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds & {list, dict}:
        return Column(name=name, kind="text")
    if kinds and kinds <= {int, float}:
        numbers = np.array([math.nan if value is None else _float(value) for value in values], dtype=np.float64)
        return Column(name=name, kind="number", unit=unit, values=numbers)
    texts = ["" if value is None else str(value) for value in values]
    parser = ColumnParser.of(name, unit, texts[:1000], decimal=options.decimal or ".", options=options)
    parser.feed(pa.array(texts, type=pa.string()), rows)
    parsers.append(parser)
    return parser.finish(rows)


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _indent(path: Path) -> int | None:
    with path.open("rb") as file:
        match = re.match(rb"\s*[\[{]\r?\n( +)", file.read(1000))
    return len(match[1]) if match else None


def write_json(source: Path, target: Path, columns: Sequence[OutputColumn], layout: JsonLayout) -> None:
    """The same document with a key for each result; rows get more numbers, a plain list its results instead."""
    document, _ = _load(source, "The file")
    place = document
    for key in layout.path:
        place = place[key]
    for column in columns:
        key = column.header(layout.keys[layout.names.index(column.channel)])
        values = [None if math.isnan(value) else value for value in column.values.tolist()]
        if layout.shape == "columns":
            place[key] = values
        elif layout.shape == "values":
            place[:] = values if len(columns) == 1 else place
        else:
            _add(place, key, values)
    if layout.shape == "lines":
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in document)
    else:
        text = json.dumps(document, ensure_ascii=False, indent=layout.indent)
    target.write_text(text, encoding="utf-8")


def _add(rows: list[Any], key: str, values: list[float | None]) -> None:
    if len(rows) != len(values):
        raise DataError(
            f"The file has {len(rows):,} records, but the result has {len(values):,}. Use the file that was denoised."
        )
    for row, value in zip(rows, values, strict=True):
        if isinstance(row, dict):
            row[key] = value
        else:
            row.append(value)
