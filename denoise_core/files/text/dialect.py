"""How a text file lays out its table: delimiter, and where names, units and numbers stand."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from denoise_core.files.layouts import TableRegion
from denoise_core.files.options import ReadOptions
from denoise_core.files.text.header_detection import detect_header, is_value

SPACES = " "
"""As delimiter: any run of spaces and tabs."""

SINGLE = ""
"""As delimiter: there is one column."""

COMMENT = r"[ \t]*(?:#(?!n/?a|nv|value|wert|div|num|zahl|null|ref|bezug)|%|//)"
"""How a comment line begins; not with a spreadsheet's error value such as #N/A."""

_COMMENT = re.compile(COMMENT, re.IGNORECASE)
_CANDIDATES = (";", "\t", ",", "|", SPACES, SINGLE)
_SURE = 0.4


def split(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without quotes."""
    if delimiter == SINGLE:
        return [line.strip().strip('"')]
    if delimiter == SPACES:
        return line.replace('"', "").split()
    try:
        return next(csv.reader([line], delimiter=delimiter)) if '"' in line else line.split(delimiter)
    except csv.Error:  # a stray return, or a cell of more than 128 KB: no table goes on here
        return line.split(delimiter)


def is_comment(line: str) -> bool:
    """Whether a line begins as comments do."""
    return _COMMENT.match(line) is not None


def head_cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line above the numbers, where a comment may hold the names."""
    return split(line.lstrip().lstrip("#%/").strip() if is_comment(line) else line, delimiter)


def find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that splits these lines most evenly into cells that are numbers, times or gaps."""
    body = [line for line in lines if line.strip() and not is_comment(line)]
    body = body[len(body) // 2 :][:200]
    scores = {delimiter: _score(body, delimiter) for delimiter in _CANDIDATES}
    best = max(_CANDIDATES, key=lambda delimiter: scores[delimiter])
    if best == "," and scores[SINGLE] == scores[","] and _is_decimal_comma(lines, body):
        return SINGLE
    return best if scores[best] >= _SURE else _second_opinion(body) or best


def _score(body: Sequence[str], delimiter: str) -> float:
    """Share of rows with the usual width, times the share of values among their cells."""
    rows = [split(line, delimiter) for line in body]
    widths = Counter(len(row) for row in rows if len(row) > 1 or delimiter == SINGLE)
    if not widths:
        return 0.0
    width = max(widths, key=lambda w: (widths[w], w))
    found = [text for row in rows if len(row) == width for text in row]
    return widths[width] / len(rows) * sum(map(is_value, found)) / len(found)


def _is_decimal_comma(lines: Sequence[str], body: Sequence[str]) -> bool:
    """Whether "1,5" in every line is one number: the header has no comma, or zeros follow the comma ("1,05")."""
    if any(line.count(",") > 1 for line in body):
        return False
    header = next((line for line in lines if line.strip() and not is_value(line)), None)
    if header is not None:
        return "," not in header
    return any(re.match(r"0\d", line.strip().partition(",")[2]) for line in body)


def _second_opinion(body: Sequence[str]) -> str | None:
    """The guess of clevercsv, which knows rarer dialects and takes longer."""
    import clevercsv

    try:
        found = clevercsv.Sniffer().sniff("\n".join(body[:100]))
    except clevercsv.Error:
        return None
    return str(found.delimiter) if found and found.delimiter else None


def find_region(lines: Sequence[str], delimiter: str, options: ReadOptions, *, name: str) -> TableRegion:
    """Where names, units and numbers stand.

    Raises
    ------
    DataError
        If no line holds numbers.
    """
    filled = [i for i, line in enumerate(lines) if line.strip(" \t\r;,|")]
    if delimiter == SINGLE and filled:
        filled = list(range(filled[0], filled[-1] + 1))
    rows = {i: head_cells(lines[i], delimiter) for i in filled}
    return detect_header(rows, [i for i in rows if is_comment(lines[i])], header=options.header, name=name)
