"""What the pages have read and computed, kept by content so that a click does not wait for it again.

Keys are our own sha256 and run ids, never arrays; what is handed out is shared and must not be changed.
"""

from __future__ import annotations

import hashlib
import json

import streamlit as st

import denoise_core as dc
from denoise_core.allocator import give_back_freed_memory
from denoise_core.assess import Spectra, Verdict, judge, spectra, truth_of
from denoise_core.errors import DenoiseError
from denoise_core.jobs import Source, Store, ensure_supervisor
from denoise_core.series import Floats

give_back_freed_memory()


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The data folder; whoever has to open it again loses nothing."""
    return Store()


def keep_alive() -> None:
    """See to it that somebody is there who starts what is submitted."""
    ensure_supervisor(store().home)


def recording(source: Source) -> dc.Recording:
    """The file of `source`, read as its options say; a DenoiseError says what is wrong with it."""
    return _recording(source.input or "", source.file_name, json.dumps(dict(source.options), sort_keys=True))


def series_of(source: Source) -> dc.Series:
    """The chosen column of `source`."""
    return recording(source)[source.column]


def truth(source: Source) -> Floats | None:
    """The clean values of the chosen column, where its file brings them and is still kept."""
    try:
        return truth_of(recording(source), source.column) if source.input else None
    except DenoiseError:
        return None


def identity(source: Source) -> str:
    """The same for the same file, column and reading; the name of everything that is computed from it."""
    text = json.dumps([source.input, source.column, dict(source.options)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def filtered(source: Source, method: str) -> dc.Estimate:
    """The series of `source` denoised by a simple method."""
    return _filtered(identity(source), method, series_of(source))


def suggested(source: Source) -> dc.RunConfig:
    """Settings for a training on the series of `source`, each with its reason."""
    return _suggested(identity(source), series_of(source))


@st.cache_resource(max_entries=6, ttl=7200, show_spinner=False)
def _recording(digest: str, file_name: str, options: str) -> dc.Recording:
    data = store().input_bytes(digest)
    return dc.read(data, name=file_name, options=dc.ReadOptions.from_json(options))


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def _filtered(name: str, method: str, _series: dc.Series) -> dc.Estimate:
    del name
    return dc.denoise(_series, method=method)


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def _suggested(name: str, _series: dc.Series) -> dc.RunConfig:
    del name
    return dc.suggest(_series)


@st.cache_resource(max_entries=6, ttl=7200, show_spinner=False)
def run_series(run_id: str) -> dc.Series:
    """Exactly what the run was trained on."""
    return store().series(run_id)


@st.cache_resource(max_entries=6, ttl=7200, show_spinner=False)
def run_estimate(run_id: str) -> dc.Estimate:
    """The finished run's result."""
    return store().estimate(run_id)


@st.cache_resource(max_entries=24, ttl=7200, show_spinner=False)
def judged(name: str, _series: dc.Series, _estimate: dc.Estimate, _truth: Floats | None) -> Verdict:
    """What was removed, in words and numbers; `name` says which series and estimate they are."""
    del name
    return judge(_series, _estimate, truth=_truth)


@st.cache_resource(max_entries=24, ttl=7200, show_spinner=False)
def spectra_of(name: str, _series: dc.Series, _estimate: dc.Estimate) -> Spectra:
    """Spectra before and after; `name` says which series and estimate they are."""
    del name
    return spectra(_series, _estimate)
