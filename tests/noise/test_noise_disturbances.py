"""What is removed before a method sees the series adds up with the rest to the recording, for every method."""

import numpy as np
import pytest

import denoise_core as dc
from denoise_core import signals
from denoise_core.config import NoiseConfig
from denoise_core.noise import find_disturbances, separate

RATE, N = 500.0, 4000


@pytest.fixture(scope="module")
def parts():
    rng = np.random.default_rng(0)
    time = np.arange(N) / RATE
    clean = signals.ecg_like(N, rng, rate_hz=RATE)
    return clean, 0.1 * rng.standard_normal(N), 0.1 * np.sin(2 * np.pi * 50.1 * time), 0.5 * np.sin(2 * np.pi * time / 7.0)


@pytest.fixture(scope="module")
def series(parts):
    return dc.Series.of(sum(parts), rate_hz=RATE, name="lead", unit="mV")


def test_removed_and_rest_are_the_recording(series):
    separated = separate(series, ("hum", "drift"))
    assert list(separated.removed) == ["hum", "drift"]
    np.testing.assert_allclose(separated.series.values + sum(separated.removed.values()), series.values, rtol=0, atol=1e-15)
    assert separate(series, ()).series is series


def test_each_is_removed_alone_where_asked(series):
    for name in ("hum", "drift"):
        assert list(separate(series, (name,)).removed) == [name]


def test_nothing_is_removed_where_nothing_is_found_and_that_is_said():
    values = np.random.default_rng(0).standard_normal(2000)
    separated = separate(dc.Series.of(values, rate_hz=RATE), ("hum", "drift"))
    np.testing.assert_array_equal(separated.series.values, values)
    assert [note.split(": ")[1] for note in separated.notes] == ["no hum was found to remove.", "no drift was found to remove."]


@pytest.mark.parametrize("method", ["instant", "wavelet", "savgol"])
def test_methods_take_them_away_and_say_so(series, parts, method):
    clean, noise, *_ = parts
    plain = dc.denoise(series, method=method)
    estimate = dc.denoise(series, method=method, remove=("hum", "drift"))
    assert plain.removed == {}
    assert "50 Hz hum of 0.1 mV" in estimate.notes[0]
    error = estimate.values - clean
    assert np.std(error) < 0.5 * np.std(noise) < np.std(plain.values - clean)
    rest = estimate.seen_of(series).values - estimate.values
    np.testing.assert_allclose(rest + sum(estimate.removed.values()), series.values - estimate.values, atol=1e-12)


def test_a_lower_strength_puts_part_of_them_back(series):
    estimate = dc.denoise(series, method="wavelet", remove="hum")
    half = estimate.blend(series, strength=0.5)
    np.testing.assert_allclose(half.removed["hum"], 0.5 * estimate.removed["hum"])


def test_a_pause_shifts_no_hum():
    time = np.r_[np.arange(2000), 3000 + np.arange(3000)] / RATE
    values = np.sin(2 * np.pi * 50.0 * time) + np.random.default_rng(0).standard_normal(5000)
    series = dc.Series(values=values, time=dc.TimeAxis(values=time))
    hum = find_disturbances(series).hum
    assert hum.values.shape == values.shape
    assert np.std(hum.values - np.sin(2 * np.pi * 50.0 * time)) < 0.15


def test_unknown_kinds_are_refused(series):
    with pytest.raises(dc.SettingsError, match="cannot be removed"):
        dc.denoise(series, method="wavelet", remove="spikes")


def test_settings_carry_it_to_a_trained_network(series):
    from tests.common import small_config

    config = small_config({"noise.remove_hum": True, "noise.remove_drift": True, "noise.level": 0.1, "training.epochs": 1})
    trained = dc.fit(series, config)
    estimate = trained.denoise(series)
    assert list(estimate.removed) == ["hum", "drift"]
    assert estimate.noise_sd == pytest.approx(0.1)
    assert trained.config.noise == NoiseConfig(remove_hum=True, remove_drift=True, level=0.1)
