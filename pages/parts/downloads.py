"""The downloads of a finished run: the file with all its channels, the settings and the network."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import streamlit as st

from denoise_core.files import denoised_name, render
from denoise_core.jobs import RunView
from denoise_core.jobs.spec import COMPUTED
from pages.parts.cached import recording, store
from pages.parts.messages import plain
from pages.parts.result_view import ResultView


def show(result: ResultView) -> None:
    """The file in the format it came in, the settings, and the model; each is made when it is asked for."""
    name, run = PurePath(denoised_name(result.run.spec.source.file_name)), result.run
    place, added = st.container(), st.container(horizontal=True)
    with added:
        residual, sd = _additions(result)
    names = ", ".join(f"{channel}_denoised" for channel in run.spec.channels)
    place.download_button(
        "Download the denoised file",
        data=partial(_file, result, residual=residual, sd=sd),
        file_name=f"{name.stem}_{run.id[:8]}{name.suffix}",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key="download",
        help=plain(f"Your file as uploaded, with {names} added."),
    )
    if run.spec.kind != COMPUTED:
        _settings_and_model(run)


def _settings_and_model(run: RunView) -> None:
    """What the Train page and the command line can use again."""
    with st.container(horizontal=True):
        st.download_button(
            "Settings",
            data=run.spec.config.to_json(),
            file_name=f"settings_{run.id[:8]}.json",
            on_click="ignore",
            key="download-settings",
            help="The settings of this run, as a file that the Train page can load.",
        )
        st.download_button(
            "Model",
            data=partial(_model, run.id),
            file_name=f"model_{run.id[:8]}.denoiser",
            on_click="ignore",
            key="download-model",
            help="The trained network, for use on the Train page, on the command line or in a notebook.",
        )


def _additions(result: ResultView) -> tuple[bool, bool]:
    """Whether to add the residual and the sd of the error; each is offered where it exists."""
    residual = sd = False
    if not result.noise_was_added:
        residual = st.checkbox("+ residual", key="residual", help="Adds a column with what was removed: recorded minus denoised.")
    if result.estimate.sd is not None:
        hint = "Adds a column with the standard deviation of the error, as estimated by the network."
        sd = st.checkbox("+ error sd", key="sd", help=hint)
    return residual, sd


def _file(result: ResultView, *, residual: bool, sd: bool) -> bytes:
    source = result.run.spec.source
    estimates = {name: one.estimate for name, one in result.beside.items()}
    return render(recording(source), estimates, like=store().input_path(source.input or ""), residual=residual, sd=sd)


def _model(run_id: str) -> bytes:
    return store().model_path(run_id).read_bytes()
