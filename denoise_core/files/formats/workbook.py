"""Reading workbooks (XLSX, ODS): one sheet, its values, not its formulas or looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine as calamine
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, Table, check_size, names_and_units
from denoise_core.files.formats.archive import check_archive
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.text.cells import decimal_mark
from denoise_core.files.text.column_parser import Gauge
from denoise_core.files.text.header_detection import Structure, locate

LARGE = 300_000
"""Cells above which a result keeps the values of the workbook only, not its looks."""

_HEAD = 500
_EPOCH = dt.datetime(1970, 1, 1)


def read_workbook(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The table in one sheet of a workbook.

    Raises
    ------
    DataError
        If the workbook is damaged, locked or too large, there is no such sheet, or a cell does not fit its column.
    """
    check_archive(path, limits, name=name)
    with whole(name):
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheet = _sheet(book, options, name)
        found = book.get_sheet_by_name(sheet)
        check_size(found.total_height, found.total_width, limits, name=name)
        rows = found.to_python(skip_empty_area=False)
    structure = _structure(rows, options, name=name)
    layout = {"format": "workbook", "sheet": sheet, **asdict(structure)}
    notes = [_spoken(layout, book.sheet_names), *_warnings(path, rows, structure)]
    return _table(_Sheet(rows=rows, structure=structure, decimal=options.decimal), layout, notes, name)


@contextmanager
def whole(name: str) -> Iterator[None]:
    """Turns what calamine says of broken or locked workbooks into DataError."""
    try:
        yield
    except calamine.PasswordError as error:
        raise DataError(f"{name} is protected by a password. Remove the password and save it again.") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise DataError(f"{name} is a damaged workbook. Open it in the program that made it and save it again.") from error


def _sheet(book: calamine.CalamineWorkbook, options: ReadOptions, name: str) -> str:
    """The sheet that was asked for, else the first that is not empty."""
    names = book.sheet_names
    if options.sheet is not None:
        if options.sheet not in names:
            raise DataError(f"{name} has no sheet {options.sheet!r}. It has: {', '.join(names)}.")
        return options.sheet
    for sheet in names:
        if book.get_sheet_by_name(sheet).total_height > 1:
            return str(sheet)
    raise DataError(f"{name} has no sheet with at least two rows. Upload a workbook with numbers.")


def _structure(rows: list[list[Any]], options: ReadOptions, *, name: str) -> Structure:
    head = {i: [as_text(cell) for cell in row] for i, row in enumerate(rows[:_HEAD]) if any(cell != "" for cell in row)}
    return locate(head, (), header=options.header, name=name)


def as_text(cell: Any) -> str:
    """A cell as a text file would have it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, dt.timedelta):
        seconds = cell.total_seconds()
        return f"{int(seconds // 3600):02d}:{int(seconds // 60) % 60:02d}:{seconds % 60:09.6f}"
    return str(cell)


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    rows: list[list[Any]]
    structure: Structure
    decimal: str | None

    def line(self, index: int | None) -> list[str]:
        """The cells of a row of names or units."""
        return [""] * self.structure.width if index is None else [as_text(cell) for cell in self.rows[index]]

    def body(self) -> tuple[list[list[Any]], NDArray[np.int64]]:
        """The rows of numbers without empty ones, and their numbers, from 1."""
        first = self.structure.first
        kept = [(i + first + 1, row) for i, row in enumerate(self.rows[first:]) if any(cell != "" for cell in row)]
        return [row for _, row in kept], np.array([i for i, _ in kept], dtype=np.int64)


def _table(sheet: _Sheet, layout: dict[str, Any], notes: list[str], name: str) -> Table:
    names, units = names_and_units(sheet.line(sheet.structure.header), sheet.line(sheet.structure.units))
    body, rows = sheet.body()
    found = []
    for k, (column, unit) in enumerate(zip(names, units, strict=True)):
        found.append(_column(column, unit, [row[k] for row in body], rows, sheet.decimal, notes))
    layout |= {"names": names}
    return Table(name=name, columns=[c for c in found if c is not None], rows=rows, layout=layout, notes=notes)


def _column(
    name: str, unit: str, values: Sequence[Any], rows: NDArray[np.int64], decimal: str | None, notes: list[str]
) -> Column | None:
    kinds = {type(value) for value in values if value != ""}
    if kinds and kinds <= {int, float}:
        numbers = np.array([np.nan if value == "" else value for value in values], dtype=np.float64)
        return Column(name=name, kind="number", unit=unit, values=numbers)
    if kinds and kinds <= {dt.datetime, dt.date}:
        return _times(name, values, "date" if kinds == {dt.date} else "moment", _since_1970)
    if kinds and kinds <= {dt.time, dt.timedelta}:
        return _times(name, values, "clock", _since_midnight)
    mark = decimal or decimal_mark(value for value in values if isinstance(value, str))
    texts = [as_text(value).replace(".", mark) if isinstance(value, float) else as_text(value) for value in values]
    gauge = Gauge.of(name, unit, texts[:1000], decimal=mark)
    gauge.take(pa.array(texts, type=pa.string()), rows)
    column = gauge.finished(rows)
    notes.extend(gauge.notes)
    return column


def _since_1970(value: dt.datetime | dt.date) -> dt.timedelta:
    return (value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)) - _EPOCH


def _since_midnight(value: dt.time | dt.timedelta) -> dt.timedelta:
    if isinstance(value, dt.timedelta):
        return value
    return dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)


def _times(name: str, values: Sequence[Any], kind: str, since: Any) -> Column:
    present = np.array([value != "" for value in values], dtype=bool)
    microsecond = dt.timedelta(microseconds=1)
    nanoseconds = [since(value) // microsecond * 1000 if value != "" else 0 for value in values]
    return Column(name=name, kind=kind, values=np.array(nanoseconds, dtype=np.int64), present=present)


def _spoken(layout: dict[str, Any], sheets: Sequence[str]) -> str:
    parts = [
        "a header and a units row" if layout["units"] is not None else "a header" if layout["header"] is not None else "no header"
    ]
    if len(sheets) > 1:
        others = [sheet for sheet in sheets if sheet != layout["sheet"]]
        parts.append(f"other sheets: {', '.join(others[:6])}")
    return f"Read from sheet {layout['sheet']}: {', '.join(parts)}."


def _warnings(path: Path, rows: list[list[Any]], structure: Structure) -> list[str]:
    from denoise_core.files.formats.workbook_out import is_xlsx

    if not is_xlsx(path):
        return ["Results are written as .xlsx, with the values of this sheet."]
    if len(rows) * structure.width > LARGE:
        return ["The sheet is large: results keep the values of this sheet, not its formats, formulas and charts."]
    return []
