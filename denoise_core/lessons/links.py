"""A lesson's state as a link's parameters, and back: what a link asks for that does not exist becomes the nearest that does."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping

from denoise_core.lessons.lesson import Control, Lesson, link_text
from denoise_core.lessons.snapshots import Choice, Value


def to_query(lesson: Lesson, choice: Choice, *, classroom: bool = False) -> dict[str, str]:
    """Parameters such as ``{"lesson": "6", "rho": "0.8", "gap": "3", "seed": "2"}``."""
    query = {"lesson": str(lesson.number)} | {name: link_text(value) for name, value in choice.items()}
    return query | ({"classroom": "1"} if classroom else {})


def parse(lesson: Lesson, query: Mapping[str, str]) -> tuple[Choice, tuple[str, ...]]:
    """The choice that a link asks for, and a sentence for each value that had to be replaced."""
    choice, notes = {}, []
    for control in lesson.controls:
        asked = query.get(control.name)
        value = control.default if asked is None else nearest(control, asked)
        choice[control.name] = value
        if asked is not None and not _same(value, asked):
            notes.append(f"The link asks for {control.name}={asked[:40]}; the nearest here is {link_text(value)}.")
    return choice, tuple(notes)


def nearest(control: Control, asked: str) -> Value:
    """The value nearest to what a link says: by number, or by spelling; the default where nothing is near."""
    if control.is_number:
        if math.isnan(number := _number(asked)):
            return control.default
        number = min(max(number, float(control.values[0])), float(control.values[-1]))
        return min(control.values, key=lambda value: abs(float(value) - number))
    found = difflib.get_close_matches(asked.lower(), [str(value) for value in control.values], n=1)
    return found[0] if found else control.default


def _same(value: Value, asked: str) -> bool:
    return asked == value if isinstance(value, str) else _number(asked) == value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
