"""The snapshots hold every picture that the controls can ask for, small and in finite numbers."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from denoise_core.lessons import LESSONS, explain, picture, snapshot
from denoise_core.lessons.snapshots import FOLDER, Snapshot, cells, load, save

SIZE_LIMIT = 10e6


def choices(number):
    """Each combination of the trained controls, and the ends of those that only select."""
    lesson = LESSONS[number]
    selecting = {
        control.name: tuple({control.values[0], control.values[-1]}) for control in lesson.controls if not control.trained
    }
    return list(cells({**lesson.axes, **selecting}))


def numbers(trace, axis):
    return np.frombuffer(base64.b64decode(trace[axis]["bdata"]), dtype="<f8")


def test_there_are_eight_lessons_of_three_noises_and_one_or_two_controls_or_three():
    assert list(LESSONS) == list(range(1, 9))
    for lesson in LESSONS.values():
        assert lesson.controls[-1].name == "seed"
        assert len(lesson.controls[-1].values) >= 3
        assert len(lesson.own) == (3 if lesson.number == 8 else 2)
        assert (
            len({control.name for control in lesson.controls} | {"lesson", "classroom", "run", "series"})
            == len(lesson.controls) + 4
        )


def test_all_snapshots_together_are_small():
    assert 0 < sum(path.stat().st_size for path in FOLDER.glob("*.npz")) < SIZE_LIMIT
    assert {path.stem for path in FOLDER.glob("*.npz")} == {lesson.name for lesson in LESSONS.values()}


@pytest.mark.parametrize("number", LESSONS)
def test_every_choice_has_a_picture_and_three_sentences(number):
    for choice in choices(number):
        figure = picture(number, choice)
        for trace in figure["data"]:
            x, y = numbers(trace, "x"), numbers(trace, "y")
            assert len(x) == len(y) > 0
            assert np.isfinite(x).all()
            assert np.isfinite(y).any()
        said = explain(number, choice)
        assert len(said) == 3
        assert all(sentence.endswith(".") and "nan" not in sentence.split() for sentence in said), said
        assert said[0] in figure["layout"]["meta"]["alt"]


@pytest.mark.parametrize("number", LESSONS)
def test_a_picture_for_a_projector_has_thicker_lines_and_larger_type(number):
    choice = LESSONS[number].default
    usual, large = picture(number, choice), picture(number, choice, large=True)
    assert large["layout"]["font"]["size"] >= 18
    assert all(note["font"]["size"] >= 18 for note in large["layout"]["annotations"])
    for thin, thick in zip(usual["data"], large["data"], strict=True):
        assert thick["line"]["width"] > 1.5 * thin["line"]["width"]


@pytest.mark.parametrize("number", LESSONS)
def test_each_noise_and_each_setting_of_a_control_was_measured_by_itself(number):
    lesson, measured = LESSONS[number], snapshot(number)
    for name, values in lesson.axes.items():
        drawn = [
            str(sorted((key, array.tobytes()) for key, array in measured.at({**lesson.default, name: v}).items())) for v in values
        ]
        assert len(set(drawn)) == len(values), name


def test_what_is_saved_is_found_again_where_it_belongs(tmp_path, monkeypatch):
    axes = {"size": (1, 2), "seed": (1, 2, 3)}
    measured = [{"sum": np.array(float(c["size"] + 10 * c["seed"])), "line": np.full(5, float(c["seed"]))} for c in cells(axes)]
    save(tmp_path / "toy.npz", axes, measured)
    monkeypatch.setattr("denoise_core.lessons.snapshots.FOLDER", tmp_path)
    found = load("toy", axes)
    assert isinstance(found, Snapshot)
    assert found.at({"size": 2, "seed": 3})["sum"] == 32
    np.testing.assert_array_equal(found.along("size", {"size": 2, "seed": 3}, "sum"), [31, 32])
    np.testing.assert_array_equal(found.along("seed", {"size": 1, "seed": 3}, "line")[:, 0], [1, 2, 3])
