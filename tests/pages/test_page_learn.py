"""The Learn page: links, controls, noise, reset, classroom, code, and a training of a lesson in the queue."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from denoise_core.lessons import LESSONS, explain
from tests.pages.conftest import ROOT
from tests.pages.test_page_signal import drawn, words

CLASS = {"lesson": "4", "epoch": "30", "patience": "5", "seed": "2", "classroom": "1"}


@pytest.fixture
def learn():
    """``learn(lesson="6", ...)`` is the page as that link opens it."""

    def _open(**query):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        app.switch_page("pages/learn.py")
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return _open


def button(app, label):
    return next(button for button in app.button if button.label.startswith(label))


def shown(app):
    """The URL's parameters."""
    return {name: value if isinstance(value, str) else value[0] for name, value in dict(app.query_params).items()}


def said(number, choice):
    return " ".join(explain(number, choice))


def plain(text):
    return re.sub(r"\\(?=\W)|\u2060", "", text)


@pytest.mark.parametrize("number", LESSONS)
def test_every_lesson_shows_its_question_picture_findings_and_code_at_once(learn, number):
    lesson, app = LESSONS[number], learn(lesson=str(number))
    text = words(app)
    for part in (lesson.question, lesson.predict, lesson.on_your_data, said(number, lesson.default)):
        assert part in text
    assert [header.value for header in app.header] == [lesson.title]
    assert app.code[0].value == lesson.code(lesson.default).rstrip()
    assert drawn(app)["layout"]["meta"]["alt"].startswith(lesson.title)
    assert not app.warning


def test_a_link_carries_the_whole_state_and_the_page_keeps_it_in_the_url(learn):
    app = learn(**CLASS)
    assert app.select_slider(key="lesson-4-epoch").value == 30
    assert app.toggle(key="lesson-classroom").value
    assert shown(app) == CLASS
    assert drawn(app)["layout"]["font"]["size"] >= 18


def test_moving_a_control_changes_picture_words_and_url(learn):
    app = learn(lesson="4")
    before = drawn(app)["data"]
    app.select_slider(key="lesson-4-epoch").set_value(5).run()
    assert shown(app)["epoch"] == "5"
    assert drawn(app)["data"] != before
    assert said(4, {"epoch": 5, "patience": 10, "seed": 1}) in words(app)


def test_hand_edited_links_get_the_nearest_and_say_so_until_something_is_changed(learn):
    app = learn(lesson="4", epoch="77.4", patience="long", seed="99")
    told = plain("\n".join(warning.value for warning in app.warning))
    assert "epoch=77.4" in told
    assert "patience=long" in told
    assert "seed=99" in told
    assert shown(app) == {"lesson": "4", "epoch": "77", "patience": "10", "seed": "3"}
    app.select_slider(key="lesson-4-epoch").set_value(5).run()
    assert not app.warning


@pytest.mark.parametrize(("asked", "number"), [("99", max(LESSONS)), ("-1", 0), ("two", 1), ("2.4", 2), ("1e999", max(LESSONS))])
def test_a_lesson_that_is_not_there_becomes_the_nearest(learn, asked, number):
    app = learn(lesson=asked)
    assert f"lesson {number} is shown" in app.warning[0].value
    assert shown(app)["lesson"] == str(number)


def test_new_noise_goes_round_and_reset_returns_to_the_link(learn):
    app = learn(lesson="1", blind="on", epoch="7", seed="2")
    seeds = []
    for _ in range(3):
        button(app, "New noise").click().run()
        seeds.append(shown(app)["seed"])
    assert seeds == ["3", "1", "2"]
    app.radio(key="lesson-1-blind").set_value("off").run()
    app.selectbox(key="lesson-number").set_value(4).run()
    assert shown(app)["lesson"] == "4"
    button(app, "Reset").click().run()
    assert shown(app) == {"lesson": "1", "blind": "on", "epoch": "7", "seed": "2"}


def test_another_lesson_begins_with_its_own_values(learn):
    app = learn(lesson="1")
    app.selectbox(key="lesson-number").set_value(2).run()
    assert shown(app) == {"lesson": "2", "sides": "classic", "zoom": "beat", "seed": "1"}
    app.selectbox(key="lesson-number").set_value(0).run()
    assert shown(app) == {"lesson": "0"}
    assert app.header[0].value == "How it works"


def test_running_a_lesson_live_queues_the_same_training_with_the_truth_beside_it(learn, store):
    app = learn(lesson="2", sides="both")
    button(app, "Run it live").click().run()
    assert not app.exception
    lesson = LESSONS[2]
    made = lesson.experiment({**lesson.default, "sides": "both"})
    (run,) = store.runs(app.session_state["denoise"].workspace)
    assert run.spec.config == made.config
    assert run.spec.title == f"Lesson 2: {lesson.title}"
    assert (store.series(run.id).values == made.series.values).all()
    assert "Waiting: place 1" in json.dumps([item.proto.text for item in app.get("progress")])


def test_a_snapshot_is_read_once_for_all_who_look_at_it(learn, monkeypatch):
    from denoise_core.lessons import catalogue

    reads, load = [], catalogue.load
    catalogue.snapshot.cache_clear()
    monkeypatch.setattr(catalogue, "load", lambda *a: reads.append(a[0]) or load(*a))
    for _ in range(2):
        learn(lesson="2", sides="past")
    assert reads == ["one_sided"]
