"""How a text file is written: encoding, delimiter, decimal mark, where names, units and numbers stand. Converts nothing."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from denoise_core.errors import DataError
from denoise_core.files import cells, stamps
from denoise_core.files.options import ReadOptions

SPACES = " "
"""As delimiter: any run of spaces and tabs."""

SINGLE = ""
"""As delimiter: there is one column."""

COMMENT = r"[ \t]*(?:#(?!n/?a|nv|value|wert|div|num|zahl|null|ref|bezug)|%|//)"
"""How a comment line begins; not with a spreadsheet's error value such as #N/A."""

_COMMENT = re.compile(COMMENT, re.IGNORECASE)
_CANDIDATES = (";", "\t", ",", "|", SPACES, SINGLE)
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\x00\x00": "utf-32", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Which line of the file is what; lines are counted from 0.

    Parameters
    ----------
    width : int
        Cells in a row of numbers.
    header, units : int or None
        Lines with the names and the units of the columns.
    first : int
        The first line with numbers.
    """

    width: int
    first: int
    header: int | None = None
    units: int | None = None


def find_encoding(sample: bytes, *, name: str) -> str:
    """The encoding of a text file, from its beginning.

    Raises
    ------
    DataError
        If it is no text, or in an encoding that cannot be told.
    """
    for bom, encoding in _BOMS.items():
        if sample.startswith(bom):
            return encoding
    if (wide := _utf16_without_mark(sample)) is not None:
        return wide
    if re.search(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]", sample):
        raise DataError(f"{name} is not a text file: it holds control bytes. Save it as CSV, or give the file its right ending.")
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return _eight_bit(sample, name)
    return "utf-8"


def _utf16_without_mark(sample: bytes) -> str | None:
    even, odd = sample[0:2000:2].count(0), sample[1:2000:2].count(0)
    half = len(sample[:2000]) / 2
    if odd > 0.7 * half and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd == 0 else None


def _eight_bit(sample: bytes, name: str) -> str:
    """cp1252 for a few umlauts and signs among plain text, else what charset-normalizer makes of it."""
    high = sum(byte > 127 for byte in sample)
    undefined = any(byte in b"\x81\x8d\x8f\x90\x9d" for byte in sample)
    if not undefined and high < 0.1 * len(sample):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:65536]).best()
    if best is None or best.chaos > 0.2:
        place = next(i for i, byte in enumerate(sample) if byte > 127)
        row = sample[:place].count(b"\n") + 1
        raise DataError(f"{name} is written in an encoding that is not known (first seen in row {row}). Save it as UTF-8.")
    return best.encoding


def split(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without quotes."""
    if delimiter == SINGLE:
        return [line.strip().strip('"')]
    if delimiter == SPACES:
        return line.replace('"', "").split()
    if '"' in line:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [""])
    return line.split(delimiter)


def is_value(text: str) -> bool:
    """Whether a cell could stand among numbers: a number, a time or a gap."""
    return cells.is_missing(text) or cells.is_number(text) or stamps.is_stamp(text)


def is_comment(line: str) -> bool:
    return _COMMENT.match(line) is not None


def find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that splits these lines most evenly into cells that are numbers, times or gaps."""
    body = [line for line in lines if line.strip() and not is_comment(line)]
    body = body[len(body) // 2 :][-200:]
    scores = {delimiter: _score(body, delimiter) for delimiter in _CANDIDATES}
    best = max(_CANDIDATES, key=lambda delimiter: scores[delimiter])
    if best == "," and scores[SINGLE] == scores[","] and _is_decimal_comma(lines, body):
        return SINGLE
    return best if scores[best] >= 0.4 else _second_opinion(body) or best


def _score(body: Sequence[str], delimiter: str) -> float:
    rows = [split(line, delimiter) for line in body]
    widths = Counter(len(row) for row in rows)
    if not rows or (delimiter != SINGLE and max(widths) < 2):
        return 0.0
    width, count = max(((w, c) for w, c in widths.items() if w > 1 or delimiter == SINGLE), key=lambda item: (item[1], item[0]))
    found = [text for row in rows if len(row) == width for text in row]
    values = sum(is_value(text) for text in found)
    return count / len(rows) * values / len(found)


def _is_decimal_comma(lines: Sequence[str], body: Sequence[str]) -> bool:
    """Whether "1,5" in every line is one number: the header has no comma, or zeros follow the comma ("1,05")."""
    if any(line.count(",") != 1 for line in body):
        return False
    header = next((line for line in lines if line.strip() and not is_value(line)), None)
    if header is not None:
        return "," not in header
    return any(re.match(r"0\d", line.strip().partition(",")[2]) for line in body)


def _second_opinion(body: Sequence[str]) -> str | None:
    """clevercsv's guess, which knows rarer dialects and takes longer."""
    import clevercsv

    try:
        found = clevercsv.Sniffer().sniff("\n".join(body[:100]))
    except clevercsv.Error:
        return None
    return str(found.delimiter) or None


