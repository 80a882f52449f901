"""Which row of a sheet of cells holds names, which units, and where the numbers begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from denoise_core.errors import DataError
from denoise_core.files.layouts import TableRegion
from denoise_core.files.text import cells
from denoise_core.files.time import timestamps

Rows = Mapping[int, list[str]]


def header_in_words(region: TableRegion) -> str:
    """For a list of what was found in a file."""
    if region.header is None:
        return "no header row"
    return "header row" if region.units is None else "header and units rows"


def is_value(text: str) -> bool:
    """Whether a cell could stand among numbers: a number, a time or a gap."""
    return cells.is_missing(text) or cells.is_number(text) or timestamps.is_timestamp(text)


def detect_header(rows: Rows, comments: Collection[int], *, header: bool | None, name: str) -> TableRegion:
    """Where names, units and numbers stand in the first rows of a file.

    Parameters
    ----------
    rows : mapping of row number to its cells
    comments : collection of int
        Rows that may hold names but no numbers.
    header : bool or None
        Whether there is a row of names, where that is known.

    Raises
    ------
    DataError
        If no row holds numbers.
    """
    skipped = frozenset(comments)
    numbered = [i for i in rows if i not in skipped]
    width, columns = _usual_shape([rows[i] for i in numbered])
    first = next((i for i in numbered if _is_data(rows[i], columns)), None)
    if first is None:
        raise DataError(_no_numbers(rows, name))
    above = [i for i in rows if i < first]
    if _is_faulty_data(rows, [i for i in above if i not in skipped], columns):
        first = above.pop()
    if header is False:
        return TableRegion(width=width, first=first)
    names, units = _head(rows, above, width)
    if header is True and names is None:
        following = next((i for i in numbered if i > first), first + 1)
        return TableRegion(width=width, first=following, header=first)
    return TableRegion(width=width, first=first, header=names, units=units)


def _usual_shape(rows: Sequence[list[str]]) -> tuple[int, list[int]]:
    """The usual number of cells, and the columns that mostly hold numbers or times, judged by the lower half."""
    body = rows[len(rows) // 2 :]
    counts = Counter(len(row) for row in body)
    width = max(counts, key=lambda w: (counts[w], w), default=0)
    body = [row for row in body if len(row) == width]
    present = {k: [row[k] for row in body if not cells.is_missing(row[k])] for k in range(width)}
    return width, [k for k, found in present.items() if sum(map(is_value, found)) * 2 > len(found)]


def _is_data(row: list[str], columns: list[int]) -> bool:
    present = [row[k] for k in columns if k < len(row) and not cells.is_missing(row[k])]
    return bool(present) and len(row) > columns[0] and all(map(is_value, present))


def _is_faulty_data(rows: Rows, above: list[int], columns: list[int]) -> bool:
    """Whether the last row above the numbers is one of them with a wrong cell: numbers under a row of names."""
    if len(above) < 2 or not columns:
        return False
    last, names = rows[above[-1]], rows[above[-2]]
    if len(last) != len(names) or any(is_value(text) and text.strip() for text in names):
        return False
    numbers = [k for k in columns if k < len(last) and is_value(last[k]) and not cells.is_missing(last[k])]
    return len(numbers) * 2 >= len(columns)


def _head(rows: Rows, above: list[int], width: int) -> tuple[int | None, int | None]:
    """Rows of names and units among those above the numbers; rows such as "Avg;Avg" may follow the units."""
    fitting: list[int] = []
    for i in reversed(above):
        if len(rows[i]) != width and not (len(rows[i]) == width - 1 > 1):
            break
        fitting.insert(0, i)
    units = []
    while len(fitting) >= 2 and _is_units(rows[fitting[-1]]):
        units.append(fitting.pop())
    return (fitting[-1] if fitting else None), (units[-1] if units else None)


def _is_units(row: list[str]) -> bool:
    present = [text for text in row if text.strip()]
    return bool(present) and sum(map(cells.is_unit_cell, present)) * 2 >= len(present)


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
