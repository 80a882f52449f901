"""Building snapshots: what is done is not done again, and the same settings give the same numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from denoise_core.lessons import LESSONS
from denoise_core.lessons.build import build
from denoise_core.lessons.snapshots import load

pytestmark = pytest.mark.slow


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Lesson 6 with two trainings of two epochs; the choices that were trained."""
    lesson, trained = LESSONS[6], []

    def experiment(choice):
        made = lesson.experiment(choice)
        return replace(made, config=made.config.replace("training.epochs", 2))

    def measure(choice):
        trained.append(dict(choice))
        return {"sd": np.array(experiment(choice).series.values.std())}

    own = tuple(replace(control, values=control.values[:1], default=control.values[0]) for control in lesson.own)
    for where in ("build", "snapshots"):
        monkeypatch.setattr(f"denoise_core.lessons.{where}.FOLDER", tmp_path)
    return replace(lesson, name="small", own=own, experiment=experiment, measure=measure), trained


def test_a_build_goes_on_where_it_was_interrupted(small, tmp_path):
    lesson, trained = small
    said = []
    build([lesson], work=tmp_path / "work", report=said.append)
    assert [choice["seed"] for choice in trained] == [1, 2, 3]
    next((tmp_path / "work" / "small").glob("*.npz")).unlink()
    build([lesson], work=tmp_path / "work", report=said.append)
    assert len(trained) == 4
    assert load("small", lesson.axes).arrays["sd"].shape == (1, 1, 3)
    assert any("3 of 3" in line for line in said)


def test_other_settings_are_trained_anew(small, tmp_path):
    lesson, trained = small
    build([lesson], work=tmp_path / "work", report=len)
    longer = replace(lesson, experiment=lambda choice: LESSONS[6].experiment(choice))
    build([longer], work=tmp_path / "work", report=len)
    assert len(trained) == 6


def test_a_lesson_measured_again_gives_the_numbers_of_its_snapshot_within_what_machines_differ():
    lesson = LESSONS[1]
    choice = {**lesson.default, "blind": "off"}
    kept = load(lesson.name, lesson.axes).at(choice)
    again = lesson.measure(choice)
    np.testing.assert_allclose(again["noisy"], kept["noisy"], atol=2e-3)
    np.testing.assert_allclose(again["loss"][:3], kept["loss"][:3], rtol=0.05)
    assert again["removed"][-1] < 0.2
