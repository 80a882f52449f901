"""What of a finished run can be taken away: the file with all its channels, the settings and the network."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import streamlit as st

from denoise_core.files import denoised_name, render
from pages.parts.cached import recording, store
from pages.parts.result_view import ResultView


def show(shown: ResultView) -> None:
    """The series in the format it came in, the settings, and the model; each made when it is asked for."""
    name, run = PurePath(denoised_name(shown.run.source.file_name)), shown.run
    place, added = st.container(), st.container(horizontal=True)
    with added:
        residual, sd = _additions(shown)
    names = ", ".join(f"{channel}_denoised" for channel in run.channels)
    place.download_button(
        "Download the denoised file",
        data=partial(_file, shown, residual=residual, sd=sd),
        file_name=f"{name.stem}_{run.id[:8]}{name.suffix}",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key="download",
        help=f"Your file as it was uploaded, with {names} added.",
    )
    with st.container(horizontal=True):
        st.download_button(
            "Settings",
            data=run.config.to_json(),
            file_name=f"settings_{run.id[:8]}.json",
            on_click="ignore",
            key="download-settings",
            help="Load them again on the Train page.",
        )
        st.download_button(
            "Model",
            data=partial(_model, run.id),
            file_name=f"model_{run.id[:8]}.denoiser",
            on_click="ignore",
            key="download-model",
            help="The trained network: use it again on the Train page, on the command line or in a notebook.",
        )


def _additions(shown: ResultView) -> tuple[bool, bool]:
    """Whether to write what was removed, and the error's sd, beside the result; each is offered where there is such a thing."""
    residual = sd = False
    if not shown.noise_was_added:
        residual = st.checkbox("+ removed part", key="residual", help="One more column: recorded minus denoised.")
    if shown.estimate.sd is not None:
        hint = "One more column: the standard deviation of the error, as the network estimates it."
        sd = st.checkbox("+ error", key="sd", help=hint)
    return residual, sd


def _file(shown: ResultView, *, residual: bool, sd: bool) -> bytes:
    source = shown.run.source
    estimates = {name: one.estimate for name, one in shown.beside.items()}
    return render(recording(source), estimates, like=store().input_bytes(source.input or ""), residual=residual, sd=sd)


def _model(run_id: str) -> bytes:
    return store().model_path(run_id).read_bytes()
