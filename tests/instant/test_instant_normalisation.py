"""A series normalised for the network: gaps, spikes and autocorrelation are taken out, and the way back is exact."""

import numpy as np
import pytest

from denoise_core import signals
from denoise_core.instant.normalisation import NormalisedSeries
from denoise_core.series import Series


def heartbeats(n: int = 4096, *, seed: int = 0):
    rng = np.random.default_rng(seed)
    clean = signals.ecg_like(n, rng)
    return clean, clean.std() / 3, rng


def test_white_noise_without_gaps_is_only_brought_to_size():
    clean, sd, rng = heartbeats()
    noisy = 1000.0 * (clean + sd * rng.standard_normal(4096)) - 7.0
    normalised = NormalisedSeries.of(Series.of(noisy))
    assert normalised.mask.all()
    assert (normalised.power, np.abs(normalised.spikes).max()) == (None, 0.0)
    assert 0.5 <= np.abs(normalised.values).max() <= 1.0
    np.testing.assert_allclose(np.ldexp(normalised.values, normalised.exponent) + np.median(noisy), noisy, rtol=1e-12)
    np.testing.assert_allclose(np.ldexp(normalised.levels, normalised.exponent), 1000.0 * sd, rtol=0.05)


def test_coloured_noise_is_described_and_left_in_its_place():
    clean, sd, rng = heartbeats()
    normalised = NormalisedSeries.of(Series.of(clean + sd * signals.ar1_noise(4096, rng, rho=0.8)))
    assert normalised.power is not None
    assert normalised.power[1:8].mean() > 10.0 * normalised.power[-8:].mean()
    noise = rng.standard_normal(4096)
    np.testing.assert_allclose(normalised.to_residual(noise), np.ldexp(noise, normalised.exponent), rtol=1e-12)


def test_weaker_noise_has_the_same_spectrum():
    clean, sd, rng = heartbeats()
    normalised = NormalisedSeries.of(Series.of(clean + sd * rng.standard_normal(4096)))
    np.testing.assert_array_equal(normalised.with_weaker_noise(0.5).levels, 0.5 * normalised.levels)
    assert normalised.with_weaker_noise(0.5).power is normalised.power


def test_many_spikes_are_removed_and_masked():
    clean, sd, rng = heartbeats()
    spiky = signals.spikes(4096, rng, share=0.02, size=12 * sd)
    normalised = NormalisedSeries.of(Series.of(clean + sd * rng.standard_normal(4096) + spiky))
    assert np.mean(~normalised.mask[spiky != 0]) > 0.85
    assert np.mean(~normalised.mask[spiky == 0]) < 0.002
    off = normalised.to_residual(np.zeros(4096))
    found = (spiky != 0) & ~normalised.mask
    assert np.std(off[found] - spiky[found]) < 3 * sd
    np.testing.assert_array_equal(off[normalised.mask], 0.0)


def test_a_few_spikes_may_be_peaks_and_stay():
    clean, sd, rng = heartbeats()
    spiky = signals.spikes(4096, rng, share=0.001, size=12 * sd)
    normalised = NormalisedSeries.of(Series.of(clean + sd * rng.standard_normal(4096) + spiky))
    assert normalised.mask.all()


def test_gaps_are_interpolated_and_masked():
    clean, sd, rng = heartbeats()
    noisy = clean + sd * rng.standard_normal(4096)
    noisy[100:110] = np.nan
    normalised = NormalisedSeries.of(Series.of(noisy))
    np.testing.assert_array_equal(normalised.mask, ~np.isnan(noisy))
    np.testing.assert_allclose(np.diff(normalised.values[99:111], 2), 0.0, atol=1e-12)
    np.testing.assert_array_equal(normalised.to_residual(np.zeros(4096)), 0.0)


@pytest.mark.parametrize("values", [np.r_[np.zeros(40), 1.0, np.zeros(23)], np.repeat([0.0, 1.0], 32)])
def test_odd_series_have_levels_that_are_numbers(values):
    normalised = NormalisedSeries.of(Series.of(values))
    assert np.isfinite(normalised.levels).all()
    assert (normalised.levels >= 0.0).all()
