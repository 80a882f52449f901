"""Which lesson is shown, with which values of its controls: from the link at first, then from the widgets; the URL follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from denoise_core.lessons import LESSONS, NOISE, Choice, Control, Lesson, Value, parse, to_query
from pages.parts import state

_SHOWN, _LINK = "lesson-shown", "lesson-link"
HOW_IT_WORKS = 0
"""In place of a lesson's number: the page with the drawing."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the Learn page shows. `notes` say what a link asked for that does not exist."""

    number: int
    choice: Choice
    classroom: bool = False
    notes: tuple[str, ...] = ()

    @property
    def lesson(self) -> Lesson:
        return LESSONS[self.number]

    @property
    def query(self) -> dict[str, str]:
        """As a link's parameters."""
        if self.number == HOW_IT_WORKS:
            return {"lesson": "0"} | ({"classroom": "1"} if self.classroom else {})
        return to_query(self.lesson, self.choice, classroom=self.classroom)


def begin() -> None:
    """Take over what the link says, at the start of a session; later the URL follows what is shown."""
    if state.value(_SHOWN) is None:
        linked = _from_link()
        state.put(_SHOWN, linked)
        state.put(_LINK, linked)


def shown() -> Shown:
    """What is shown now."""
    now: Shown = state.value(_SHOWN)
    return now


def follow() -> None:
    """Have the URL say what is shown."""
    state.show_parameters(shown().query)


def open_lesson(key: str) -> None:
    """Show the lesson that the widget `key` holds, as it is at first."""
    number = state.value(key)
    choice = LESSONS[number].default if number in LESSONS else {}
    state.put(_SHOWN, Shown(number=number, choice=choice, classroom=shown().classroom))


def set_control(control: Control, key: str) -> None:
    """Take over what the widget `key` holds."""
    _choose(control, state.value(key))


def new_noise() -> None:
    """The same with the next noise."""
    seeds = NOISE.values
    _choose(NOISE, seeds[(seeds.index(shown().choice[NOISE.name]) + 1) % len(seeds)])


def set_classroom(key: str) -> None:
    """Large type or not, as the widget `key` says."""
    state.put(_SHOWN, replace(shown(), classroom=bool(state.value(key))))


def reset() -> None:
    """Back to what the link said."""
    state.put(_SHOWN, state.value(_LINK))


def _choose(control: Control, value: Value) -> None:
    now = shown()
    state.put(_SHOWN, replace(now, choice={**now.choice, control.name: value}, notes=()))


def _from_link() -> Shown:
    query = state.parameters()
    asked = query.get("lesson", "1")
    number = _nearest_number(asked)
    notes: tuple[str, ...] = (
        () if asked == str(number) else (f"The link asks for lesson {asked[:40]}; lesson {number} is shown.",)
    )
    classroom = query.get("classroom", "0") not in ("", "0", "false", "no")
    if number == HOW_IT_WORKS:
        return Shown(number=number, choice={}, classroom=classroom, notes=notes)
    choice, more = parse(LESSONS[number], query)
    return Shown(number=number, choice=choice, classroom=classroom, notes=notes + more)


def _nearest_number(asked: str) -> int:
    try:
        wanted = float(asked)
    except ValueError:
        return min(LESSONS)
    return min((HOW_IT_WORKS, *LESSONS), key=lambda number: abs(number - min(wanted, max(LESSONS))))
