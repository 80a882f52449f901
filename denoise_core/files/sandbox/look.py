"""How a file is understood, in this process: what the sandbox runs for `files.preview`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, Head, Table
from denoise_core.files.file_preview import Preview, PreviewColumn, PreviewRow
from denoise_core.files.formats.detection import detect_format
from denoise_core.files.formats.packed import unpacked
from denoise_core.files.formats.registry import FORMATS
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.recording import as_told, gap_codes, to_recording
from denoise_core.files.time.time_axis import choose_time

ROWS = 12
_ABOVE = 3  # rows above the names that are shown
_CELL = 60  # characters
_ROLES = {"number": "value", "moment": "text", "date": "text", "clock": "text", "ignored": "ignore"}


def look(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Preview:
    """How `parse` understands a file; what it would raise is the preview's fault.

    Raises
    ------
    DataError
        If the file is empty, of a kind that is not read, or no part of it can be shown.
    """
    with unpacked(path, name=name, limits=limits) as (inner, _):
        return _look(inner, name, options, limits)


def _look(path: Path, name: str, options: ReadOptions, limits: Limits) -> Preview:
    kind = detect_format(path, name=name)
    form, table, head, fault = FORMATS[kind], None, None, ""
    if form.read_head is not None:
        head = form.read_head(path, name=name, options=options, limits=limits)
    try:
        table = form.read(path, name=name, options=options, limits=limits)
        to_recording(table, options)
    except DataError as error:
        if head is None and table is None:
            raise
        fault = str(error)
    found = options.to_dict() | ({} if head is None else dict(head.found))
    told = None if table is None else as_told(table, options)
    return Preview(
        format=kind,
        rows=_first_rows(head) if head else _first_values(told),
        columns=() if told is None else _columns(told, options, found),
        found=found,
        sheets=tuple(head.sheets if head else table.sheets if table else ()),
        words={} if table is None else dict(table.words),
        codes=_codes(told),
        fault=fault,
    )


def _first_rows(head: Head) -> tuple[PreviewRow, ...]:
    """From a little above the names on."""
    region = head.region
    uses: Mapping[int | None, str] = {}
    start = 0
    if region is not None:
        uses = {region.groups: "groups", region.header: "names", region.units: "units"}
        top = min(i for i in (region.groups, region.header, region.first) if i is not None)
        start = top - _ABOVE if top > _ABOVE else 0
    shown = [i for i in head.rows if i >= start][:ROWS]
    return tuple(
        PreviewRow(
            number=i + 1,
            use=uses.get(i, "values" if region is not None and i >= region.first else ""),
            cells=tuple(text.strip()[:_CELL] for text in head.rows[i]),
        )
        for i in shown
    )


def _first_values(table: Table | None) -> tuple[PreviewRow, ...]:
    """Of a file that holds numbers, not text."""
    if table is None:
        return ()
    names = PreviewRow(number=0, use="names", cells=tuple(column.name for column in table.columns))
    return (names, *(_values(table, i) for i in range(min(ROWS, len(table.rows)))))


def _values(table: Table, i: int) -> PreviewRow:
    return PreviewRow(number=int(table.rows[i]), use="values", cells=tuple(_cell(column, i) for column in table.columns))


def _cell(column: Column, i: int) -> str:
    if column.values is None or (column.present is not None and not column.present[i]):
        return ""
    if column.kind in ("moment", "date"):
        return str(np.datetime64(int(column.values[i]), "ns").astype("datetime64[ms]"))
    return f"{column.values[i]:.10g}"


def _columns(table: Table, options: ReadOptions, found: dict[str, Any]) -> tuple[PreviewColumn, ...]:
    try:
        times = choose_time(table, options).columns
    except DataError:
        times = ()
    found["time_column"] = times[0] if times else ""
    roles = {column.name: "time" if column.name in times else _ROLES.get(column.kind, column.kind) for column in table.columns}
    return tuple(PreviewColumn(name=column.name, unit=column.unit, role=roles[column.name]) for column in table.columns)


def _codes(table: Table | None) -> tuple[str, ...]:
    numbers = [] if table is None else [column.values for column in table.columns if column.kind == "number"]
    return tuple(dict.fromkeys(f"{code:g}" for values in numbers if values is not None for code, _ in gap_codes(values)))
