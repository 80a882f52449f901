"""What a lesson is: a question, its controls, the experiment behind it, and what of its outcome is shown and said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from denoise_core.config import RunConfig
from denoise_core.figures import Panel
from denoise_core.lessons.snapshots import Choice, Snapshot, Value
from denoise_core.series import Float64Array, Series

_NONE: Mapping[Any, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Control:
    """One thing that can be changed in a lesson.

    Parameters
    ----------
    name : str
        What the link calls it.
    values : tuple
        All that can be chosen, numbers in increasing order.
    words : mapping of value to str
        How a value is shown, where not as itself.
    trained : bool
        Whether a network was trained for each value; else the value only selects what of a training is shown.
    """

    name: str
    label: str
    help: str
    values: tuple[Value, ...]
    default: Value
    words: Mapping[Any, str] = field(default_factory=lambda: _NONE)
    trained: bool = True

    @property
    def is_number(self) -> bool:
        return not isinstance(self.values[0], str)

    def text(self, value: Value) -> str:
        """How `value` is shown."""
        return self.words.get(value, link_text(value))


def link_text(value: Value) -> str:
    """How `value` stands in a link: "0.8", "past"."""
    return value if isinstance(value, str) else f"{value:g}"


NOISE = Control(
    name="seed",
    label="Noise",
    help="The same experiment with other random numbers: fresh noise and another random start of the network.",
    values=(1, 2, 3),
    default=1,
    words=MappingProxyType({1: "first", 2: "second", 3: "third"}),
)
"""Belongs to every lesson: whether an outcome was luck."""


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One training of a lesson: what the network is given, what would be right, and every setting."""

    series: Series
    clean: Float64Array
    config: RunConfig


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson; `choice` has a value for each of `controls`, which end with `NOISE`.

    Parameters
    ----------
    number : int
        1 to 8; in the link.
    name : str
        Of its snapshot file.
    predict : str
        What to think about before looking.
    own : tuple of Control
        The controls without `NOISE`.
    experiment : callable
        What a choice trains; "Run it live" trains the same.
    measure : callable
        Trains, and returns what the picture and the sentences need; the same shapes for every choice. Slow.
    rows : callable
        The picture: rows of panels.
    findings : callable
        Three sentences about what was measured; the first also describes the picture to those who cannot see it.
    on_your_data : str
        What it means for a recording of one's own: page and control.
    page : str
        The page of that control.
    code : callable
        A short program that trains the same and draws its result.
    """

    number: int
    name: str
    title: str
    question: str
    predict: str
    own: tuple[Control, ...]
    experiment: Callable[[Choice], Experiment]
    measure: Callable[[Choice], Mapping[str, Float64Array]]
    rows: Callable[[Snapshot, Choice], list[list[Panel]]]
    findings: Callable[[Snapshot, Choice], tuple[str, str, str]]
    on_your_data: str
    page: str
    code: Callable[[Choice], str]

    @property
    def controls(self) -> tuple[Control, ...]:
        return (*self.own, NOISE)

    @property
    def axes(self) -> Mapping[str, tuple[Value, ...]]:
        """The controls for whose every combination a network is trained, and their values."""
        return {control.name: control.values for control in self.controls if control.trained}

    @property
    def default(self) -> Choice:
        return {control.name: control.default for control in self.controls}


def to_csv(lesson: Lesson, choice: Choice) -> tuple[bytes, str]:
    """A lesson's noisy and true series as a file, to the last digit, and the file's name."""
    made = lesson.experiment(choice)
    unit = f" ({made.series.unit})" if made.series.unit else ""
    name, time = made.series.name, made.series.time
    rows = zip(time.values, made.series.values, made.clean, strict=True)
    lines = [f"{time.name or 'time'} ({time.unit}),{name}{unit},{name}_true{unit}"]
    lines += [",".join(repr(float(value)) for value in row) for row in rows]
    return "\n".join(lines).encode(), f"lesson_{lesson.number}_{lesson.name}.csv"
