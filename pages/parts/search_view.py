"""A search while it runs and afterwards: what was found, how sure that is, and what every trial did."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from denoise_core import figures
from denoise_core.assess.formatting import plural
from denoise_core.config import settings
from denoise_core.errors import RunError
from denoise_core.jobs import StudyView
from denoise_core.tuning.trials import DONE, is_comparable
from pages.parts import chart, live, runs, state
from pages.parts.cached import keep_alive, store, studies
from pages.parts.messages import plain

_TOO_FEW = "Too few trials to tell which settings matter."
_MORE_MINUTES = 5.0


def watch(study: StudyView) -> None:
    """Everything about the search, refreshed each second until it has ended."""
    st.fragment(_look, run_every=None if study.ended else 1.0)(study.id, was_running=not study.ended)


def _look(study_id: str, *, was_running: bool) -> None:
    try:
        study = studies().study(study_id)
    except RunError:
        st.rerun()  # it was deleted meanwhile: the page says so
    if study.ended and was_running:
        st.rerun()
    keep_alive()
    _sentence(study)
    _progress(study)
    if study.ended:
        _decide(study)
    left, right = st.columns(2)
    with left:
        _history(study)
        _settings(study)
    with right:
        _curves(study)
        _importances(study)
    _best(study)


def _sentence(study: StudyView) -> None:
    """What was found, how sure, and how much better."""
    found = study.conclusion
    if found is None:
        return
    show, icon = (st.success, ":material/check_circle:") if found.recommended else (st.info, ":material/info:")
    show(plain(found.sentence), icon=icon)


def _progress(study: StudyView) -> None:
    words, buttons = st.columns([3, 2], vertical_alignment="center")
    words.progress(study.share if not study.ended else 1.0, text=plain(_words(study)))
    if study.status.reason:
        st.warning(plain(study.status.reason), icon=":material/info:")
    if study.ended or study.spec.owner != state.current().workspace:
        return
    with buttons, st.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Stop and keep the best",
            key="stop-search",
            type="primary",
            icon=":material/stop_circle:",
            help="Ends the search now. It can be continued later.",
            on_click=runs.attempt,
            args=(studies().stop, study.id),
        )


def _words(study: StudyView) -> str:
    """Where the search is, in one line."""
    ended = plural(len(study.searched), "trial")
    spent = live.duration(study.status.spent_s)
    if study.ended:
        return f"{'Stopped' if study.status.state == 'stopped' else 'Ended'} after {ended} and {spent}"
    if study.status.state == "queued":
        return "Starting the search…"
    doing = "Checking the best with other seeds" if study.phase == "checking" else "Searching"
    limit = study.spec.plan.budget.minutes
    of = f" of {live.duration(60.0 * limit)}" if limit else ""
    return f"{doing}: {ended} so far, {len(study.running)} under way, {spent}{of}{_waits_for(study)}"


def _waits_for(study: StudyView) -> str:
    """Why its trials do not start, where no other run is ahead of them."""
    with suppress(RunError):
        return next((f". Waiting: {why}" for one in study.running if (why := store().run(one.run).waits_for)), "")
    return ""


def _decide(study: StudyView) -> None:
    """What to do with what was found."""
    found, mine = study.conclusion, study.spec.owner == state.current().workspace
    with st.container(horizontal=True):
        if found is not None and any(record.number == found.number and record.state == DONE for record in study.records):
            better = found.recommended or found.networks > 1
            word = "Make this the result" if better else f"See the result of {study.spec.plan.start_name}"
            if st.button(word, type="primary", icon=":material/task_alt:", key="use-result"):
                st.switch_page("pages/result.py", query_params=state.link(run=study.run_of(found.number)))
            if found.recommended:
                st.button("Use these settings", icon=":material/tune:", key="use-settings", on_click=_use, args=(study,))
        if mine:
            help = "Goes on where it ended, with what it knows."
            st.button(
                f"Search {_MORE_MINUTES:g} minutes more",
                icon=":material/add_alarm:",
                key="more",
                help=help,
                on_click=runs.attempt,
                args=(_go_on, study.id),
            )
            help = "Deletes the search and all its trials."
            st.button(
                "Delete",
                icon=":material/delete:",
                key="delete-study",
                type="tertiary",
                on_click=_delete,
                args=(study.id,),
                help=help,
            )


def _use(study: StudyView) -> None:
    """Fill the form with the settings that were found."""
    if study.conclusion is not None:
        state.close_study()
        state.configure(study.config_of(study.conclusion.number))


def _go_on(study_id: str) -> None:
    studies().go_on(study_id, minutes=_MORE_MINUTES)
    keep_alive()


def _delete(study_id: str) -> None:
    runs.attempt(studies().delete, study_id)
    state.close_study()


def _history(study: StudyView) -> None:
    st.markdown("**Gain of each trial** (higher is better)")
    dots = [
        figures.Dot(number=one.number, gain_db=one.gain_db, sd_db=one.sd_db, check=bool(one.trial.repeat))
        for one in study.records
        if one.trial.params
    ]
    if not dots:
        st.caption("Appears with the first trial.")
        return
    start = study.spec.plan.start_name.removeprefix("the ").capitalize()
    chart.draw(figures.search_history(dots, start=start), key=f"history-{study.id}", height=250)


def _curves(study: StudyView) -> None:
    st.markdown("**Validation loss of every trial**")
    plan = study.spec.plan
    firsts = [one for one in study.records if not one.trial.repeat and is_comparable(plan, one.trial.params)]
    best = next((one.valid_losses for one in firsts if one.number == study.best), ())
    running = [one.valid_losses for one in study.running if is_comparable(plan, one.trial.params)]
    others = any(not is_comparable(plan, one.trial.params) for one in study.records)
    note = "Trials whose loss is measured otherwise are left out." if others else ""
    figure = figures.learning_curves([one.valid_losses for one in firsts], running, best, note=note)
    chart.draw(figure, key=f"curves-{study.id}", height=250)


def _settings(study: StudyView) -> None:
    st.markdown("**Settings and gain** (the best tenth is blue)")
    done = [one for one in study.searched if one.gain_db is not None]
    if len(done) < 2:
        st.caption("Appears after two trials.")
        return
    known = {path: spec for path, spec, _ in settings(study.spec.plan.start)}
    axes = []
    for path in study.spec.plan.space.dimensions:
        data = known[path].metadata
        values = tuple(data["words"].get(one.trial.params[path], one.trial.params[path]) for one in done)
        axes.append(figures.Axis(label=data["label"], values=values, log=data["searched"].log))
    gains = [one.gain_db for one in done if one.gain_db is not None]
    chart.draw(figures.settings_of_trials(axes, gains), key=f"settings-{study.id}", height=280, toolbar=False)


def _importances(study: StudyView) -> None:
    st.markdown("**Which settings matter**")
    if not study.importances:
        st.caption(_TOO_FEW)
        return
    labels = {path: spec.metadata["label"] for path, spec, _ in settings(study.spec.plan.start)}
    shares = {labels[path]: share for path, share in study.importances.items()}
    chart.draw(figures.importances(shares), key=f"importances-{study.id}", height=280, toolbar=False)


def _best(study: StudyView) -> None:
    """The picture of the best so far."""
    number = study.conclusion.number if study.ended and study.conclusion and study.conclusion.recommended else study.best
    if number is None:
        return
    run_id = study.run_of(number)
    try:
        series, estimate = store().series(run_id), store().estimate(run_id)
    except RunError:
        return
    st.markdown(f"**Result of the best trial, number {number}**")
    figure = figures.overlay(series, replace(estimate, sd=None))
    chart.draw(figure, key=f"best-{study.id}", height=300)
