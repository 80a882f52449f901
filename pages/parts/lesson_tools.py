"""What can be done with a lesson: new noise, its link, its code, a notebook, and the same training now."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from denoise_core.errors import DenoiseError
from denoise_core.lessons import NOISE, notebook
from pages.parts import lesson_state, live, messages, state
from pages.parts.cached import lesson_findings, store, submit_lesson
from pages.parts.components import component
from pages.parts.lesson_state import Shown

_COPY = component("denoise_copy_link", html='<button class="denoise-copy" type="button"></button>', beside="copy_link")


def new_noise(now: Shown) -> None:
    """The button that repeats the experiment with other random numbers."""
    at = NOISE.values.index(now.choice[NOISE.name]) + 1
    label = f"New noise ({at} of {len(NOISE.values)})"
    st.button(label, icon=":material/casino:", key="lesson-noise", on_click=lesson_state.new_noise, help=NOISE.help)


def copy_link(now: Shown) -> None:
    """The button that copies the link to what is shown."""
    _COPY(key="lesson-link-button", data=urlencode(now.query).encode())


def show(now: Shown) -> None:
    """Run it live, the code, and the notebook."""
    with st.container(horizontal=True):
        hint = "Trains the same network now, in the queue. The picture above stays."
        icon = ":material/play_arrow:"
        st.button("Run it live", icon=icon, key="lesson-run", help=hint, on_click=_run, args=(now,))
        source = now.lesson.code(now.choice)
        st.download_button(
            "Open in a notebook",
            data=partial(_notebook, now, source),
            file_name=f"lesson_{now.number}_{now.lesson.name}.ipynb",
            mime="application/x-ipynb+json",
            icon=":material/book:",
            on_click="ignore",
            key="lesson-notebook",
        )
    with st.expander("Show the code", icon=":material/code:", key=f"lesson-code-{now.number}"):
        st.code(source, language="python")
    _live(now)


def _notebook(now: Shown, source: str) -> str:
    return notebook(now.lesson.title, now.lesson.question, source, lesson_findings(now.number, now.choice))


def _run(now: Shown) -> None:
    try:
        state.put(_run_key(now), submit_lesson(now.number, now.choice, owner=state.current().workspace))
    except DenoiseError as error:
        state.put("lesson-fault", str(error))


def _live(now: Shown) -> None:
    """The training of this lesson that was started last, as it runs."""
    if fault := state.value("lesson-fault"):
        state.put("lesson-fault", None)
        st.error(messages.plain(fault), icon=":material/error:")
    run_id = state.value(_run_key(now))
    if run_id is None:
        return
    with messages.report_errors():
        run = store().run(run_id)
        live.watch(run)
        if run.has_result:
            link = state.link(run=run.id)
            st.page_link("pages/result.py", label="See the result of this run", icon=":material/task_alt:", query_params=link)


def _run_key(now: Shown) -> str:
    return f"lesson-run-{now.number}"
