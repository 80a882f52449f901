"""A link carries a lesson's whole state; what it asks for that does not exist becomes the nearest, and is told."""

from __future__ import annotations

import pytest

from denoise_core.lessons import LESSONS, parse, to_query


@pytest.mark.parametrize("number", LESSONS)
def test_a_link_gives_back_the_choice_that_it_was_made_from(number):
    lesson = LESSONS[number]
    for last in (0, -1):
        choice = {control.name: control.values[last] for control in lesson.controls}
        assert parse(lesson, to_query(lesson, choice)) == (choice, ())


def test_the_link_of_a_class_is_the_one_in_the_notes():
    query = to_query(LESSONS[6], {"rho": 0.8, "gap": 3, "seed": 2}, classroom=True)
    assert query == {"lesson": "6", "rho": "0.8", "gap": "3", "seed": "2", "classroom": "1"}


@pytest.mark.parametrize(
    ("asked", "value"),
    [("0.79", 0.8), ("7", 0.95), ("-3", 0.0), ("inf", 0.95), ("nan", 0.8), ("much", 0.8), ("", 0.8), ("1e400", 0.95)],
)
def test_a_number_that_is_not_there_becomes_the_nearest_and_is_told(asked, value):
    choice, notes = parse(LESSONS[6], {"rho": asked})
    assert choice["rho"] == value
    (note,) = notes
    assert f"rho={asked}" in note
    assert f"{value:g}" in note


@pytest.mark.parametrize(
    ("asked", "value"), [("clasic", "classic"), ("BOTH", "both"), ("<script>", "classic"), ("x" * 999, "classic")]
)
def test_a_word_that_is_not_there_becomes_the_one_spelled_most_like_it_or_the_default(asked, value):
    choice, notes = parse(LESSONS[2], {"sides": asked})
    assert choice["sides"] == value
    assert len(notes) == 1
    assert len(notes[0]) < 150


def test_another_way_to_write_a_number_is_no_fault():
    assert parse(LESSONS[6], {"rho": "0.80", "gap": "3.0"})[1] == ()
