"""One lesson on the page: question, controls, picture, what was measured, and what it means for a recording of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from denoise_core.lessons import LESSONS, Control
from pages.parts import chart, how_it_works, lesson_state, lesson_tools, state
from pages.parts.cached import lesson_findings, lesson_picture
from pages.parts.lesson_state import HOW_IT_WORKS, Shown
from pages.parts.messages import plain
from pages.parts.setup import PAGES

_CLASSROOM_CSS = (Path(__file__).parent / "classroom.css").read_text()
_TITLES = {HOW_IT_WORKS: "How it works", **{number: f"{number}. {lesson.title}" for number, lesson in LESSONS.items()}}


def show() -> None:
    """The whole page below its bar; reruns by itself when a control moves."""
    now = lesson_state.shown()
    if now.classroom:
        st.html(f"<style>{_CLASSROOM_CSS}</style>")
    if now.classroom or now.number == HOW_IT_WORKS:
        _stacked(now)
    else:
        _side_by_side(now)
    lesson_state.follow()


def _side_by_side(now: Shown) -> None:
    left, right = st.columns([1, 3], gap="medium")
    with left:
        _picker(now)
        _notes(now)
        _question(now)
        _controls(now)
        with st.container(horizontal=True):
            _buttons(now)
    with right:
        st.header(now.lesson.title, anchor=False)
        _picture(now, height=440)
        _words(now)


def _stacked(now: Shown) -> None:
    """For a projector: one column, the controls in a row above the picture."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="lesson-bar"):
        _picker(now)
        _buttons(now)
    _notes(now)
    if now.number == HOW_IT_WORKS:
        how_it_works.show()
        return
    _question(now)
    with st.container(key="lesson-controls"):
        cells = st.columns(len(now.lesson.own), vertical_alignment="bottom")
        for cell, control in zip(cells, now.lesson.own, strict=True):
            with cell:
                _widget(control, now)
    _picture(now, height=440)
    _words(now)


def _picker(now: Shown) -> None:
    state.put("lesson-number", now.number)
    options: dict[str, Any] = {"format_func": _TITLES.__getitem__, "key": "lesson-number", "on_change": lesson_state.open_lesson}
    st.selectbox("Lesson", list(_TITLES), args=("lesson-number",), **options)


def _notes(now: Shown) -> None:
    for note in now.notes:
        st.warning(plain(note), icon=":material/link:")


def _question(now: Shown) -> None:
    st.markdown(f"**{now.lesson.question}**")
    st.markdown(f":material/psychology_alt: *Predict first:* {now.lesson.predict}")


def _controls(now: Shown) -> None:
    for control in now.lesson.own:
        _widget(control, now)


def _widget(control: Control, now: Shown) -> None:
    key = f"lesson-{now.number}-{control.name}"
    state.put(key, now.choice[control.name])
    options: dict[str, Any] = {"format_func": control.text, "key": key, "help": control.help}
    options |= {"on_change": lesson_state.set_control, "args": (control, key)}
    if control.is_number:
        st.select_slider(control.label, list(control.values), **options)
    else:
        st.radio(control.label, list(control.values), horizontal=now.classroom, **options)


def _buttons(now: Shown) -> None:
    if now.number != HOW_IT_WORKS:
        lesson_tools.new_noise(now)
        st.button(
            "Reset", icon=":material/restart_alt:", key="lesson-reset", on_click=lesson_state.reset, help="Back to the link."
        )
    lesson_tools.copy_link(now)
    state.put("lesson-classroom", now.classroom)
    hint = "Large type and thick lines, for a projector."
    st.toggle("Classroom", key="lesson-classroom", help=hint, on_change=lesson_state.set_classroom, args=("lesson-classroom",))


def _picture(now: Shown, *, height: int) -> None:
    figure = lesson_picture(now.number, now.choice, large=now.classroom)
    chart.draw(figure, key="lesson-picture", height=height, toolbar=not now.classroom)


def _words(now: Shown) -> None:
    st.markdown(" ".join(plain(sentence) for sentence in lesson_findings(now.number, now.choice)))
    title, icon = PAGES[now.lesson.page]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**On your data:** {plain(now.lesson.on_your_data)}", width="stretch")
        st.page_link(now.lesson.page, label=title, icon=icon, query_params=state.link())
    lesson_tools.show(now)
