"""Units as measuring people write them, and where they stand in the name of a column."""

from __future__ import annotations

import re

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
_BRACKETS = re.compile(r"\s*(?:\[([^\[\]]*)\]|\(([^()]*)\)|<([^<>]*)>)\s*\Z")


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
