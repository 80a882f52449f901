"""Workbooks: one sheet of an XLSX or ODS file is read, and XLSX written with columns added to the right of its table."""

from __future__ import annotations

import datetime as dt
import math
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine as calamine
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Column, Head, Table, check_size, filled_forward, names_and_units
from denoise_core.files.formats.archive import check_archive
from denoise_core.files.layouts import SheetLayout, TableRegion
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn
from denoise_core.files.text.cells import decimal_mark
from denoise_core.files.text.column_parser import ColumnParser, words_in_words
from denoise_core.files.text.header_detection import count_footer, detect_header, header_in_words

LARGE = 300_000
"""Cells above which a result keeps the values of the workbook only, not its looks."""

_HEAD = 500
_LAST = 100
_TABLE = 10  # rows: a sheet with fewer numbers may be a list of settings
_EPOCH = dt.datetime(1970, 1, 1)


def read_workbook(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The table in one sheet of a workbook.

    Raises
    ------
    DataError
        If the workbook is damaged, locked or too large, there is no such sheet, or a cell does not fit its column.
    """
    check_archive(path, limits, name=name)
    with _damage_as_data_error(name):
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheet, rows = _sheet(book, options, limits, name)
    region = _region(rows, options, name=name)
    footer = _count_footer(rows, region) if options.footer is None else options.footer
    layout = SheetLayout(names=(), sheet=sheet, region=region, footer=footer)
    notes = [_summary(layout, book.sheet_names, options), *_warnings(path, rows, region)]
    table = _table(_Sheet(rows=rows, region=region, footer=footer, options=options), layout, notes, name)
    return replace(table, sheets=book.sheet_names)


def workbook_head(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Head:
    """The first rows of the sheet, and what is found in them; a table need not be there.

    Raises
    ------
    DataError
        If the workbook is damaged, locked or too large.
    """
    check_archive(path, limits, name=name)
    with _damage_as_data_error(name):
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheet, rows = _sheet(book, options, limits, name)
    found: dict[str, Any] = {"sheet": sheet}
    try:
        region: TableRegion | None = _region(rows, options, name=name)
    except DataError:
        region = None
    if region is not None:
        found |= {"header": 0 if region.header is None else region.header + 1, "footer": _count_footer(rows, region)}
    return Head(rows=_first_rows(rows), region=region, found=found, sheets=book.sheet_names)


@contextmanager
def _damage_as_data_error(name: str) -> Iterator[None]:
    """Turns what calamine says of broken or locked workbooks into DataError."""
    try:
        yield
    except calamine.PasswordError as error:
        raise DataError(f"{name} is protected by a password. Remove the password and save it again.") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise DataError(f"{name} is a damaged workbook. Open it in the program that made it and save it again.") from error


def _sheet(book: calamine.CalamineWorkbook, options: ReadOptions, limits: Limits, name: str) -> tuple[str, list[list[Any]]]:
    """Name and rows of the sheet that was asked for, else of the first that holds a table, else of the longest table."""
    names = book.sheet_names
    if options.sheet is not None:
        if options.sheet not in names:
            raise DataError(f"{name} has no sheet {options.sheet!r}. It has: {', '.join(names)}.")
        return options.sheet, _rows(book, options.sheet, limits, name)
    best: tuple[int, str, list[list[Any]]] | None = None
    for sheet in names:
        rows = _rows(book, sheet, limits, name)
        length = _table_length(rows, name)
        if best is None or length > best[0]:
            best = length, sheet, rows
        if length >= _TABLE:
            break
    if best is None or len(best[2]) < 2:
        raise DataError(f"{name} has no sheet with at least two rows. Upload a workbook with numbers.")
    return best[1], best[2]


def _rows(book: calamine.CalamineWorkbook, sheet: str, limits: Limits, name: str) -> list[list[Any]]:
    found = book.get_sheet_by_name(sheet)
    check_size(found.total_height, found.total_width, limits, name=name)
    rows: list[list[Any]] = found.to_python(skip_empty_area=False)
    return rows


def _table_length(rows: list[list[Any]], name: str) -> int:
    """Rows of numbers in a sheet."""
    try:
        return len(rows) - _region(rows, ReadOptions(), name=name).first if len(rows) > 1 else 0
    except DataError:
        return 0


def _region(rows: list[list[Any]], options: ReadOptions, *, name: str) -> TableRegion:
    return detect_header(_first_rows(rows), (), header=options.header, name=name)


def _first_rows(rows: list[list[Any]]) -> dict[int, list[str]]:
    return {i: [_cell_text(cell) for cell in row] for i, row in enumerate(rows[:_HEAD]) if any(cell != "" for cell in row)}


def _count_footer(rows: list[list[Any]], region: TableRegion) -> int:
    """Rows at the end without samples, not counting empty ones."""
    last = [[_cell_text(cell) for cell in row] for row in rows[region.first :][-_LAST:] if any(cell != "" for cell in row)]
    return count_footer(last, region.width)


def _cell_text(cell: Any) -> str:
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
    region: TableRegion
    footer: int
    options: ReadOptions

    def line(self, index: int | None) -> list[str]:
        """The cells of a row of names or units."""
        return [""] * self.region.width if index is None else [_cell_text(cell) for cell in self.rows[index]]

    def body(self) -> tuple[list[list[Any]], NDArray[np.int64]]:
        """The rows of numbers without empty ones, and their numbers, from 1."""
        kept = _filled(self.rows, self.region, self.footer)
        return [self.rows[i] for i in kept], np.array(kept, dtype=np.int64) + 1


def _filled(rows: list[list[Any]], region: TableRegion, footer: int) -> list[int]:
    """The rows of numbers, from 0, without empty ones."""
    filled = [i for i in range(region.first, len(rows)) if any(cell != "" for cell in rows[i])]
    return filled[: len(filled) - footer]


def _table(sheet: _Sheet, layout: SheetLayout, notes: list[str], name: str) -> Table:
    region = sheet.region
    names, units = names_and_units(*(sheet.line(row) for row in (region.header, region.units, region.groups)))
    body, rows = sheet.body()
    parsers: list[ColumnParser] = []
    found = []
    for k, (column, unit) in enumerate(zip(names, units, strict=True)):
        found.append(_column(column, unit, [row[k] for row in body], rows, sheet.options, parsers))
    notes = [*notes, *(note for parser in parsers for note in parser.notes), *words_in_words(parsers)]
    columns = [column for column in found if column is not None]
    words = sum((parser.words for parser in parsers), Counter[str]())
    return Table(name=name, columns=columns, rows=rows, layout=replace(layout, names=tuple(names)), notes=notes, words=words)


def _column(
    name: str, unit: str, values: Sequence[Any], rows: NDArray[np.int64], options: ReadOptions, parsers: list[ColumnParser]
) -> Column | None:
    """One column; a parser that its texts need is added to `parsers`."""
    kinds = {type(value) for value in values if value != ""}
    if kinds and kinds <= {int, float}:
        numbers = np.array([np.nan if value == "" else value for value in values], dtype=np.float64)
        return Column(name=name, kind="number", unit=unit, values=numbers)
    if kinds and kinds <= {dt.datetime, dt.date}:
        return _times(name, values, "date" if kinds == {dt.date} else "moment", _since_1970)
    if kinds and kinds <= {dt.time, dt.timedelta}:
        return _times(name, values, "clock", _since_midnight)
    mark = options.decimal or decimal_mark(value for value in values if isinstance(value, str))
    texts = [_cell_text(value).replace(".", mark) if isinstance(value, float) else _cell_text(value) for value in values]
    parser = ColumnParser.of(name, unit, texts[:1000], decimal=mark, options=options)
    parser.feed(pa.array(texts, type=pa.string()), rows)
    parsers.append(parser)
    return parser.finish(rows)


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


def _summary(layout: SheetLayout, sheets: Sequence[str], options: ReadOptions) -> str:
    others = [sheet for sheet in sheets if sheet != layout.sheet]
    first = ", the first with a table" if options.sheet is None and others and layout.sheet != sheets[0] else ""
    more = f"; other sheets: {', '.join(others[:6])}" if others else ""
    left = f"; {layout.footer} row{'s' * (layout.footer > 1)} at the end without samples left out" if layout.footer else ""
    return f"Read from sheet {layout.sheet}{first}: {header_in_words(layout.region)}{more}{left}."


def _warnings(path: Path, rows: list[list[Any]], region: TableRegion) -> list[str]:
    if not _is_xlsx(path):
        return ["Results are written as .xlsx, with the values of this sheet."]
    if len(rows) * region.width > LARGE:
        return ["The sheet is large, so results keep its values but not its formats, formulas and charts."]
    return []


def _is_xlsx(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def write_workbook(source: Path, target: Path, columns: Sequence[OutputColumn], layout: SheetLayout) -> None:
    """The workbook with the columns; a large one, or an ODS, is rewritten as the values of its one sheet.

    Raises
    ------
    DataError
        If the sheet has not as many rows of numbers as the columns have values.
    """
    with _damage_as_data_error("The workbook"):
        book = calamine.CalamineWorkbook.from_path(str(source))
        rows = book.get_sheet_by_name(layout.sheet).to_python(skip_empty_area=False)
    new = _new_cells(rows, columns, layout)
    if _is_xlsx(source) and len(rows) * layout.region.width <= LARGE:
        _into_workbook(source, target, new, layout)
    else:
        _as_values(target, rows, new, layout)


def _new_cells(rows: list[list[Any]], columns: Sequence[OutputColumn], layout: SheetLayout) -> dict[int, list[Any]]:
    """Row of the sheet, from 0 -> the cells that are added to it."""
    filled = _filled(rows, layout.region, layout.footer)
    count = len(columns[0].values)
    if len(filled) != count:
        raise DataError(
            f"The sheet has {len(filled):,} rows of numbers, but the result has {count:,}. Use the file that was denoised."
        )
    values_of = [[None if math.isnan(value) else value for value in column.values.tolist()] for column in columns]
    found: dict[int, list[Any]] = {i: list(values) for i, values in zip(filled, zip(*values_of, strict=True), strict=True)}
    positions = [layout.names.index(column.channel) for column in columns]
    if (header := layout.region.header) is not None:
        groups = [""] * layout.region.width
        if (above := layout.region.groups) is not None:
            groups = filled_forward([_cell_text(cell) for cell in rows[above]])
            found[above] = [groups[k] for k in positions]
        found[header] = [
            column.header(_cell_text(rows[header][k]), groups[k]) for column, k in zip(columns, positions, strict=True)
        ]
    if (units := layout.region.units) is not None:
        found[units] = [rows[units][k] for k in positions]
    return found


def _into_workbook(source: Path, target: Path, new: dict[int, list[Any]], layout: SheetLayout) -> None:
    import openpyxl  # takes long, and only writing needs it

    with source.open("rb") as file:  # by name, openpyxl would go by the ending
        book = openpyxl.load_workbook(file)
    sheet = book[layout.sheet]
    for i, values in new.items():
        for k, value in enumerate(values):
            cell = sheet.cell(row=i + 1, column=layout.region.width + k + 1, value=value)
            if isinstance(value, str):
                cell.data_type = "s"  # a name such as "=A1" stays text
    book.save(target)


def _as_values(target: Path, rows: list[list[Any]], new: dict[int, list[Any]], layout: SheetLayout) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(layout.sheet)
    for i, row in enumerate(rows):
        sheet.append([_plain(sheet, cell) for cell in [*row, *new.get(i, [])]])
    book.save(target)


def _plain(sheet: Any, value: Any) -> Any:
    """A value that openpyxl writes as it is, never as a formula."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell
