"""What the pages have read and computed, cached by content so that no click waits for it again.

Keys are our own sha256 and run ids, never arrays; what is returned is shared and must not be changed.
"""

from __future__ import annotations

import hashlib
import json

import streamlit as st

import denoise_core as dc
from denoise_core import lessons
from denoise_core.allocator import exempt_modules_from_collection, give_back_freed_memory
from denoise_core.assess import Spectra, Verdict, judge, on_test_part, spectra, truth_of
from denoise_core.dataset.preprocessing import resample
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DenoiseError
from denoise_core.figures import Figure
from denoise_core.jobs import Request, Source, Store, ensure_supervisor
from denoise_core.lessons import Choice, Value
from denoise_core.noise import Noise, describe
from denoise_core.series import Float64Array
from denoise_core.suggestions import RECIPES

give_back_freed_memory()

USUAL = next(iter(RECIPES))
INSTANT = "instant"
_AROUND = 4096  # samples on either side of a section that the Instant method sees


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The data folder; opening it again loses nothing."""
    return Store()


def keep_alive() -> str:
    """Make sure that a supervisor is there to start what is submitted; a sentence where none can be, else ""."""
    try:
        ensure_supervisor(store().home)
    except DenoiseError as error:
        return f"No training can start. {error}"
    return ""


def recording(source: Source) -> dc.Recording:
    """The file of `source`, read as its options say; a DenoiseError says what is wrong with it."""
    return _recording(source.input or "", source.file_name, json.dumps(dict(source.options), sort_keys=True))


def series_of(source: Source) -> dc.Series:
    """The chosen column of `source`."""
    return recording(source)[source.column]


def truth(source: Source) -> Float64Array | None:
    """The clean values of the chosen column, if its file has them and is still stored."""
    try:
        return truth_of(recording(source), source.column) if source.input else None
    except DenoiseError:
        return None


def identity(source: Source) -> str:
    """The same for the same file, column and reading; the name of everything that is computed from it."""
    text = json.dumps([source.input, source.column, dict(source.options)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def quick_estimate(source: Source, method: str, *, fills: bool = False) -> dc.Estimate:
    """The series of `source` denoised by a method that needs no training, with its gaps filled if `fills`."""
    return _quick_estimate(identity(source), method, fills, series_of(source))


def suggest_settings(source: Source, recipe: str = USUAL, noise: str = "", snr: float = 0.0) -> dc.RunConfig:
    """Settings for a training on the series of `source`, with noise added if `noise` names some, each with its reason."""
    return _suggest_settings(_noisy_name(source, noise, snr), recipe, with_noise(source, noise, snr))


def noise_of(source: Source, noise: str = "", snr: float = 0.0) -> Noise:
    """The noise of the series of `source`, with noise added if `noise` names some."""
    return _noise_of(_noisy_name(source, noise, snr), with_noise(source, noise, snr))


def with_noise(source: Source, noise: str, snr: float) -> dc.Series:
    """The series of `source` with noise of that colour added; as it is where `noise` is empty."""
    series = series_of(source)
    return series if not noise else TrainingSet.with_added_noise(series, snr=snr, seed=0, colour=noise, draws=1).noisy[0]


def _noisy_name(source: Source, noise: str, snr: float) -> str:
    return f"{identity(source)}+{noise}{snr if noise else ''}"


@st.cache_resource(max_entries=6, ttl=7200, show_spinner=False)
def _recording(digest: str, file_name: str, options: str) -> dc.Recording:
    return dc.read(store().input_path(digest), name=file_name or "The file", options=dc.ReadOptions.from_json(options))


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def _quick_estimate(name: str, method: str, fills: bool, _series: dc.Series) -> dc.Estimate:
    del name
    return dc.denoise(_series, method=method, fill_gaps=fills)


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def _suggest_settings(name: str, recipe: str, _series: dc.Series) -> dc.RunConfig:
    return RECIPES[recipe].fill(_series, _noise_of(name, _series))


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def _noise_of(name: str, _series: dc.Series) -> Noise:
    del name
    return describe(_series.values)


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def run_series(run_id: str, i: int = 0) -> dc.Series:
    """Exactly what the run was trained on or applied to: its channel number `i`."""
    return store().series(run_id, i)


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def run_noise(run_id: str, i: int = 0) -> Noise:
    """The noise of the run's channel number `i`."""
    return describe(run_series(run_id, i).values)


