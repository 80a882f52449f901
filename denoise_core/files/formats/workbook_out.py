"""Writing a workbook as it came, with columns added to the right of the table."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine as calamine
from openpyxl.cell import WriteOnlyCell

from denoise_core.errors import DataError
from denoise_core.files.formats.workbook import LARGE, as_text, whole
from denoise_core.files.output_columns import Addition
from denoise_core.files.text.cells import split_unit

Head = dict[int, list[str]]
"""Row of the sheet -> texts of the new cells."""


def is_xlsx(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def write_workbook(source: Path, target: Path, additions: Sequence[Addition], layout: dict[str, Any]) -> None:
    """The workbook with the additions; a large one, or an ODS, is rewritten as the values of its one sheet.

    Raises
    ------
    DataError
        If the sheet has not as many rows of numbers as the additions have values.
    """
    with whole("The workbook"):
        book = calamine.CalamineWorkbook.from_path(str(source))
        rows = book.get_sheet_by_name(layout["sheet"]).to_python(skip_empty_area=False)
    new = _new_cells(rows, additions, layout)
    if is_xlsx(source) and len(rows) * layout["width"] <= LARGE:
        _into_workbook(source, target, new, layout)
    else:
        _as_values(target, rows, new, layout)


def _new_cells(rows: list[list[Any]], additions: Sequence[Addition], layout: dict[str, Any]) -> dict[int, list[Any]]:
    """Row of the sheet, from 0 -> the cells that are added to it."""
    filled = [i for i in range(layout["first"], len(rows)) if any(cell != "" for cell in rows[i])]
    count = len(additions[0].values)
    if len(filled) != count:
        raise DataError(
            f"The sheet has {len(filled):,} rows of numbers, but the result has {count:,}. Use the file that was denoised."
        )
    columns = [[None if math.isnan(value) else value for value in addition.values.tolist()] for addition in additions]
    found: dict[int, list[Any]] = {i: list(values) for i, values in zip(filled, zip(*columns, strict=True), strict=True)}
    positions = [layout["names"].index(addition.channel) for addition in additions]
    if (header := layout["header"]) is not None:
        own = [as_text(rows[header][k]).strip() for k in positions]
        tails = [text[len(split_unit(text)[0]) :] for text in own]
        found[header] = [addition.name + tail for addition, tail in zip(additions, tails, strict=True)]
    if (units := layout["units"]) is not None:
        found[units] = [rows[units][k] for k in positions]
    return found


def _into_workbook(source: Path, target: Path, new: dict[int, list[Any]], layout: dict[str, Any]) -> None:
    with source.open("rb") as file:  # by name, openpyxl would go by the ending
        book = openpyxl.load_workbook(file)
    sheet = book[layout["sheet"]]
    for i, values in new.items():
        for k, value in enumerate(values):
            cell = sheet.cell(row=i + 1, column=layout["width"] + k + 1, value=value)
            if isinstance(value, str):
                cell.data_type = "s"  # a name such as "=A1" stays text
    book.save(target)


def _as_values(target: Path, rows: list[list[Any]], new: dict[int, list[Any]], layout: dict[str, Any]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(layout["sheet"])
    for i, row in enumerate(rows):
        sheet.append([_plain(sheet, cell) for cell in [*row, *new.get(i, [])]])
    book.save(target)


def _plain(sheet: Any, value: Any) -> Any:
    """A value that openpyxl writes as it is, never as a formula."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell
