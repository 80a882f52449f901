"""The stretch that is shown while a network trains is the result of the best epoch, there."""

from dataclasses import replace

import numpy as np
import pytest

from denoise_core import Series, TimeAxis
from denoise_core.dataset.preprocessing import resample
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.model import denoiser
from denoise_core.signals import add_noise, ecg_like
from denoise_core.training import train
from denoise_core.training.events import EpochEnd
from tests.common import small_config

pytestmark = pytest.mark.slow

N = 1500
CLASSIC = {"model.backbone": "classic", "objective.kind": "next_step", "objective.loss": "mse"}


@pytest.fixture(scope="module")
def noisy():
    rng = np.random.default_rng(0)
    values = add_noise(ecg_like(N, rng), snr=3, rng=rng)
    times = np.cumsum(rng.uniform(0.8, 1.2, N))
    return Series(values=values, time=TimeAxis(values=times, unit="s"), name="ecg")


def gappy(series):
    index = np.arange(N)
    return replace(series, values=np.where((index % 97 < 6) | (abs(index - 800) < 30), np.nan, series.values))


def as_shown(data, config):
    """Start and noisy samples of the preview, that of the best epoch, and the trained network."""
    started, *events, finished = train(data, config)
    best = next(e.preview for e in events if isinstance(e, EpochEnd) and e.epoch == finished.best_epoch)
    where = slice(started.preview_start, started.preview_start + len(started.preview_noisy))
    noisy, best = (np.asarray(values, dtype=float) for values in (started.preview_noisy, best))
    return where, noisy, best, finished.trained


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"input.whiten": 0.7},
        {"input.whiten": 0.98},
        {"input.uneven": "channel"},
        {"model.backbone": "mingru", "objective.kind": "next_step"},
        {"model.backbone": "tcn", "model.baseline": "linear"},
        {"model.backbone": "transformer", "model.positions": "sinusoidal", "model.heads": 2},
        CLASSIC,
        {"objective.kind": "reconstruct", "objective.loss": "student_t"},
    ],
)
def test_the_preview_of_the_best_epoch_is_the_result_there(noisy, changes, gaps):
    series = gappy(noisy) if gaps else noisy
    where, shown, preview, trained = as_shown(series, small_config(changes))
    assert where == slice(550, 950)
    np.testing.assert_array_equal(shown, series.values[where])
    result = np.where(series.observed, trained.denoise(series).values, np.nan)
    np.testing.assert_allclose(preview, result[where], rtol=0, atol=1e-5 * np.nanstd(result))


@pytest.mark.parametrize("whiten", [0.0, 0.6])
def test_of_a_resampled_series_it_is_the_result_at_even_steps(noisy, whiten):
    config = small_config({"input.uneven": "resample", "input.whiten": whiten})
    where, shown, preview, trained = as_shown(noisy, config)
    even = resample(noisy, config).series
    np.testing.assert_array_equal(shown, even.values[where])
    times, recorded = even.time.values[where], noisy.time.values
    inside = (recorded > times[0]) & (recorded < times[-1])
    assert inside.sum() > 350
    result = trained.denoise(noisy).values
    np.testing.assert_allclose(np.interp(recorded[inside], times, preview), result[inside], rtol=0, atol=1e-5 * result.std())


@pytest.mark.parametrize("changes", [{}, {"objective.kind": "repeats"}, {"objective.kind": "supervised"}])
def test_of_several_series_it_is_the_result_of_the_first(noisy, changes):
    takes = (noisy, replace(noisy, values=2.0 * noisy.values[::-1] if not changes else noisy.values + 0.1, name="other"))
    data = TrainingSet(noisy=takes, clean=tuple(take.values for take in takes))
    where, _, preview, trained = as_shown(data, small_config(changes))
    result = trained.denoise(noisy).values
    np.testing.assert_allclose(preview, result[where], rtol=0, atol=1e-5 * result.std())


def test_a_series_shorter_than_the_preview_is_shown_whole(noisy):
    where, shown, preview, _ = as_shown(noisy.part(slice(0, 150)), small_config({}))
    assert where == slice(0, 150)
    assert len(shown) == len(preview) == 150


def test_of_a_long_series_only_windows_about_the_stretch_are_predicted(monkeypatch):
    rng = np.random.default_rng(1)
    long = Series.of(np.sin(np.arange(20_000) / 9) + 0.3 * rng.standard_normal(20_000))
    sizes = []
    predict = denoiser.TrainedDenoiser._predict_windows

    def count(self, given, starts, length):
        sizes.append(len(starts) * length)
        return predict(self, given, starts, length)

    monkeypatch.setattr(denoiser.TrainedDenoiser, "_predict_windows", count)
    where, _, preview, trained = as_shown(long, small_config({}))
    assert max(sizes) <= 2 * (denoiser.CORE + 2 * denoiser.CONTEXT)
    result = trained.denoise(long).values
    np.testing.assert_allclose(preview, result[where], rtol=0, atol=1e-5 * result.std())
