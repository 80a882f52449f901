"""Widgets for what a network is trained on and for: recipe, learning goal, columns, clean columns, further files."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from denoise_core.assess.formatting import plural
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.errors import DenoiseError
from denoise_core.jobs import Source
from denoise_core.suggestions import RECIPES
from pages.parts import state
from pages.parts.cached import USUAL, keep_upload, recording
from pages.parts.messages import in_sentence, plain
from pages.parts.training_task import TrainingPlan, clean_column_of

COLOURS = {"white": "White", "coloured": "Coloured"}
_TOGETHER = {True: "One network for all columns", False: "One network per column"}
_CLEAN = {False: "The file has clean columns", True: "This recording is clean: add noise to it"}


def panel(plan: TrainingPlan) -> None:
    """One line that says what is trained on, and opens to change it."""
    with st.expander(plain(in_words(plan)), icon=":material/school:", key="task"):
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
    """What is trained on, in one line."""
    goal, files = OBJECTIVES[plan.goal].label, len(plan.task.more)
    said = [f"Training data: {', '.join(plan.columns)} · {in_sentence(goal)}"]
    if plan.task.recipe != USUAL:
        said.append(RECIPES[plan.task.recipe].label)
    if plan.networks > 1:
        said.append(f"{plan.networks} networks")
    if files and not plan.noise:
        said.append(plural(files, "more file"))
    return " · ".join(said)


def _recipe(plan: TrainingPlan) -> None:
    names, key = list(RECIPES), _key("recipe")
    labels = {name: recipe.label for name, recipe in RECIPES.items()}
    options: dict[str, Any] = {
        "index": names.index(plan.task.recipe),
        "format_func": labels.get,
        "on_change": _set,
        "args": ("recipe", key),
    }
    st.selectbox("Recipe", names, key=key, help="Fills in all the settings below.\n" + _help_list(RECIPES), **options)


def _goal(plan: TrainingPlan) -> None:
    # Each recipe has its own goal, so another recipe needs a new widget.
    names, key = list(OBJECTIVES), _key("goal", plan.task.recipe)
    labels = {name: objective.label for name, objective in OBJECTIVES.items()}
    options: dict[str, Any] = {
        "index": names.index(plan.goal),
        "format_func": labels.get,
        "on_change": _set,
        "args": ("goal", key),
    }
    st.selectbox("Learning goal", names, key=key, help=_help_list(OBJECTIVES), **options)


def _columns(plan: TrainingPlan) -> None:
    """Which columns, and whether they share a network; only a caption where the file has one."""
    names, key = list(recording(plan.source).channels), _key("columns")
    repeats = OBJECTIVES[plan.goal].target == "others"
    if len(names) < 2:
        st.caption("The file has only one column.")
        return
    label = "Columns that repeat one measurement" if repeats else "Columns"
    hint = "The first column is shown during training, and the settings below are suggested from it."
    options: dict[str, Any] = {"placeholder": plan.source.column, "help": hint, "on_change": _set, "args": ("columns", key)}
    st.multiselect(label, names, list(plan.columns), key=key, **options)
    if len(plan.columns) > 1 and not repeats and not plan.noise:
        key = _key("together")
        options = {"index": int(not plan.task.together), "format_func": _TOGETHER.get, "horizontal": True}
        st.radio(
            "Networks",
            list(_TOGETHER),
            key=key,
            on_change=_set,
            args=("together", key),
            label_visibility="collapsed",
            **options,
        )


def _clean(plan: TrainingPlan) -> None:
    """What the clean version is: other columns, or the recording itself, to which noise is added."""
    key, adds = _key("adds"), bool(plan.noise)
    options: dict[str, Any] = {"index": int(adds), "format_func": _CLEAN.get, "horizontal": True, "label_visibility": "collapsed"}
    st.radio("Clean version", list(_CLEAN), key=key, on_change=_add_noise, args=(key,), **options)
    if adds:
        _noise(plan)
        return
    cells = st.columns(3)
    for at, column in enumerate(plan.columns):
        names = [name for name in recording(plan.source).channels if name != column]
        found, key = clean_column_of(plan.task, plan.source, column), _key("clean", column)
        options = {"index": names.index(found) if found in names else None, "placeholder": "Choose"}
        cells[at % 3].selectbox(
            f"Clean version of {plain(column)}", names, key=key, on_change=_set_clean, args=(column, key), **options
        )


def _noise(plan: TrainingPlan) -> None:
    colour, level, _ = st.columns(3)
    key = _key("noise")
    options: dict[str, Any] = {
        "index": list(COLOURS).index(plan.noise),
        "format_func": COLOURS.get,
        "on_change": _set,
        "args": ("noise", key),
    }
    help = "White: noise samples are independent. Coloured: neighbouring noise samples are correlated, as after a slow sensor."
    colour.selectbox("Added noise", list(COLOURS), key=key, help=help, **options)
    key, hint = _key("snr"), "Standard deviation of the clean signal over that of the noise: 3 is strong noise, 10 is weak."
    level.number_input(
        "Signal-to-noise ratio",
        0.1,
        1000.0,
        plan.task.snr,
        key=key,
        help=hint,
        format="%.3g",
        on_change=_set,
        args=("snr", key),
    )


def _more(plan: TrainingPlan) -> None:
    """Further files with the same columns."""
    files = plan.task.more
    key = _key("more", str(len(files)))
    hint = "They are used for training only; the result is for the file above. They need columns with the same names."
    label = "More files to train on"
    if uploads := st.file_uploader(label, accept_multiple_files=True, key=key, help=hint):
        _take(plan, [(upload.getvalue(), upload.name) for upload in uploads])
        st.rerun()
    if files:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain("Also trained on: " + ", ".join(source.file_name for source in files)))
            st.button("Remove them", type="tertiary", key=_key("fewer"), on_click=state.change_task, kwargs={"more": ()})


def _take(plan: TrainingPlan, uploads: list[tuple[bytes, str]]) -> None:
    """Add further files; if one cannot be used, say why and add none."""
    added = []
    for data, name in uploads:
        try:
            owner, options = state.current().workspace, plan.source.options
            source = keep_upload(data, name, owner=owner, options=options, check=partial(_check_columns, plan.columns))
        except DenoiseError as error:
            return state.retry(str(error))
        added.append(source)
    return state.change_task(more=(*plan.task.more, *added))


def _check_columns(columns: tuple[str, ...], source: Source) -> None:
    for column in columns:
        recording(source)[column].check_usable()


def _set(name: str, key: str) -> None:
    value: Any = state.value(key)
    state.change_task(**{name: tuple(value) if isinstance(value, list) else value})


def _add_noise(key: str) -> None:
    state.change_task(noise="white" if state.value(key) else "")


def _set_clean(column: str, key: str) -> None:
    state.change_task(clean={**state.current().task.clean, column: state.value(key)})


def _help_list(table: Any) -> str:
    return "\n".join(f"- **{item.label}**: {item.help}" for item in table.values())


def _key(name: str, more: str = "") -> str:
    return f"{name}-{more}@{state.current().edits}"
