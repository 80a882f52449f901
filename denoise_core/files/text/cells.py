"""What the text of one cell means: a number, a gap, a unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from denoise_core.files.text.units import is_unit

MISSING = (
    *(
        "",
        "nan",
        "-nan",
        "+nan",
        "na",
        "n/a",
        "n.a.",
        "<na>",
        "null",
        "none",
        "nil",
        "nat",
        "missing",
        "-",
        "--",
        "---",
        "?",
        "*",
    ),
    *("#n/a", "#n/a n/a", "#na", "#nv", "#value!", "#wert!", "#div/0!", "#num!", "#zahl!", "#null!", "#ref!", "#bezug!"),
    *("1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind", "nan(ind)", "-nan(ind)", "k.a.", "k. a."),
)
"""Spellings of a gap, in lower case."""

_MISSING_SET = frozenset(MISSING)
_EXPONENT = r"(?:[eEdD][+-]?\d+)?"
_INFINITE = r"[+-]?(?i:inf|infinity)"
_PLAIN = {mark: rf"[+-]?(?:\d+{re.escape(mark)}?\d*|{re.escape(mark)}\d+){_EXPONENT}" for mark in ".,"}
_SPACES = " \u00a0\u202f\u2009'’"
_GROUPED = {
    ".": rf"[+-]?\d{{1,3}}(?:(?:,\d{{3}})+|(?:[{_SPACES}]\d{{3}})+)(?:\.\d*)?{_EXPONENT}",
    ",": rf"[+-]?\d{{1,3}}(?:(?:\.\d{{3}})+|(?:[{_SPACES}]\d{{3}})+)(?:,\d*)?{_EXPONENT}",
}
_AFFIXED = re.compile(r"([€$£¥]?)\s*([+-]?[\d.,][\d.,  '’]*(?:[eE][+-]?\d+)?)\s*([^\d\s.,+-]\S{0,9})?\Z")
_NUMBER = {mark: re.compile(rf"(?:{_PLAIN[mark]}|{_GROUPED[mark]}|{_INFINITE})\Z") for mark in ".,"}

_CURRENCY = "€$£¥"


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value: empty, NaN, n/a, ---."""
    return text.strip().lower() in _MISSING_SET


def is_number(text: str, decimal: str | None = None) -> bool:
    """Whether the text is a number with this decimal mark, or with either."""
    text = text.strip()
    return any(_NUMBER[mark].match(text) for mark in (decimal or ".,"))


def split_affix(text: str) -> tuple[str, str] | None:
    """What stands before and after the number of a cell: ``split_affix("45.2 %") == ("", "%")``.

    None where there is nothing, or neither a currency nor a known unit.
    """
    match = _AFFIXED.match(text.strip())
    if match is None or not is_number(match[2]):
        return None
    before, after = match[1], match[3] or ""
    if not (before or after) or (after and not (after in _CURRENCY or is_unit(after))):
        return None
    return before, after


def decimal_mark(cells: Iterable[str]) -> str:
    """The decimal mark that these cells are written with; a point where nothing tells.

    A single mark before exactly three digits ("12,345") could also group thousands, so it only counts if nothing else does.
    """
    votes: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    for text in cells:
        around = split_affix(text)
        bare = text if around is None else text.strip().removeprefix(around[0]).removesuffix(around[1])
        body = re.split(r"[eEdD]", bare.strip().lstrip("+-"))[0]
        if not re.fullmatch(r"[\d.,]*\d[\d.,]*", body):
            continue
        last = max(body.rfind("."), body.rfind(","))
        if last < 0:
            continue
        mark, before, after = body[last], body[:last], body[last + 1 :]
        other = "," if mark == "." else "."
        if mark in before:
            votes[other] += 1
        elif other in before or len(after) != 3 or len(before) > 3 or before.startswith("0") or not before:
            votes[mark] += 1
        else:
            unsure[mark] += 1
    best = votes or unsure
    return "," if best[","] > best["."] else "."


def significant_digits(cells: Iterable[str]) -> int:
    """The most significant digits with which any of these numbers is written."""
    digits = (re.sub(r"[eEdD].*|\D", "", text).lstrip("0") for text in cells)
    return max((len(text) for text in digits), default=0)


def to_floats(
    column: pa.Array, decimal: str, gap_words: Collection[str] = ()
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Numbers of a column of text, shape (n,), NaN where there is none.

    Returns
    -------
    values : float64 array of shape (n,)
    odd : bool array of shape (n,)
        True where the text is neither a number nor a spelling of a gap, of which `gap_words` are more.
    grouped : bool array of shape (n,)
        True where a thousands separator was taken out.
    """
    text = pc.utf8_trim_whitespace(column)
    missing = pc.is_in(pc.utf8_lower(text), value_set=pa.array([*MISSING, *(word.strip().lower() for word in gap_words)]))
    present = pc.if_else(missing, None, text)
    if decimal == "," and not pc.any(pc.match_substring(present, "."), min_count=0).as_py():
        present = pc.replace_substring(present, ",", ".")
        decimal = "."
    if decimal == "." and (values := _all_plain(present)) is not None:
        return values, np.zeros(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
    return _parse_mixed(present, decimal)


def _all_plain(present: pa.Array) -> NDArray[np.float64] | None:
    """The quick way, for a column in which every cell is a plain number or a gap; None if one is not."""
    try:
        return _numpy(pc.cast(present, pa.float64()))
    except pa.ArrowInvalid:
        return None


def _parse_mixed(present: pa.Array, decimal: str) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    plain = pc.match_substring_regex(present, rf"^(?:{_PLAIN[decimal]}|{_INFINITE})$")
    grouped = pc.and_(pc.match_substring_regex(present, f"^(?:{_GROUPED[decimal]})$"), pc.invert(plain))
    bare = pc.replace_substring_regex(present, rf"[{_SPACES}{'.' if decimal == ',' else ','}]", "")
    text = pc.if_else(grouped, bare, pc.if_else(plain, present, None))
    text = pc.replace_substring_regex(pc.replace_substring(text, ",", "."), "[dD]", "e")
    odd = pc.and_(pc.is_valid(present), pc.is_null(text))
    return _numpy(pc.cast(text, pa.float64())), _mask(odd), _mask(grouped)


def _numpy(column: pa.Array) -> NDArray[np.float64]:
    return np.asarray(column.fill_null(np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)


def _mask(column: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(column.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