@st.cache_resource(max_entries=6, ttl=7200, show_spinner=False)
def preview_series(run_id: str) -> dc.Series:
    """The run's first series as the preview shows it: resampled if that was chosen, but not prewhitened."""
    return resample(run_series(run_id), store().run(run_id).spec.config).series


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def run_instant(run_id: str, i: int = 0) -> dc.Estimate:
    """The run's channel number `i` by the Instant method, for comparison."""
    return dc.denoise(run_series(run_id, i), method=INSTANT)


@st.cache_resource(max_entries=24, ttl=7200, show_spinner=False)
def instant_near(run_id: str, first: int, count: int) -> Float64Array | None:
    """`count` samples of `preview_series` from `first` on by the Instant method; None where there is nothing to denoise."""
    start = max(0, first - _AROUND)
    around = preview_series(run_id).part(slice(start, first + count + _AROUND))
    try:
        return dc.denoise(around, method=INSTANT).values[first - start :][:count]
    except DenoiseError:
        return None


@st.cache_resource(max_entries=12, ttl=7200, show_spinner=False)
def run_estimate(run_id: str, i: int = 0) -> dc.Estimate:
    """The finished run's result for its channel number `i`."""
    return store().estimate(run_id, i)


@st.cache_resource(max_entries=6, ttl=7200, show_spinner=False)
def run_clean(run_id: str, i: int = 0) -> Float64Array | None:
    """The clean values that the run's channel number `i` was trained on, if any."""
    clean = store().training_set(run_id).clean
    return clean[i] if clean else None


@st.cache_resource(max_entries=24, ttl=7200, show_spinner=False)
def gain_on_test_part(name: str, run_id: str, i: int, _estimate: dc.Estimate, _truth: Float64Array) -> float | None:
    """The gain in dB on the run's test samples, None where it has none; `name` identifies the estimate."""
    del name
    view = store().run(run_id)
    return on_test_part(_estimate, _truth, data=store().training_set(run_id), config=view.spec.config, i=i)


@st.cache_resource(max_entries=24, ttl=7200, show_spinner=False)
def verdict_of(name: str, _series: dc.Series, _estimate: dc.Estimate, _truth: Float64Array | None, _noise: Noise) -> Verdict:
    """What was removed, in words and numbers; `name` identifies the series and estimate."""
    del name
    return judge(_series, _estimate, truth=_truth, noise=_noise)


@st.cache_resource(max_entries=24, ttl=7200, show_spinner=False)
def spectra_of(name: str, _series: dc.Series, _estimate: dc.Estimate) -> Spectra:
    """Spectra before and after; `name` identifies the series and estimate."""
    del name
    return spectra(_series, _estimate)


@st.cache_resource(show_spinner=False)
def lighten_reruns() -> None:
    """Once for the process, when a page's modules are there: a class moves many controls at once."""
    exempt_modules_from_collection()


def lesson_picture(number: int, choice: Choice, *, large: bool) -> Figure:
    """The picture of a lesson; the same for all who look at it."""
    return _lesson_picture(number, tuple(choice.items()), large)


def lesson_findings(number: int, choice: Choice) -> tuple[str, str, str]:
    """What was measured, in three sentences."""
    return lessons.explain(number, choice)


@st.cache_resource(max_entries=256, show_spinner=False)
def _lesson_picture(number: int, choice: tuple[tuple[str, Value], ...], large: bool) -> Figure:
    return lessons.picture(number, dict(choice), large=large)


def submit_lesson(number: int, choice: Choice, *, owner: str) -> str:
    """Queue the training behind a lesson's picture, on a file that has the true signal too; the run's id."""
    lesson = lessons.LESSONS[number]
    data, name = lessons.to_csv(lesson, choice)
    made = lesson.experiment(choice)
    source = Source(input=store().put_input(data, name), file_name=name, column=made.series.name)
    return store().submit(
        Request.to_train(series_of(source), made.config), owner=owner, title=f"Lesson {number}: {lesson.title}", source=source
    )
