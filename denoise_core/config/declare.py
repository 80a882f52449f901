"""How a setting is declared once, listed, checked and read."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass
from typing import Any, cast


@dataclass(frozen=True, kw_only=True)
class Searched:
    """Which values of a setting a search tries, where nobody says otherwise.

    Parameters
    ----------
    low, high : float
        A range; with `relative`, these are factors of the value that the search starts from.
    choices : tuple
        Values to try, in place of a range.
    """

    low: float = 0.0
    high: float = 0.0
    log: bool = False
    relative: bool = False
    choices: tuple[Any, ...] = ()


def setting(
    default: Any,
    *,
    label: str,
    help: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | Mapping[str, str] = (),
    unit: str = "",
    log: bool = False,
    searched: Searched | None = None,
    only_with: tuple[str, str] | None = None,
) -> Any:
    """A dataclass field that carries what a form, a check, the command line and a search need.

    `choices` may map each value to its label. A default of True or False makes it a switch. Only settings that are `searched`
    can be varied by a search. `only_with` is the name and the value of another setting, if this one counts with it alone.
    """
    if isinstance(default, bool):
        low, high = False, True
    words = dict(choices) if isinstance(choices, Mapping) else {name: name for name in choices}
    known = {"label": label, "help": help, "low": low, "high": high, "unit": unit, "log": log, "choices": tuple(choices)}
    return field(default=default, metadata={**known, "words": words, "searched": searched, "only_with": only_with})


def settings(config: Any) -> Iterator[tuple[str, Field[Any], Any]]:
    """Every setting as (path such as "window.length", dataclass field with its metadata, value)."""
    for group in fields(config):
        part = getattr(config, group.name)
        if is_dataclass(part):
            for item in fields(part):
                yield f"{group.name}.{item.name}", item, getattr(part, item.name)


def problem(path: str, spec: Field[Any], value: Any) -> str | None:
    """What is wrong with the value of one setting, or None."""
    choices = cast(tuple[str, ...], spec.metadata["choices"])
    if choices:
        return None if value in choices else f"{path} = {value!r} is not one of {', '.join(choices)}."
    low, high = spec.metadata["low"], spec.metadata["high"]
    if not math.isfinite(value):
        return f"{path} = {value} is not a number: set it between {low:g} and {high:g}."
    if value < low:
        return f"{path} = {value} is below {low:g}: set it between {low:g} and {high:g}."
    if value > high:
        return f"{path} = {value} is above {high:g}: set it between {low:g} and {high:g}."
    return None


def as_type_of(value: Any, example: Any) -> Any:
    """`value` in the type of `example`, or None where that would lose something."""
    if isinstance(example, str):
        return value if isinstance(value, str) else None
    if isinstance(example, bool):
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(example, int):
        return int(value) if math.isfinite(value) and value == int(value) else None
    return float(value)


def wrong_type(path: str, value: Any, example: Any) -> str:
    """The sentence that says which kind of value belongs there."""
    kind = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}[type(example)]
    return f"{path} = {value!r} should be {kind}."


def unknown(name: str, known: Iterable[str], *, what: str = "setting") -> str:
    """A sentence that says so, with the nearest known name where one is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"{name!r} is not a {what}" + (f"; did you mean {near[0]!r}?" if near else ".")
