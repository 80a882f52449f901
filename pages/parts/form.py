"""The settings of a training, and the button that starts it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import denoise_core as dc
from denoise_core import figures
from denoise_core.assess import on_noise
from denoise_core.assess.formatting import plural
from denoise_core.config import NoiseConfig, WindowConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.errors import DenoiseError, SettingsError
from denoise_core.jobs import Request, Source
from denoise_core.suggestions.cost import in_words
from pages.parts import chart, fields, search_form, state, task_widgets, training_task
from pages.parts.cached import USUAL, expectation_of, identity, keep_alive, noise_of, store
from pages.parts.messages import plain
from pages.parts.training_task import TrainingPlan, TrainingTask

FIRST = ("scaling.kind", "window.length", "window.overlap", "training.epochs")
ELSEWHERE = ("objective.kind",)  # is chosen above the form, because other widgets depend on it


def show(source: Source) -> None:
    """The training data, and one form filled with suggestions."""
    session = state.current()
    plan = training_task.plan_training(session.task, source, session.config, _stated(session, source))
    st.subheader(plain(_title(plan)), anchor=False)
    _about(plan)
    task_widgets.panel(plan)
    _warnings(plan)
    _form(plan, plan.config)


def _stated(session: state.Session, source: Source) -> NoiseConfig:
    """What was said of the noise; a level holds for the column of the Signal page alone."""
    signal = (session.source or source).column
    only = set(training_task.columns(session.task, source)) == {signal}
    return session.noise if only else replace(session.noise, level=0.0)


def first_column(source: Source) -> Source:
    """The file with the first of the columns to train on."""
    return training_task.plan_training(state.current().task, source, None).source


def start_over(config: dc.RunConfig) -> None:
    """Back to the form, filled with these settings."""
    state.close_run()
    state.configure(config)


def _title(plan: TrainingPlan) -> str:
    what = "a network" if plan.networks == 1 else f"{plan.networks} networks"
    return f"Train {what} on {', '.join(plan.columns)}"


def _about(plan: TrainingPlan) -> None:
    """What the network will do, and what is known about the noise."""
    noise = on_noise(noise_of(plan.source, plan.noise, plan.task.snr, stated=plan.told), plan.series.unit)
    told = " ".join(sentence.text for sentence in noise)
    told = f"{plan.source.column}: {told}" if len(plan.columns) > 1 else told
    st.caption(plain(f"{OBJECTIVES[plan.goal].help} All settings are filled in to suit your data. {told}"))
    if plan.task == TrainingTask() and (expected := expectation_of(plan.source)):
        st.caption(f"**What to expect.** {plain(expected)}")


def _warnings(plan: TrainingPlan) -> None:
    """Why the training cannot be started as chosen; nothing is checked before anything was chosen."""
    if plan.task == TrainingTask() and plan.kept is None:
        return
    for fault in _faults(plan, plan.config):
        st.warning(plain(fault), icon=":material/warning:")


def _faults(plan: TrainingPlan, config: dc.RunConfig) -> list[str]:
    try:
        _requests(plan, config)
    except DenoiseError as error:
        return _in_labels(error)
    return []


def _requests(plan: TrainingPlan, config: dc.RunConfig) -> list[Request]:
    """One for each network, checked; a DenoiseError says what cannot be started."""
    return [Request.to_train(data, settings) for data, settings in plan.trainings(config)]


def _in_labels(error: DenoiseError) -> list[str]:
    """Every fault, with settings called as in the form."""
    return list(map(fields.in_labels, error.problems if isinstance(error, SettingsError) else [str(error)]))


@st.fragment
def _form(plan: TrainingPlan, config: dc.RunConfig) -> None:
    """The settings, and what follows from them as they are now; a change reruns nothing else."""
    version = _version(plan)
    edited = fields.collect(config, version=version)
    with st.container(border=True):
        fields.show(config, FIRST, columns=4, version=version)
        with st.expander("More settings", icon=":material/tune:"):
            for group, paths in fields.others(config, (*FIRST, *ELSEWHERE)).items():
                st.markdown(f"**{group}**")
                fields.show(config, paths, columns=4, version=version)
        with st.container(horizontal=True, vertical_alignment="center"):
            icon = ":material/play_arrow:"
            pressed = st.button("Start training", type="primary", icon=icon, key="start", on_click=_start, args=(plan,))
            st.caption(f"Takes {in_words(plan.networks * store().expected_seconds(edited))}, its check included.")
    _windows(plan, edited.window)
    searched = search_form.show(plan, edited, version=version)
    if (pressed or searched) and (state.current().run or state.current().study or state.current().faults):
        st.rerun()  # the whole page, which shows the run or the faults


def _windows(plan: TrainingPlan, window: WindowConfig) -> None:
    """What the network sees at once; nothing where it is more than there is, which is said when the training is started."""
    if window.length <= len(plan.series):
        later = plural(window.hop, "sample")
        st.markdown(f"**Windows**: the network sees {window.length} samples at once; the next window starts {later} later.")
        chart.draw(figures.windows(plan.series, length=window.length, hop=window.hop), key="windows", height=230)


def _version(plan: TrainingPlan) -> str:
    """Changes when the form is to be filled in anew."""
    return f"{state.current().edits}-{identity(plan.source)[:8]}"


def _start(plan: TrainingPlan) -> None:
    """Check the form and queue its trainings; the same press never starts anything twice."""
    session = state.current()
    config = fields.collect(plan.config, version=_version(plan))
    try:
        runs = [
            store().submit(
                request,
                owner=session.workspace,
                title=f"{plan.source.file_name}: {', '.join(request.channels)}",
                source=replace(plan.source, column=request.channels[0]),
                token=f"{session.start_token}-{at}",
            )
            for at, request in enumerate(_requests(plan, config))
        ]
    except DenoiseError as error:
        state.fail(*_in_labels(error))
        return
    keep_alive()
    state.change(run=runs[0], config=config, source=plan.source)
    if len(runs) > 1:
        st.toast(f"{len(runs)} trainings were started. The menu at the top right lists them.", icon=":material/history:")


def from_file() -> None:
    """Load settings from a file, or go back to the suggested ones."""
    session = state.current()
    with st.expander("Load settings from a file", icon=":material/upload_file:"):
        key = f"settings-file@{session.edits}"
        if upload := st.file_uploader("Settings file of an earlier run (JSON)", key=key, max_upload_size=1):
            _load(upload.getvalue())
            st.rerun()
        untouched = session.config is None and session.task.recipe == USUAL
        st.button("Back to the suggested settings", on_click=state.configure, args=(None,), disabled=untouched)


def _load(data: bytes) -> None:
    """Fill the form from a settings file, or say everything that is wrong with it."""
    try:
        state.configure(dc.RunConfig.from_json(data.decode()))
    except SettingsError as error:
        state.retry(*error.problems)
    except UnicodeDecodeError:
        state.retry("The settings file is not text. Choose the JSON file that the Result page offers for download.")
