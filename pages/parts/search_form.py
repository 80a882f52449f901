"""Try variations: which settings are varied, for how long, and the button that starts the search."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

import denoise_core as dc
from denoise_core.assess.formatting import plural
from denoise_core.config import settings
from denoise_core.errors import DenoiseError, SettingsError
from denoise_core.suggestions.cost import in_words
from denoise_core.suggestions.settings import suggest_untaught
from denoise_core.tuning.plan import PRESETS, Budget, Plan, expected_minutes
from denoise_core.tuning.space import Space, few_values, nearest, searchable
from pages.parts import fields, state
from pages.parts.cached import keep_alive, store, studies
from pages.parts.messages import plain
from pages.parts.training_task import TrainingPlan

_GRID = "grid"


def show(plan: TrainingPlan, edited: dc.RunConfig, *, version: str) -> bool:
    """The choices and the button, whether it was pressed; nothing is computed while it is closed."""
    panel = st.expander("Try variations", icon=":material/manage_search:", key="variations", on_change="rerun")
    if not panel.open:
        return False
    with panel:
        st.caption(
            "Trains with many settings, one after the other, and keeps those that leave the least estimated error. "
            "The best are trained again with other seeds, so that luck does not win."
        )
        words = {**{name: preset.label for name, preset in PRESETS.items()}, _GRID: "Grid of values"}
        options: dict[str, Any] = {"format_func": words.get, "horizontal": True, "label_visibility": "collapsed"}
        chosen = st.radio("Search", list(words), index=1, key=f"search-kind@{version}", **options)
        labels = {path: spec.metadata["label"] for path, spec, _ in settings(edited)}
        search = _grid(edited, labels, version) if chosen == _GRID else _by_time(chosen, edited, labels, version)
        if search is None:
            return False
        search = replace(search, suggested=edited == plan.config and plan.kept is None)
        if plan.networks > 1:
            st.caption(plain(f"The search is on {plan.columns[0]}; its settings can be used for the others."))
        icon, given = ":material/play_arrow:", (plan, search)
        return st.button("Start the search", type="primary", icon=icon, key="search", on_click=_start, args=given)


def _by_time(name: str, edited: dc.RunConfig, labels: dict[str, str], version: str) -> Plan | None:
    preset = PRESETS[name]
    what, how_long = st.columns([4, 1])
    key = f"search-what-{name}@{version}"
    help = "The other settings stay as they are in the form above."
    offered, label = list(searchable(edited)), labels.__getitem__
    paths = what.multiselect("Settings to vary", offered, preset.settings, format_func=label, key=key, help=help)
    key = f"search-minutes-{name}@{version}"
    help = "The search uses every free processor core for this long, the checks of the best included."
    minutes = how_long.number_input("Minutes", 0.5, 1440.0, preset.minutes, step=1.0, key=key, format="%.3g", help=help)
    if not paths:
        st.caption("Choose at least one setting.")
        return None
    return preset.plan(edited, minutes=minutes, space=Space.of(paths, edited))


def _grid(edited: dc.RunConfig, labels: dict[str, str], version: str) -> Plan | None:
    """Values picked for each setting; how many runs that makes, and how long they take."""
    paths = st.multiselect(
        "Settings to vary",
        list(searchable(edited)),
        ["window.length"],
        format_func=labels.__getitem__,
        key=f"grid-what@{version}",
    )
    known = {path: spec for path, spec, _ in settings(edited)}
    given: dict[str, list[Any]] = {}
    for cell, path in zip(st.columns(max(len(paths), 1)), paths, strict=False):
        offered, first = few_values(path, edited)
        given[path] = cell.multiselect(
            labels[path],
            offered,
            first,
            format_func=partial(_in_words, known[path].metadata["words"]),
            key=f"grid-{path}@{version}",
        )
    try:
        plan = PRESETS["quick"].plan(edited, space=Space.of(given, edited), budget=Budget(), sampler=_GRID, pruner="none")
        plan.check(samples=10**9)
        minutes = expected_minutes(plan, slots=len(studies().slots()), expected_seconds=store().expected_seconds)
    except SettingsError as error:
        for fault in error.problems:
            st.caption(plain(fields.in_labels(fault)))
        return None
    st.caption(f"{plural(int(plan.space.points), 'run')}, {in_words(60.0 * minutes)} with the checks of the best.")
    return plan


def _in_words(words: dict[str, str], value: Any) -> str:
    return words.get(value, value) if isinstance(value, str) else f"{value:g}"


def _start(plan: TrainingPlan, search: Plan) -> None:
    """Begin the search; the same press never begins two."""
    session = state.current()
    try:
        data, config = next(iter(plan.trainings(search.start)))
        also = [suggest_untaught(plan.series, stated=plan.told)] if search.suggested and search.sampler != _GRID else []
        study_id = studies().submit(
            data,
            replace(search, start=config, first=tuple(nearest(search.space, one) for one in also)),
            owner=session.workspace,
            title=f"{plan.source.file_name}: {', '.join(series.name for series in data.to_denoise)}",
            source=plan.source,
            token=session.start_token,
        )
    except DenoiseError as error:
        faults = error.problems if isinstance(error, SettingsError) else [str(error)]
        state.fail(*map(fields.in_labels, faults))
        return
    keep_alive()
    state.change(study=study_id, source=plan.source)
