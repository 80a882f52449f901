"""A finished run: what was removed, how strongly, and the files to take away. Knows nothing of training."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import streamlit as st

import denoise_core as dc
from denoise_core import figures
from denoise_core.assess import Verdict, on_training
from denoise_core.files import denoised_name, render
from denoise_core.jobs import RunView
from pages.parts import chart, words
from pages.parts.cached import judged, recording, run_estimate, run_series, spectra_of, store, truth
from pages.parts.history import history


def strength() -> float:
    """How much of what was removed stays removed: 0 gives the recording back, 1 the network's result."""
    hint = "Puts part of what was removed back. Nothing is trained again."
    percent = st.slider("Strength", 0, 100, 100, 5, format="%d %%", key="strength", help=hint)
    return percent / 100


def estimate(run: RunView, strength: float) -> dc.Estimate:
    return run_estimate(run.id).blended(run_series(run.id), strength=strength)


def verdict(run: RunView, strength: float) -> None:
    """The sentences about what was removed, and about the training."""
    st.markdown(_judged(run, strength).headline)
    past = history(run.id)
    past.read_on()
    words.most_important([*_judged(run, strength).sentences, *on_training(past.column("valid_loss"))])


def numbers(run: RunView, strength: float) -> None:
    words.numbers(_judged(run, strength).figures)


def picture(run: RunView, strength: float) -> None:
    """The recording with the result on top, and below what was removed."""
    series, shown, clean = run_series(run.id), estimate(run, strength), truth(run.source)
    chart.zoomable(
        lambda view: figures.overlay(series, shown, truth=clean, view=view),
        key=f"result-{run.id}",
        height=500,
        alt=_judged(run, strength).alt,
    )


def spectrum(run: RunView, strength: float) -> None:
    """Power by frequency, before and after."""
    found = spectra_of(_name(run, strength), run_series(run.id), estimate(run, strength))
    densities = {"recorded": found.raw, "denoised": found.denoised, "removed": found.residual}
    chart.draw(figures.spectrum(found.frequency, densities, unit=found.frequency_unit), key=f"spectrum-{run.id}", height=360)


def downloads(run: RunView, strength: float) -> None:
    """The series in the format it came in, the settings, and the model; each made when it is asked for."""
    name = PurePath(denoised_name(run.source.file_name))
    st.download_button(
        "Download the denoised file",
        data=partial(_file, run, strength),
        file_name=f"{name.stem}_{run.id[:8]}{name.suffix}",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key="download",
        help=f"Your file as it was uploaded, with {run.series_name}_denoised added.",
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
            help="The trained network, for the command line or a notebook.",
        )


def _file(run: RunView, strength: float) -> bytes:
    read = recording(run.source)
    return render(read, {run.series_name: estimate(run, strength)}, like=store().input_bytes(run.source.input or ""))


def _model(run_id: str) -> bytes:
    return store().model_path(run_id).read_bytes()


def _judged(run: RunView, strength: float) -> Verdict:
    return judged(_name(run, strength), run_series(run.id), estimate(run, strength), truth(run.source))


def _name(run: RunView, strength: float) -> str:
    return f"{run.id}@{strength}"
