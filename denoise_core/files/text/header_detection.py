"""Which row of a sheet of cells holds names, which units, and where the numbers begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from denoise_core.errors import DataError
from denoise_core.files.layouts import TableRegion
from denoise_core.files.text import cells
from denoise_core.files.text.units import is_unit_cell
from denoise_core.files.time import timestamps

Rows = Mapping[int, list[str]]


def header_in_words(region: TableRegion) -> str:
    """For a list of what was found in a file."""
    if region.header is None:
        return "no header row"
    return "header row" if region.units is None else "header and units rows"


def is_value(text: str) -> bool:
    """Whether a cell could stand among numbers: a number, a time or a gap."""
    if cells.is_missing(text) or cells.is_number(text) or timestamps.is_timestamp(text):
        return True
    return cells.split_affix(text) is not None


_SUMMARY = re.compile(
    r"\W*(?:mean|average|avg|min(?:imum)?|max(?:imum)?|std\.?(?:[ _-]?dev\.?)?|stdev|sd|rms|sum|total|count|median|end|eof|range|"
    r"mittelwert|mittel|summe|anzahl|ende|n\s*=|moyenne|media)\b",
    re.IGNORECASE,
)


def count_footer(rows: Sequence[list[str]], width: int) -> int:
    """How many of the last rows hold no samples: "Mean,3.2", "*** end of data ***".

    Parameters
    ----------
    rows : sequence of lists of cells
        The last rows of a table that are not blank; a comment has no cells.
    """
    count = 0
    for row in reversed(rows):
        first = next((text.strip() for text in row if text.strip()), "")
        if row and (is_value(first) or not (_SUMMARY.match(first) or _is_remark(row, width))):
            break
        count += 1
    return 0 if count == len(rows) else count


def _is_remark(row: list[str], width: int) -> bool:
    """Whether a row with a word at its start has not the width of the table, or nothing but that word."""
    filled = [text for text in row if text.strip()]
    return width > 1 and (len(row) != width or len(filled) == 1)


def detect_header(rows: Rows, comments: Collection[int], *, header: int | None, name: str) -> TableRegion:
    """Where names, units and numbers stand in the first rows of a file.

    Parameters
    ----------
    rows : mapping of row number, from 0, to its cells
    comments : collection of int
        Rows that may hold names but no numbers.
    header : int or None
        The row of names, counted from 1, or 0 for none, where that is known.

    Raises
    ------
    DataError
        If no row holds numbers.
    """
    skipped = frozenset(comments)
    numbered = [i for i in rows if i not in skipped]
    width, columns = _usual_shape([rows[i] for i in numbered])
    below = [i for i in numbered if not header or i >= header]
    first = next((i for i in below if _is_data(rows[i], columns)), None)
    if first is None:
        raise DataError(_no_numbers(rows, name))
    if header:
        units = [i for i in rows if header <= i < first and _is_units(rows[i], rows.get(header - 1, []))]
        return TableRegion(width=width, first=first, header=header - 1, units=units[0] if units else None)
    above = [i for i in rows if i < first]
    faulty = _faulty_rows(rows, [i for i in above if i not in skipped], columns)
    if faulty:
        first, above = faulty[0], [i for i in above if i < faulty[0]]
    if header == 0:
        return TableRegion(width=width, first=first)
    names, units_row = _head(rows, above, width)
    return TableRegion(width=width, first=first, header=names, units=units_row, groups=_groups(rows, above, names))


def _usual_shape(rows: Sequence[list[str]]) -> tuple[int, list[int]]:
    """The usual number of cells, and the columns that mostly (else at all) hold numbers or times, judged by the lower half."""
    body = rows[len(rows) // 2 :]
    counts = Counter(len(row) for row in body)
    width = max(counts, key=lambda w: (counts[w], w), default=0)
    body = [row for row in body if len(row) == width]
    present = {k: [row[k] for row in body if not cells.is_missing(row[k])] for k in range(width)}
    values = {k: sum(map(is_value, found)) for k, found in present.items()}
    mostly = [k for k, found in present.items() if values[k] * 2 > len(found)]
    return width, mostly or [k for k in present if values[k] > 1]


def _is_data(row: list[str], columns: list[int]) -> bool:
    present = [row[k] for k in columns if k < len(row) and not cells.is_missing(row[k])]
    return bool(present) and len(row) > columns[0] and all(map(is_value, present))


def _faulty_rows(rows: Rows, above: list[int], columns: list[int]) -> list[int]:
    """The last rows above the numbers that are rows of numbers with a wrong cell each, under a row of names."""
    found: list[int] = []
    for i in reversed(above):
        row = rows[i]
        numbers = [k for k in columns if k < len(row) and is_value(row[k]) and not cells.is_missing(row[k])]
        if not columns or len(numbers) * 2 < len(columns):
            is_names = not any(is_value(text) and text.strip() for text in row)
            return found if found and is_names and len(row) == len(rows[found[0]]) else []
        found.insert(0, i)
    return []


def _groups(rows: Rows, above: list[int], names: int | None) -> int | None:
    """The row right above the names that has one name for several columns, as merged cells do."""
    before = [i for i in above if names is not None and i < names]
    if not before or names is None:
        return None
    group, own = rows[before[-1]], rows[names]
    filled = [text.strip() for text in group if text.strip()]
    repeats = len({text.strip() for text in own if text.strip()}) < sum(bool(text.strip()) for text in own)
    fits = len(group) == len(own) and 2 <= len(filled) < len(own) and not any(map(is_value, filled))
    return before[-1] if fits and repeats else None


def _head(rows: Rows, above: list[int], width: int) -> tuple[int | None, int | None]:
    """Rows of names and units among those above the numbers; rows such as "Avg;Avg" may follow the units."""
    fitting: list[int] = []
    for i in reversed(above):
        if not _fits(rows[i], width, nearest=not fitting):
            break
        fitting.insert(0, i)
    units = []
    while len(fitting) >= 2 and _is_units(rows[fitting[-1]], rows[fitting[-2]]):
        units.append(fitting.pop())
    return (fitting[-1] if fitting else None), (units[-1] if units else None)


def _fits(row: list[str], width: int, *, nearest: bool) -> bool:
    """Whether a row has as many cells as the numbers below; names may be one fewer, or more where the last columns are empty."""
    if len(row) == width or len(row) == width - 1 > 1:
        return True
    return nearest and width > 1 and width < len(row) <= width + 2 and all(text.strip() and not is_value(text) for text in row)


def _is_units(row: list[str], names: list[str]) -> bool:
    """Whether a row reads as units, under a row of names for at least as many columns."""
    present, named = ([text for text in cells_of if text.strip()] for cells_of in (row, names))
    if len(named) < len(present) or any(map(is_value, named)):
        return False
    return bool(present) and sum(map(is_unit_cell, present)) * 2 >= len(present)


def _no_numbers(rows: Rows, name: str) -> str:
    numbers = list(rows)
    if len(numbers) <= 1:
        shown = ", ".join(rows[numbers[0]])[:80] if numbers else ""
        return f"{name} holds only a header ({shown}) and no rows of numbers. Upload the file with its data."
    text = ", ".join(rows[numbers[1]])[:80]
    return (
        f"{name} has no column of numbers: row {numbers[1] + 1:,} reads {text!r}. "
        "Choose the delimiter and the decimal mark, or upload another file."
    )
