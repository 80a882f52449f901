"""Noise whose level varies widely within few samples is followed; steady noise is left to `denoise_core.noise`."""

import numpy as np
import pytest

from denoise_core import signals
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
