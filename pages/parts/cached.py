"""What the pages have read and computed, cached by content so that no click waits for it again.

Keys are our own sha256 and run ids, never arrays; what is returned is shared and must not be changed.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

import streamlit as st

import denoise_core as dc
from denoise_core import files, lessons
from denoise_core.allocator import give_back_freed_memory, use_one_blas_thread
from denoise_core.assess import Spectra, Verdict, judge, spectra, truth_of
from denoise_core.config import NoiseConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DenoiseError
from denoise_core.figures import Figure
from denoise_core.files import Preview
from denoise_core.files.sandbox.fork_server import start_ahead
from denoise_core.jobs import Request, Source, Store, Studies, ensure_supervisor
from denoise_core.jobs.storage.inputs import sha256
from denoise_core.lessons import Choice, Value
from denoise_core.noise import Disturbances, Noise, describe_series, find_disturbances, separate
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Float64Array
from denoise_core.signals.added_noise import AddedNoise
from denoise_core.suggestions import RECIPES, expectation
from pages.parts.byte_cache import Kept

give_back_freed_memory()
use_one_blas_thread()
start_ahead()

USUAL = next(iter(RECIPES))
INSTANT = "instant"


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The data folder; opening it again loses nothing."""
    return Store()


def studies() -> Studies:
    """The searches in the data folder."""
    return Studies(store().home)


def keep_alive() -> str:
    """Make sure that a supervisor is there to start what is submitted; a sentence where none can be, else ""."""
    try:
        ensure_supervisor(store().home)
    except DenoiseError as error:
        return f"No training can start. {error}"
    return ""


def recording(source: Source) -> dc.Recording:
    """The file of `source`, read as its options say; a DenoiseError says what is wrong with it.

    Known noise is on the column to which it was added, and that column as it was is ``<column>_true``. A rerun of a page is a
    thread: what it has read last stays with it, however much others read meanwhile.
    """
    file = (source.input or "", source.file_name, _options(source))
    key = (*file, source.column, dict(source.added_noise)) if source.added_noise else file
    if getattr(_rerun, "key", None) != key:
        _rerun.recording, _rerun.key = _with_known_noise(_recording(*file), source), key
    return cast(dc.Recording, _rerun.recording)


def _with_known_noise(read: dc.Recording, source: Source) -> dc.Recording:
    if not source.added_noise or not source.column:
        return read
    return AddedNoise.from_json(source.added_noise).recording_with(read, source.column)


_rerun = threading.local()


def forget_recording() -> None:
    """Let go what `recording` keeps for this thread, where that is none of a rerun."""
    vars(_rerun).clear()


def _options(source: Source) -> str:
    return json.dumps(dict(source.options), sort_keys=True)


def keep_upload(
    data: bytes, name: str, *, owner: str, check: Callable[[Source], object], options: Mapping[str, Any] | None = None
) -> Source:
    """Read an uploaded file and `check` what is in it, and store it only then: junk never reaches the disk.

    A DenoiseError says what is wrong with it, or why it cannot be stored.
    """
    source = Source(input=sha256(data), file_name=name, options=dict(options or {}))
    _recording(source.input or "", name, _options(source), data)
    check(source)
    store().put_input(data, name, owner=owner)
    return source


def preview(source: Source, data: bytes | None = None) -> Preview:
    """How the file of `source` is understood with its options, from `data` where it is not stored.

    A DenoiseError where nothing of it can be shown.
    """
    return _preview(source.input or "", source.file_name, _options(source), data)


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
    told = [source.input, source.column, dict(source.options)]
    text = json.dumps([*told, dict(source.added_noise)] if source.added_noise else told, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def suggest_settings(
    source: Source, recipe: str = USUAL, noise: str = "", snr: float = 0.0, *, stated: NoiseConfig = NO_STATEMENT
) -> dc.RunConfig:
    """Settings for a training on the series of `source`, with noise added if `noise` names some, each with its reason."""
    return _suggest_settings(_noisy_name(source, noise, snr), recipe, stated, with_noise(source, noise, snr))


def noise_of(source: Source, noise: str = "", snr: float = 0.0, *, stated: NoiseConfig = NO_STATEMENT) -> Noise:
    """The noise of the series of `source` without its disturbances, with noise added if `noise` names some."""
    return _noise_of(_noisy_name(source, noise, snr), stated, with_noise(source, noise, snr))


def disturbances_of(source: Source) -> Disturbances:
    """The hum and the drift in the series of `source`."""
    return _disturbances_of(identity(source), series_of(source))


def expectation_of(source: Source) -> str:
    """What training on the series of `source` may gain, in words; "" where nothing is known."""
    expected = expectation.expect(series_of(source), noise_of(source))
    return "" if expected is None else expectation.in_words(expected)


def with_noise(source: Source, noise: str, snr: float) -> dc.Series:
    """The series of `source` with noise of that colour added; as it is where `noise` is empty."""
    series = series_of(source)
    return series if not noise else TrainingSet.with_added_noise(series, snr=snr, seed=0, colour=noise, draws=1).noisy[0]


def _noisy_name(source: Source, noise: str, snr: float) -> str:
    return f"{identity(source)}+{noise}{snr if noise else ''}"


@Kept
def _recording(digest: str, file_name: str, options: str, _data: bytes | None = None) -> dc.Recording:
    given = store().input_path(digest) if _data is None else _data
    return dc.read(given, name=file_name or "The file", options=dc.ReadOptions.from_json(options))


@Kept
def _preview(digest: str, file_name: str, options: str, _data: bytes | None = None) -> Preview:
    given = store().input_path(digest) if _data is None else _data
    return files.preview(given, name=file_name or "The file", options=dc.ReadOptions.from_json(options))


@Kept
def _suggest_settings(name: str, recipe: str, stated: NoiseConfig, _series: dc.Series) -> dc.RunConfig:
    return RECIPES[recipe].fill(_series, _noise_of(name, stated, _series), stated=stated)


@Kept
def _noise_of(name: str, stated: NoiseConfig, _series: dc.Series) -> Noise:
    del name
    return describe_series(separate(_series, stated.removes).series, stated)


@Kept
def _disturbances_of(name: str, _series: dc.Series) -> Disturbances:
    del name
    return find_disturbances(_series)


@Kept
def verdict_of(name: str, _series: dc.Series, _estimate: dc.Estimate, _truth: Float64Array | None, _noise: Noise) -> Verdict:
    """What was removed, in words and numbers; `name` identifies the series and estimate."""
    del name
    return judge(_series, _estimate, truth=_truth, noise=_noise)


@Kept
def spectra_of(name: str, _series: dc.Series, _estimate: dc.Estimate) -> Spectra:
    """Spectra before and after; `name` identifies the series and estimate."""
    del name
    return spectra(_series, _estimate)


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
