"""The first look: the series by a simple method, at once, and what to think of it. Knows nothing of training."""

from __future__ import annotations

import streamlit as st

import denoise_core as dc
from denoise_core.assess import on_series
from denoise_core.errors import DenoiseError
from denoise_core.jobs import Source
from denoise_core.methods import METHODS
from pages.parts import words
from pages.parts.cached import filtered, identity, judged, series_of

DEFAULT = "wavelet"


def method_picker() -> str:
    """The simple method of the first look."""
    simple = {name: method.label for name, method in METHODS.items() if not method.trains}
    at = list(simple).index(DEFAULT)
    hint = "A simple method, with settings found from your data."
    return st.selectbox("First look by", list(simple), index=at, format_func=simple.get, key="method", help=hint)


def estimate(chosen: Source, method: str) -> dc.Estimate | None:
    """The series by that method; a sentence and None where it cannot be used."""
    try:
        return filtered(chosen, method)
    except DenoiseError as error:
        st.warning(str(error), icon=":material/warning:")
        return None


def verdict(chosen: Source, method: str, estimate: dc.Estimate) -> None:
    """What was removed, in one line, and what to know about the series."""
    series = series_of(chosen)
    st.markdown(judged(f"{identity(chosen)}-{method}", series, estimate).headline)
    words.sentences(on_series(series))