def find_structure(lines: Sequence[str], delimiter: str, options: ReadOptions, *, name: str) -> Structure:
    """Where names, units and numbers stand.

    Raises
    ------
    DataError
        If no line holds numbers.
    """
    rows = {i: _cells(line, delimiter) for i, line in enumerate(lines) if line.strip(" \t\r;,")}
    numbered = [i for i in rows if not is_comment(lines[i])]
    width, columns = _shape([rows[i] for i in numbered])
    first = next((i for i in numbered if _is_data(rows[i], columns, width)), None)
    if first is None:
        raise DataError(_nothing(rows, name))
    above = [i for i in rows if i < first]
    if len(above) >= 2 and above[-1] in numbered and _is_faulty_data(rows, above, columns, width):
        first = above.pop()
    if options.header is False:
        return Structure(width=width, first=first)
    if options.header is True and not any(len(rows[i]) == width for i in above):
        following = next((i for i in numbered if i > first), first + 1)
        return Structure(width=width, first=following, header=first)
    header, units = _head(rows, above, width)
    return Structure(width=width, first=first, header=header, units=units)


def _cells(line: str, delimiter: str) -> list[str]:
    return split(line.lstrip().lstrip("#%/").strip() if is_comment(line) else line, delimiter)


def _shape(rows: Sequence[list[str]]) -> tuple[int, list[int]]:
    """The usual number of cells, and the columns that mostly hold numbers or times."""
    body = rows[len(rows) // 2 :]
    if not body:
        return 0, []
    counts = Counter(len(row) for row in body)
    width = max(counts, key=lambda w: (counts[w], w))
    body = [row for row in body if len(row) == width]
    columns = []
    for k in range(width):
        present = [row[k] for row in body if not cells.is_missing(row[k])]
        if present and sum(map(is_value, present)) > len(present) / 2:
            columns.append(k)
    return width, columns


def _is_data(row: list[str], columns: list[int], width: int) -> bool:
    if len(row) < width and len(row) <= max(columns, default=0):
        return False
    present = [row[k] for k in columns if not cells.is_missing(row[k])]
    return bool(present) and all(map(is_value, present))


def _is_faulty_data(rows: dict[int, list[str]], above: list[int], columns: list[int], width: int) -> bool:
    """Whether the last line above the numbers is one of them with a wrong cell: it holds numbers, under a line of names."""
    last, names = rows[above[-1]], rows[above[-2]]
    if len(last) != width or len(names) != width or any(is_value(text) and text.strip() for text in names):
        return False
    return sum(is_value(last[k]) and not cells.is_missing(last[k]) for k in columns) * 2 >= len(columns)


def _head(rows: dict[int, list[str]], above: list[int], width: int) -> tuple[int | None, int | None]:
    """Lines of names and units among those above the numbers; units may be followed by lines such as "Avg;Avg"."""
    fitting = [i for i in above if len(rows[i]) == width or (len(rows[i]) == width - 1 and width > 2)]
    fitting = [i for i in fitting if all(j in fitting for j in above if j > i)]
    units = []
    while len(fitting) >= 2 and _is_units(rows[fitting[-1]]):
        units.append(fitting.pop())
    return (fitting[-1] if fitting else None), (units[-1] if units else None)


def _is_units(row: list[str]) -> bool:
    present = [text for text in row if text.strip()]
    return bool(present) and sum(map(cells.is_unit_cell, present)) * 2 >= len(present)


def _nothing(rows: dict[int, list[str]], name: str) -> str:
    first = next(iter(rows), 0)
    shown = ", ".join(rows.get(first, []))[:80]
    if len(rows) <= 2:
        return f"{name} holds only a header ({shown}) and no rows of numbers. Upload the file with its data."
    row = next((i for i in list(rows)[1:]), first)
    text = ", ".join(rows[row])[:80]
    return f"{name} has no column of numbers: row {row + 1} reads {text!r}. Choose the delimiter and the decimal mark, or another file."
