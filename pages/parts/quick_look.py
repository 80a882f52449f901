"""The quick look: the series denoised at once by a method that needs no training, and what to think of the result."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import streamlit as st

import denoise_core as dc
from denoise_core import instant
from denoise_core.assess import on_gaps, on_series
from denoise_core.errors import DenoiseError
from denoise_core.files import denoised_name, render
from denoise_core.jobs import Source
from denoise_core.methods import METHODS
from denoise_core.suggestions.cost import expected_seconds, in_words
from pages.parts import filter_settings, messages, noise_panel, runs, state
from pages.parts.cached import (
    INSTANT,
    identity,
    noise_of,
    quick_estimate,
    recording,
    series_of,
    store,
    suggest_settings,
    truth,
    verdict_of,
)


def method_picker() -> str:
    """The method of the quick look; none of them is trained on the series."""
    simple = {name: method.label for name, method in METHODS.items() if not method.trains}
    at = list(simple).index(INSTANT)
    hint = "Methods that need no training. Their settings are derived from your data."
    return st.selectbox("Method", list(simple), index=at, format_func=simple.__getitem__, key="method", help=hint)


def estimate(chosen: Source, method: str) -> dc.Estimate | None:
    """The series denoised by that method; a warning and None where the method cannot be used."""
    try:
        fills, stated = _fills(chosen), noise_panel.stated(chosen)
        filter_settings.form(chosen, method, quick_estimate(chosen, method, fills=fills, stated=stated).settings)
        return quick_estimate(chosen, method, fills=fills, changes=filter_settings.changes(chosen, method), stated=stated)
    except DenoiseError as error:
        st.warning(messages.plain(str(error)), icon=":material/warning:")
        return None


def _fills(chosen: Source) -> bool:
    """Whether gaps are filled; asked only where there are any."""
    if series_of(chosen).observed.all():
        return False
    hint = "Continues the series over missing samples, where they are not too many in a row. Off: they stay empty."
    return st.toggle("Fill gaps", key=f"fill-{identity(chosen)}", help=hint)


def verdict(chosen: Source, method: str, estimate: dc.Estimate) -> None:
    """What was removed from the recorded samples, and what to know about the series."""
    series = series_of(chosen)
    recorded = estimate.with_gaps_of(series)
    stated = state.current().noise
    name = f"{identity(chosen)}-{method}-{sorted(estimate.settings.items())}-{stated}"
    messages.headline(verdict_of(name, series, recorded, truth(chosen), noise_of(chosen, stated=stated)))
    if gaps := on_gaps(series, estimate):
        st.caption(messages.plain(" ".join(sentence.text for sentence in gaps)))
    messages.sentences(on_series(series))
    noise_panel.removal(chosen)


def onward(chosen: Source) -> None:
    """The main button: to the training, a new one unless one is running."""
    icon, label = ":material/model_training:", "Train a network" + _duration(chosen)
    if st.button(label, type="primary", icon=icon, width="stretch", key="train", on_click=runs.close_ended):
        st.switch_page("pages/train.py", query_params=state.link())


def _duration(chosen: Source) -> str:
    """How long the suggested training takes; empty where the series cannot be trained on, which the Train page explains."""
    try:
        return f" ({in_words(expected_seconds(suggest_settings(chosen, stated=state.current().noise)))})"
    except DenoiseError:
        return ""


def download(chosen: Source, method: str, estimate: dc.Estimate) -> None:
    """The result as a file, made when it is asked for."""
    name = PurePath(denoised_name(chosen.file_name))
    st.download_button(
        "Download this result",
        data=partial(_file, chosen, estimate),
        file_name=f"{name.stem}_{method}_{identity(chosen)[:6]}{name.suffix}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key="save-first",
        help=messages.plain(f"Your file as uploaded, with the column {chosen.column}_denoised added."),
    )
    if method == INSTANT:
        _network()


def _network() -> None:
    """The network of the Instant method, to run elsewhere."""
    st.download_button(
        "Download the Instant network (ONNX)",
        data=instant.WEIGHTS.read_bytes,
        file_name="denoise-instant.onnx",
        mime="application/octet-stream",
        icon=":material/memory:",
        type="tertiary",
        on_click="ignore",
        key="save-network",
        help="The same network for every series. It runs on any device with ONNX Runtime; "
        "denoise_core/instant/README.md describes its inputs and outputs.",
    )


def _file(chosen: Source, estimate: dc.Estimate) -> bytes:
    return render(recording(chosen), {chosen.column: estimate}, like=store().input_path(chosen.input or ""))
