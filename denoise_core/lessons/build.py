"""Trains all that the lessons show, with fixed seeds, and writes the snapshots; what was trained before is not trained again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from denoise_core.lessons.lesson import Lesson
from denoise_core.lessons.snapshots import FOLDER, Choice, cells, save
from denoise_core.series import Float64Array


def build(lessons: Iterable[Lesson], *, work: Path, report: Callable[[str], None]) -> None:
    """Write the snapshot of each lesson.

    Parameters
    ----------
    work : Path
        Where each training's outcome is kept, so that a build that was interrupted goes on from there. An outcome is used again
        only for the same data and settings; delete the folder after a change of what is measured.
    """
    for lesson in lessons:
        began, measured = time.process_time(), []
        todo = list(cells(lesson.axes))
        for i, choice in enumerate(todo, start=1):
            measured.append(_measured(lesson, {**lesson.default, **choice}, work))
            report(f"{lesson.number} {lesson.name}: {i} of {len(todo)}, {time.process_time() - began:.0f} s of processor time")
        path = FOLDER / f"{lesson.name}.npz"
        save(path, lesson.axes, measured)
        report(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def _measured(lesson: Lesson, choice: Choice, work: Path) -> dict[str, Float64Array]:
    made = lesson.experiment(choice)
    said = f"{lesson.name} {sorted(choice.items())} {made.config.to_json()}".encode()
    path = work / lesson.name / f"{hashlib.sha256(said + made.series.values.tobytes()).hexdigest()[:24]}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, **lesson.measure(choice))  # type: ignore[arg-type]
        part.replace(path)
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
