"""What the text of one cell means: a number, a gap, a unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

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

_UNIT_WORDS = """
s sec secs second seconds sek sekunden ms msec us µs μs ns min mins minute minutes minuten h hr hrs hour hours d day
days year years a hz khz mhz ghz 1/s 1/min v mv µv μv uv kv volt volts a ma µa μa ua ka amp amps ampere w mw kw kwh wh
va var pa hpa kpa mpa gpa bar mbar psi torr mmhg atm °c c degc deg_c deg °f f degf k kelvin celsius % %rh %rf rh m mm cm
dm km µm μm um nm in inch ft m² m2 m³ m3 mm² l ml g mg kg t µg n kn mn nm ncm knm j kj mj rpm u/min m/s mm/s cm/s km/h
kmh mph m/s² m/s2 m/s^2 mm/s² mm/s2 db dba db(a) dbm l/min l/h l/s ml/min m³/h m3/h m³/s m3/s ppm ppb ppt ° rad rad/s
deg/s °/s ω ohm ohms kω kohm mω mohm t mt µt lx lux cd lm mol ph s/m ms/cm µs/cm us/cm a.u. au arb. counts count digits
digit lsb adc raw fs µm/m um/m µε ue mm/m mv/v n/mm² n/mm2 w/m² w/m2 kg/m³ kg/m3 kg/h g/l mg/l µg/m³ ug/m3 1 ts rn smp
avg max tot std dd.mm.yyyy tt.mm.jjjj yyyy-mm-dd hh:mm:ss hh:mm hh:mm:ss.sss
"""
_UNITS = frozenset(_UNIT_WORDS.split())
_WORDS = "min max avg tot std rn smp ts fs in day days year years hour hours minute minutes count counts raw digit digits adc"
_AMBIGUOUS = frozenset(_WORDS.split())
_PERCENT = ("%", "°", "‰")
_BEFORE_UNIT = re.compile(r"(?<=\S)(?:\s*/\s*|\s*[,;]\s+|\s+in\s+|\s+)(?=\S)")
_CURRENCY = "€$£¥"
_BRACKETS = re.compile(r"\s*(?:\[([^\[\]]*)\]|\(([^()]*)\)|<([^<>]*)>)\s*\Z")


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


def is_unit(text: str) -> bool:
    """Whether the text, without brackets, is a unit that measuring people write."""
    return strip_brackets(text).lower() in _UNITS


def strip_brackets(text: str) -> str:
    """A unit without the brackets around it."""
    match = re.fullmatch(r"\s*[\[(<](.*)[\])>]\s*", text)
    return (match[1] if match else text).strip()


def is_unit_cell(text: str) -> bool:
    """Whether a cell of a row below the names reads as a unit: known, or in brackets."""
    return is_unit(text) or bool(re.fullmatch(r"\s*(?:\[.*\]|\(.*\))\s*", text))


def split_unit(header: str) -> tuple[str, str]:
    """Name and unit of a header cell: ``split_unit("Druck (bar)") == ("Druck", "bar")``.

    Square brackets hold a unit unless it is an index; round brackets, and what follows a slash, a comma or a blank, only if the
    unit is known; of several such units the longest.
    """
    header = header.strip()
    if match := _BRACKETS.search(header):
        unit = next(group for group in match.groups() if group is not None).strip()
        name = header[: match.start()].strip()
        square = match[1] is not None and not unit.isdigit()
        if name and (square or is_unit(unit)):
            return name, "" if unit == "-" else unit
    if is_unit(header):
        return header, ""
    for match in _BEFORE_UNIT.finditer(header):
        name, mark, unit = header[: match.start()], match[0].strip(), header[match.end() :].strip()
        known = is_unit(unit) and not unit.isdigit() if mark else unit in _PERCENT or (len(unit) > 1 and _is_unit_in_words(unit))
        if name.strip() and known:
            return name.strip(), unit
    return header, ""


def _is_unit_in_words(text: str) -> bool:
    """Whether a word after a blank is a unit: "km/h", but not the "min" of "Pressure min"."""
    return is_unit(text) and text.lower() not in _AMBIGUOUS


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
