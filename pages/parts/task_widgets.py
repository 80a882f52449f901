"""Widgets for what a network learns from: recipe, goal, columns, clean values, further files. Knows no setting."""

from __future__ import annotations

from typing import Any

import streamlit as st

from denoise_core.config.objectives import OBJECTIVES
from denoise_core.errors import DenoiseError
from denoise_core.jobs import Source
from denoise_core.suggestions import RECIPES
from pages.parts import state
from pages.parts.cached import USUAL, recording, store
from pages.parts.training_task import TrainingPlan, clean_column_of

COLOURS = {"white": "White", "coloured": "Coloured"}
_TOGETHER = {True: "One network for all", False: "One network each"}
_CLEAN = {False: "There are clean columns", True: "This recording is clean: add noise"}


def panel(plan: TrainingPlan) -> None:
    """One line that says what is learnt from, and opens to change it."""
    with st.expander(in_words(plan), icon=":material/school:", key="task"):
        # Side by side, so that the button that starts stays in sight on a small screen.
        ways, columns = st.columns([2, 1])
        with columns:
            _columns(plan)
        with ways:
            recipe, goal = st.columns(2)
            with recipe:
                _recipe(plan)
            with goal:
                _goal(plan)
            if OBJECTIVES[plan.goal].target == "clean":
                _clean(plan)
            if not plan.noise:
                _more(plan)


def in_words(plan: TrainingPlan) -> str:
    """What is learnt from, in one line."""
    goal, files = OBJECTIVES[plan.goal].label, len(plan.task.more)
    said = [f"What it learns from: {', '.join(plan.columns)} · {goal}"]
    if plan.task.recipe != USUAL:
        said.append(RECIPES[plan.task.recipe].label)
    if plan.networks > 1:
        said.append(f"{plan.networks} networks")
    if files and not plan.noise:
        said.append("1 more file" if files == 1 else f"{files} more files")
    return " · ".join(said)


def _recipe(plan: TrainingPlan) -> None:
    names, key = list(RECIPES), _key("recipe")
    labels = {name: recipe.label for name, recipe in RECIPES.items()}
    options = {"index": names.index(plan.task.recipe), "format_func": labels.get, "on_change": _turn, "args": ("recipe", key)}
    st.selectbox("Recipe", names, key=key, help="Fills every setting below.\n" + _helps(RECIPES), **options)


def _goal(plan: TrainingPlan) -> None:
    # A recipe has a goal of its own, so another one needs the choice shown anew.
    names, key = list(OBJECTIVES), _key("goal", plan.task.recipe)
    labels = {name: objective.label for name, objective in OBJECTIVES.items()}
    options = {"index": names.index(plan.goal), "format_func": labels.get, "on_change": _turn, "args": ("goal", key)}
    st.selectbox("Learning goal", names, key=key, help=_helps(OBJECTIVES), **options)


def _columns(plan: TrainingPlan) -> None:
    """Which columns, and whether they share a network; nothing where the file has one."""
    names, key = list(recording(plan.source).channels), _key("columns")
    repeats = OBJECTIVES[plan.goal].target == "others"
    if len(names) < 2:
        st.caption("The file has one column.")
        return
    label = "Columns that repeat the same thing" if repeats else "Columns"
    hint = "The first one is shown while it trains; the settings below are suggested from it."
    options = {"placeholder": plan.source.column, "help": hint, "on_change": _turn, "args": ("columns", key)}
    st.multiselect(label, names, list(plan.columns), key=key, **options)
    if len(plan.columns) > 1 and not repeats and not plan.noise:
        key = _key("together")
        options = {"index": int(not plan.task.together), "format_func": _TOGETHER.get, "horizontal": True}
        st.radio(
            "Networks", list(_TOGETHER), key=key, on_change=_turn, args=("together", key), label_visibility="collapsed", **options
        )


def _clean(plan: TrainingPlan) -> None:
    """Where the clean values come from: columns, or the recording itself with noise added."""
    key, adds = _key("adds"), bool(plan.noise)
    options = {"index": int(adds), "format_func": _CLEAN.get, "horizontal": True, "label_visibility": "collapsed"}
    st.radio("Clean values", list(_CLEAN), key=key, on_change=_add_noise, args=(key,), **options)
    if adds:
        _noise(plan)
        return
    cells = st.columns(3)
    for at, column in enumerate(plan.columns):
        names = [name for name in recording(plan.source).channels if name != column]
        found, key = clean_column_of(plan.task, plan.source, column), _key("clean", column)
        options = {"index": names.index(found) if found in names else None, "placeholder": "Choose"}
        cells[at % 3].selectbox(f"Clean values of {column}", names, key=key, on_change=_pair, args=(column, key), **options)


def _noise(plan: TrainingPlan) -> None:
    colour, strength, _ = st.columns(3)
    key = _key("noise")
    options = {"index": list(COLOURS).index(plan.noise), "format_func": COLOURS.get, "on_change": _turn, "args": ("noise", key)}
    help = "White: each sample's noise is its own. Coloured: neighbouring noise samples are alike, as after a slow sensor."
    colour.selectbox("Added noise", list(COLOURS), key=key, help=help, **options)
    key, hint = _key("snr"), "Spread of the clean signal over that of the noise: 3 is strong noise, 10 is little."
    strength.number_input(
        "Signal to noise", 0.1, 1000.0, plan.task.snr, key=key, help=hint, format="%.3g", on_change=_turn, args=("snr", key)
    )


def _more(plan: TrainingPlan) -> None:
    """Further files with the same columns."""
    files = plan.task.more
    key = _key("more", str(len(files)))
    hint = "They only teach: the result is that of the file above. They need columns of the same names."
    label = "More files to learn from"
    if uploads := st.file_uploader(label, accept_multiple_files=True, key=key, help=hint):
        _take(plan, [(upload.getvalue(), upload.name) for upload in uploads])
        st.rerun()
    if files:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Also learnt from: " + ", ".join(source.file_name for source in files))
            st.button("Leave them out", type="tertiary", key=_key("fewer"), on_click=state.change_task, kwargs={"more": ()})


def _take(plan: TrainingPlan, uploads: list[tuple[bytes, str]]) -> None:
    """Keep further files; the first that cannot be used is told in words, and none is taken."""
    found = []
    for data, name in uploads:
        try:
            source = Source(input=store().put_input(data, name), file_name=name, options=plan.source.options)
            for column in plan.columns:
                recording(source)[column].check_usable()
        except DenoiseError as error:
            return state.retry(str(error))
        found.append(source)
    return state.change_task(more=(*plan.task.more, *found))


def _turn(name: str, key: str) -> None:
    value: Any = state.value(key)
    state.change_task(**{name: tuple(value) if isinstance(value, list) else value})


def _add_noise(key: str) -> None:
    state.change_task(noise="white" if state.value(key) else "")


def _pair(column: str, key: str) -> None:
    state.change_task(clean={**state.current().task.clean, column: state.value(key)})


def _helps(table: Any) -> str:
    return "\n".join(f"- **{item.label}**: {item.help}" for item in table.values())


def _key(name: str, more: str = "") -> str:
    return f"{name}-{more}@{state.current().edits}"
