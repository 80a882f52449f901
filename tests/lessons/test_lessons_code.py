"""The program that a lesson shows runs, and is about the lesson's own data and settings."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from denoise_core.config import RunConfig, settings
from denoise_core.lessons import LESSONS, explain, notebook, to_csv
from denoise_core.lessons.settings import SMALL

pytestmark = pytest.mark.slow


def shortened(source):
    """The same program with a training of three steps."""
    source, count = re.subn(r'"training.epochs": \d+', '"training.epochs": 1', source)
    assert count == 1
    return re.sub(r'"training.steps_per_epoch": \d+', '"training.steps_per_epoch": 3', source)


@pytest.mark.parametrize("number", LESSONS)
def test_the_program_of_a_lesson_runs_on_its_data_with_its_settings(number, capsys):
    lesson = LESSONS[number]
    for choice in ({control.name: control.values[at] for control in lesson.controls} for at in (0, -1)):
        made, names = lesson.experiment(choice), {}
        exec(compile(shortened(lesson.code(choice)), f"lesson {number}", "exec"), names)
        np.testing.assert_array_equal(names["series"].values, made.series.values)
        same = RunConfig.from_json(names["config"].to_json())
        for path in ("training.epochs", "training.steps_per_epoch"):
            group, name = path.split(".")
            same = same.replace(path, getattr(getattr(made.config, group), name))
        assert same == made.config
    assert re.search(r"\d\.\d", capsys.readouterr().out) or number == 4


@pytest.mark.parametrize("number", LESSONS)
def test_the_last_line_of_a_program_is_its_picture(number):
    lesson = LESSONS[number]
    assert lesson.code(lesson.default).rstrip().splitlines()[-1].startswith("go.Figure(")


@pytest.mark.parametrize("number", LESSONS)
def test_the_notebook_holds_the_program_and_what_was_found(number):
    lesson = LESSONS[number]
    source, said = lesson.code(lesson.default), explain(number, lesson.default)
    book = json.loads(notebook(lesson.title, lesson.question, source, said))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    kinds = [cell["cell_type"] for cell in book["cells"]]
    assert kinds[0] == kinds[-1] == "markdown"
    code = "\n\n".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code")
    assert "".join(code.split()) == "".join(source.split())
    assert all(sentence in "".join(book["cells"][-1]["source"]) for sentence in said)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])


def test_every_setting_of_the_lessons_is_named_so_that_no_default_changes_them():
    inapplicable = {"model.heads", "model.positions", "training.seed"}
    assert {path for path, _, _ in settings(RunConfig())} - inapplicable <= set(SMALL)


@pytest.mark.parametrize("number", LESSONS)
def test_the_file_of_a_lesson_holds_its_series_to_the_last_digit(number):
    import denoise_core as dc

    lesson = LESSONS[number]
    data, name = to_csv(lesson, lesson.default)
    made, read = lesson.experiment(lesson.default), dc.read(data, name=name)
    np.testing.assert_array_equal(read[made.series.name].values, made.series.values)
    np.testing.assert_array_equal(read[f"{made.series.name}_true"].values, made.clean)
