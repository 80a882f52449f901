"""The lessons in order, and what each shows for a choice of its controls."""

from __future__ import annotations

from functools import lru_cache

from denoise_core.figures import Figure, panels
from denoise_core.lessons.experiments import coloured_noise, comparison, context, copying, leakage, one_sided, spikes, stopping
from denoise_core.lessons.lesson import Lesson
from denoise_core.lessons.snapshots import Choice, Snapshot, load

_MODULES = (copying, one_sided, context, stopping, spikes, coloured_noise, leakage, comparison)
LESSONS: dict[int, Lesson] = {module.LESSON.number: module.LESSON for module in _MODULES}
"""Number -> lesson."""


@lru_cache(maxsize=16)
def snapshot(number: int) -> Snapshot:
    """What the trainings of that lesson gave; read once, and shared."""
    lesson = LESSONS[number]
    return load(lesson.name, lesson.axes)


def picture(number: int, choice: Choice, *, large: bool = False) -> Figure:
    """The figure of a lesson; `large` for a projector."""
    lesson = LESSONS[number]
    alt = f"{lesson.title}. {' '.join(explain(number, choice))}"
    return panels(lesson.rows(snapshot(number), choice), alt=alt, name=f"lesson-{number}", large=large)


def explain(number: int, choice: Choice) -> tuple[str, str, str]:
    """Three sentences on what was measured."""
    return LESSONS[number].findings(snapshot(number), choice)
