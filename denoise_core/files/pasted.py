"""Numbers copied from a spreadsheet or a text, as the bytes of a file."""

from __future__ import annotations

import re

from denoise_core.errors import DataError
from denoise_core.files.text.cells import is_missing, is_number

_SEPARATORS = (r"\t", r";", r",\s+", r"\s+", r",")
_FEWEST = 3  # numbers in one line that are a series


def from_pasted(text: str) -> bytes:
    r"""A text file of what was pasted: a table as it is, numbers in a single line one below the other.

    Raises
    ------
    DataError
        If there is nothing in it.

    Examples
    --------
    >>> from_pasted("1,5; 2,25; 3")
    b'1,5\n2,25\n3\n'
    """
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise DataError("There is nothing to read. Copy the numbers, and paste them into the box.")
    numbers = _one_line(lines[0]) if len(lines) == 1 else []
    return ("\n".join(numbers or lines) + "\n").encode()


def _one_line(line: str) -> list[str]:
    """The numbers in a line, split by the first separator that leaves nothing else."""
    for separator in _SEPARATORS:
        found = [text for text in re.split(separator, line.strip().strip("[](){}").strip()) if text]
        if len(found) >= _FEWEST and all(is_number(text) or is_missing(text) for text in found):
            return [text.strip() for text in found]
    return []
