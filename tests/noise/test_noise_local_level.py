"""Noise whose level varies widely within few samples is followed; steady noise is left to `denoise_core.noise`."""

import numpy as np
import pytest

from denoise_core import RunConfig, Series, signals
from denoise_core.model.features import noise_sd_along
from denoise_core.noise import describe
from denoise_core.noise.local_level import local_noise_sd, varies_widely


@pytest.mark.parametrize("name", signals.SIGNALS)
@pytest.mark.parametrize("snr", [1.0, 10.0])
def test_steady_noise_is_described_by_the_noise_room(name, snr):
    rng = np.random.default_rng(3)
    noisy = signals.add_noise(signals.SIGNALS[name](1024, rng), snr=snr, rng=rng)
    described = describe(noisy)
    np.testing.assert_array_equal(local_noise_sd(noisy, described)[0], described.along(1024))


@pytest.mark.parametrize("n", [8, 255, 256, 1000])
def test_every_length_gets_positive_levels(n):
    noisy = np.random.default_rng(3).standard_normal(n) * np.linspace(0.01, 1, n)
    levels, _ = local_noise_sd(noisy, describe(noisy))
    assert levels.shape == (n,)
    assert (levels > 0).all()


def test_a_noisy_stretch_of_fifty_samples_is_found():
    rng = np.random.default_rng(3)
    place = np.arange(1024)
    true = np.where((place // 50) % 3 == 0, 1.0, 0.05)
    noisy = signals.blocks(1024) + true * rng.standard_normal(1024)
    levels, _ = local_noise_sd(noisy, describe(noisy))
    inside = (place % 150 > 15) & (place % 150 < 35)
    assert np.median(levels[inside]) == pytest.approx(1.0, rel=0.25)
    assert np.median(levels[(place % 150 > 90) & (place % 150 < 110)]) < 0.2


def test_a_tone_that_comes_and_goes_is_not_noise_that_varies():
    rng = np.random.default_rng(3)
    place = np.arange(1024)
    beeps = np.where((place // 100) % 2 == 0, np.sin(2.3 * place), 0.0)
    noisy = beeps + 0.05 * rng.standard_normal(1024)
    assert varies_widely(noisy)
    described = describe(noisy)
    levels, varies = local_noise_sd(noisy, described)
    assert not varies
    np.testing.assert_array_equal(levels, described.along(1024))


def bursts(n=1024, size=1.0):
    """A sine in noise that is twenty times louder in every third stretch of 50 samples, with a gap in a loud one."""
    rng = np.random.default_rng(3)
    place = np.arange(n)
    values = np.sin(place / 40.0) + np.where((place // 50) % 3 == 0, 1.0, 0.05) * rng.standard_normal(n)
    values[620:630] = np.nan
    return Series.of(size * values)


@pytest.mark.parametrize("size", [1.0, 1e-90, 1e90])
def test_a_trained_network_is_told_the_level_at_each_sample_whatever_the_unit(size):
    levels = noise_sd_along(bursts(size=size), RunConfig()) / size
    place = np.arange(1024)
    loud, quiet = (place % 150 > 15) & (place % 150 < 35), (place % 150 > 90) & (place % 150 < 110)
    assert np.median(levels[loud]) == pytest.approx(1.0, rel=0.25)
    assert np.median(levels[quiet]) < 0.2
    assert (levels > 0).all()
    assert levels[620:630].min() > 0.3  # not the straight line over the gap, which has no noise


def test_steady_noise_is_told_as_described():
    rng = np.random.default_rng(3)
    series = Series.of(np.sin(np.arange(1024) / 40.0) + 0.2 * rng.standard_normal(1024))
    np.testing.assert_array_equal(noise_sd_along(series, RunConfig()), describe(series.values).along(1024))


def test_knocks_are_not_taken_for_noise_whose_level_varies():
    """They have power at all frequencies, as noise has: what gives them away is how far they exceed their surroundings."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        starts = np.sort(rng.choice(2048, 60, replace=False))
        decay = np.exp(-np.arange(24) / 3.0)
        knocks = np.zeros(2048 + 24)
        for start in starts:
            knocks[start : start + 24] += rng.choice([-1.0, 1.0]) * decay * rng.standard_normal(24) * 20.0
        noisy = knocks[:2048] + rng.standard_normal(2048)
        assert varies_widely(noisy)
        described = describe(noisy)
        np.testing.assert_array_equal(local_noise_sd(noisy, described)[0], described.along(2048))
