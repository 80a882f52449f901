"""A series made fit for the network: gaps, spikes and colour are taken out, and what is found is brought back exactly."""

import numpy as np
import pytest

from denoise_core import signals
from denoise_core.instant.normalisation import Fitted
from denoise_core.series import Series


def heartbeats(n: int = 4096, *, seed: int = 0):
    rng = np.random.default_rng(seed)
    clean = signals.ecg_like(n, rng)
    return clean, clean.std() / 3, rng


def test_white_noise_without_gaps_is_only_brought_to_size():
    clean, sd, rng = heartbeats()
    noisy = 1000.0 * (clean + sd * rng.standard_normal(4096)) - 7.0
    fitted = Fitted.of(Series.of(noisy))
    assert fitted.mask.all()
    assert (fitted.power, np.abs(fitted.bridged).max()) == (None, 0.0)
    assert 0.5 <= np.abs(fitted.values).max() <= 1.0
    np.testing.assert_allclose(np.ldexp(fitted.values, fitted.exponent) + np.median(noisy), noisy, rtol=1e-12)
    np.testing.assert_allclose(np.ldexp(fitted.levels, fitted.exponent), 1000.0 * sd, rtol=0.05)


def test_coloured_noise_is_described_and_left_in_its_place():
    clean, sd, rng = heartbeats()
    fitted = Fitted.of(Series.of(clean + sd * signals.ar1_noise(4096, rng, rho=0.8)))
    assert fitted.power is not None
    assert fitted.power[1:8].mean() > 10.0 * fitted.power[-8:].mean()
    noise = rng.standard_normal(4096)
    np.testing.assert_allclose(fitted.removed(noise), np.ldexp(noise, fitted.exponent), rtol=1e-12)


def test_weaker_noise_is_the_same_noise():
    clean, sd, rng = heartbeats()
    fitted = Fitted.of(Series.of(clean + sd * rng.standard_normal(4096)))
    np.testing.assert_array_equal(fitted.weaker(0.5).levels, 0.5 * fitted.levels)
    assert fitted.weaker(0.5).power is fitted.power


def test_many_spikes_are_taken_off_and_not_shown():
    clean, sd, rng = heartbeats()
    spiky = signals.spikes(4096, rng, share=0.02, size=12 * sd)
    fitted = Fitted.of(Series.of(clean + sd * rng.standard_normal(4096) + spiky))
    assert np.mean(~fitted.mask[spiky != 0]) > 0.85
    assert np.mean(~fitted.mask[spiky == 0]) < 0.002
    off = fitted.removed(np.zeros(4096))
    found = (spiky != 0) & ~fitted.mask
    assert np.std(off[found] - spiky[found]) < 3 * sd
    np.testing.assert_array_equal(off[fitted.mask], 0.0)


def test_a_few_spikes_may_be_peaks_and_stay():
    clean, sd, rng = heartbeats()
    spiky = signals.spikes(4096, rng, share=0.001, size=12 * sd)
    fitted = Fitted.of(Series.of(clean + sd * rng.standard_normal(4096) + spiky))
    assert fitted.mask.all()


def test_gaps_are_bridged_by_straight_lines_and_said_to_be_missing():
    clean, sd, rng = heartbeats()
    noisy = clean + sd * rng.standard_normal(4096)
    noisy[100:110] = np.nan
    fitted = Fitted.of(Series.of(noisy))
    np.testing.assert_array_equal(fitted.mask, ~np.isnan(noisy))
    np.testing.assert_allclose(np.diff(fitted.values[99:111], 2), 0.0, atol=1e-12)
    np.testing.assert_array_equal(fitted.removed(np.zeros(4096)), 0.0)


@pytest.mark.parametrize("values", [np.r_[np.zeros(40), 1.0, np.zeros(23)], np.repeat([0.0, 1.0], 32)])
def test_odd_series_have_levels_that_are_numbers(values):
    fitted = Fitted.of(Series.of(values))
    assert np.isfinite(fitted.levels).all()
    assert (fitted.levels >= 0.0).all()
