"""The one door for JSON that a stranger may have written: links, settings files, model files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

LONGEST = 1 << 20
DEEPEST = 20
LARGEST_INTEGER = 2**63 - 1


def parse_untrusted(text: str | bytes, *, longest: int = LONGEST) -> Any:
    """What the JSON in `text` says, with nothing in it that could do harm later.

    Parameters
    ----------
    longest : int
        The most characters (or bytes) that are looked at.

    Raises
    ------
    ValueError
        If it is no JSON, longer than `longest`, nested deeper than `DEEPEST`, or holds a number that no file of ours can hold
        (infinite, NaN, beyond 64 bits) or text that is no Unicode.
    """
    if len(text) > longest:
        raise ValueError(f"it is longer than {longest:,} characters")
    try:
        level = [value := json.loads(text)]
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _contents(outer)]
        if not level:
            return value
    raise ValueError(_TOO_DEEP)


_TOO_DEEP = f"it is nested more than {DEEPEST} levels deep"


def _contents(value: Any) -> Iterable[Any]:
    """What a list or an object holds, with the names; ValueError for what may not be there."""
    if isinstance(value, dict):
        return (*value, *value.values())
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        value.encode()  # half a surrogate pair is no text; the error that says so is a ValueError
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError("it holds a whole number of more than 64 bits")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"it holds {value}, which is not a number")
    return ()
