"""An existing network, used on the series of the page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from denoise_core.assess import can_rescale, differences, fitted_scaling
from denoise_core.config import NoiseConfig, choice_in_words
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.errors import DenoiseError
from denoise_core.jobs import RunView, Source
from denoise_core.model import ModelHeader, about
from denoise_core.model.rescaling import rescale_file
from denoise_core.series import Series
from pages.parts import state
from pages.parts.cached import identity, keep_alive, noise_of, recording, series_of, store
from pages.parts.messages import in_sentence, plain
from pages.parts.training_task import columns


def show(source: Source) -> None:
    """An uploader for a model file, what the model is, whether it fits, and the button that denoises with it."""
    model = state.current().model
    with st.expander("Use an existing network", icon=":material/history_edu:", key="again", expanded=model is not None):
        key = f"model-{model and model.input}@{state.current().edits}"
        hint = "A network downloaded from the Result page, or saved by 'train' on the command line."
        if upload := st.file_uploader("Model file (.denoiser)", key=key, help=hint):
            _take(upload.getvalue(), upload.name)
            st.rerun()
        if model is not None:
            _use(source, model)


def take_from(run: RunView) -> None:
    """Offer the network of a run for the series of the page, as if its file had been uploaded."""
    try:
        model = _stored(store().model_path(run.id).read_bytes(), f"{run.name}.denoiser")
    except DenoiseError as error:
        state.fail(str(error))
    else:
        state.change(model=model, run=None)


def _use(source: Source, model: Source) -> None:
    try:
        header = _header(model)
    except DenoiseError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    chosen, fault = _columns(source, header), ""
    st.markdown(_in_words(header))
    try:
        header.check_fits(chosen)
        st.markdown(f"It will denoise **{plain(', '.join(chosen))}** of {plain(source.file_name)}.")
    except DenoiseError as error:
        fault = str(error)
        st.warning(plain(fault), icon=":material/warning:")
    rescales = not fault and _rescales(source, header, chosen)
    icon, given = ":material/play_arrow:", (source, model, chosen, rescales)
    st.button("Denoise this file", type="primary", icon=icon, key="apply", on_click=_apply, args=given, disabled=bool(fault))


def _rescales(source: Source, header: ModelHeader, chosen: tuple[str, ...]) -> bool:
    """Whether to fit the scaling anew; asked only where the columns are unlike what the network was trained on."""
    found = [fact for name in chosen for fact in _differences(replace(source, column=name), header)]
    if not found:
        return False
    risk = "Used as trained, it may remove signal as if it were noise."
    st.warning(plain(" ".join((*found, risk))), icon=":material/warning:")
    hint = (
        "Fits the network's scaling to this recording; what it learned of the shape stays. Off: the network is used as trained."
    )
    return can_rescale(header) and st.toggle("Rescale to this recording", True, key=f"rescale-{identity(source)}", help=hint)


def _differences(source: Source, header: ModelHeader) -> list[str]:
    try:
        return differences(header, series_of(source), noise_sd=noise_of(source, stated=state.current().noise).sd)
    except DenoiseError:
        return []  # said where the run is started


def _in_words(header: ModelHeader) -> str:
    """What a model file contains, in two sentences."""
    network = choice_in_words(header.config, "model.backbone")
    goal = in_sentence(OBJECTIVES[header.config.objective.kind].label)
    names = plain(", ".join(header.channels))
    return f"**{plain(header.name)}**: {network}, trained on {names}. Learning goal: {goal}."


def _with_removals(stated: NoiseConfig, trained: NoiseConfig) -> NoiseConfig:
    """What was said of this recording; what was removed before the training is removed here too."""
    return replace(stated, **{f"remove_{name}": True for name in trained.removes})


def _header(model: Source) -> ModelHeader:
    return store().model_header(model.input or "", name=model.file_name)


def _rescaled(model: Source, data: list[Series]) -> Source:
    """The model with its scaling fitted to these series, stored beside the uploaded one."""
    header = _header(model)
    known = {series.name if series.name in header.channels else header.channels[0]: series for series in data}
    scalers = {name: fitted_scaling(header, series) for name, series in known.items()}
    fitted = rescale_file(store().input_path(model.input or "").read_bytes(), scalers)
    return _stored(fitted, f"{header.name} (rescaled)")


def _columns(source: Source, header: ModelHeader) -> tuple[str, ...]:
    """The chosen columns; if none was chosen, those that a network of several channels was trained on."""
    task = state.current().task
    known = tuple(name for name in header.channels if name in recording(source).channels)
    return known if not task.columns and len(header.channels) > 1 and known else columns(task, source)


def _take(data: bytes, name: str) -> None:
    """Store a model file, or say why it is not one."""
    try:
        about(data, name=name)
        model = _stored(data, name)
    except DenoiseError as error:
        state.retry(str(error))
    else:
        state.change(model=model)


def _stored(data: bytes, name: str) -> Source:
    return Source(input=store().put_input(data, name, owner=state.current().workspace), file_name=name)


def _apply(source: Source, model: Source, chosen: tuple[str, ...], rescales: bool) -> None:
    """Queue the run; the same press never starts it twice."""
    session = state.current()
    try:
        data = [recording(source)[name] for name in chosen]
        title = f"{source.file_name}: {', '.join(chosen)}"
        taken = replace(source, column=chosen[0])
        used = _rescaled(model, data) if rescales else model
        noise = _with_removals(session.noise, _header(model).config.noise)
        request = store().request_to_apply(data, used.input or "", name=used.file_name, noise=noise)
        run = store().submit(request, owner=session.workspace, title=title, source=taken, token=session.start_token)
    except DenoiseError as error:
        state.fail(str(error))
        return
    keep_alive()
    state.change(run=run, source=taken)
