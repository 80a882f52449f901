"""Coloured noise is known from its spectrum, and white noise is not taken for it."""

import numpy as np
import pytest

from denoise_core.noise import describe
from denoise_core.noise.ar_model import MOST_GAP, SMALL, gap_for
from denoise_core.noise.minimum_statistics import BLOCK, expected_minimum_variance, minimum_variance
from denoise_core.noise.spectrum import bins, expected_power, noise_floor
from denoise_core.signals import SIGNALS, add_noise, ar1_noise, rising, spikes


def described(name, *, rho, n, seed, share=0.0):
    """What is said of a test signal of SNR 3 with AR(1) noise of sd 1."""
    rng = np.random.default_rng(seed)
    clean = SIGNALS[name](n, rng)
    return describe(3.0 * clean / clean.std() + ar1_noise(n, rng, rho=rho) + spikes(n, rng, share=share, size=10.0))


@pytest.mark.parametrize("name", ["ecg_like", "bumps", "blocks", "pressure_steps"])
@pytest.mark.parametrize("rho", [0.5, 0.8, 0.9])
@pytest.mark.parametrize(("n", "seeds"), [(2048, 21), (20_000, 5)])
def test_the_correlation_of_ar1_noise_is_found_within_a_tenth(name, rho, n, seeds):
    found = [described(name, rho=rho, n=n, seed=seed) for seed in range(seeds)]
    assert np.median([noise.correlation for noise in found]) == pytest.approx(rho, abs=0.1)
    assert np.median([noise.gap for noise in found]) == pytest.approx(np.log(SMALL) / np.log(rho), rel=0.75)


def test_nine_beats_show_nine_times_in_ten_that_noise_is_coloured_and_four_times_how_much():
    found = np.array([described("ecg_like", rho=0.9, n=2048, seed=seed).correlation for seed in range(40)])
    assert np.mean(found > 0.3) >= 0.9
    assert np.mean(np.abs(found - 0.9) < 0.1) >= 0.4
    assert not any(described("ecg_like", rho=0.0, n=2048, seed=seed).correlation for seed in range(40))


@pytest.mark.parametrize("name", ["bumps", "blocks", "pressure_steps"])
@pytest.mark.parametrize("rho", [0.5, 0.8, 0.9])
def test_the_sd_of_ar1_noise_is_its_marginal_one_though_differences_see_a_fraction(name, rho):
    found = [described(name, rho=rho, n=20_000, seed=seed) for seed in range(3)]
    assert np.median([noise.sd for noise in found]) == pytest.approx(1.0, abs=0.15)
    assert np.median([noise.estimates["differences"] for noise in found]) < 0.65


def test_spikes_do_not_hide_the_colour():
    found = [described("pressure_steps", rho=0.8, n=8000, seed=seed, share=0.02) for seed in range(5)]
    assert np.median([noise.correlation for noise in found]) == pytest.approx(0.8, abs=0.1)


def test_noise_that_grows_keeps_its_colour():
    rng = np.random.default_rng(0)
    noise = describe(rising(8000, factor=5.0) * ar1_noise(8000, rng, rho=0.8))
    assert noise.correlation == pytest.approx(0.8, abs=0.1)
    assert noise.sd == pytest.approx(1.0, abs=0.15)


def test_a_rough_signal_is_no_coloured_noise_where_its_pauses_are_white():
    rng = np.random.default_rng(0)
    playing = np.arange(6000) % 600 < 540  # pauses a tenth of the time
    series = add_noise(ar1_noise(6000, rng, rho=0.7) * playing, snr=3, rng=rng)
    assert describe(series).gap == 1
    quiet = minimum_variance(series, missing=np.zeros(6000, dtype=bool))
    assert quiet / expected_minimum_variance(0.7 ** np.arange(BLOCK)) < 0.7


def test_a_tone_is_no_coloured_noise():
    rng = np.random.default_rng(1)
    for frequency in (0.02, 0.1, 0.21, 0.3, 0.45):
        tone = np.sin(2 * np.pi * frequency * np.arange(4096))
        assert describe(add_noise(tone, snr=3, rng=rng)).gap == 1


def test_the_floor_is_the_spectrum_of_the_noise_alone():
    rng = np.random.default_rng(2)
    clean = SIGNALS["pressure_steps"](20_000, rng)
    floor = noise_floor(10.0 * clean / clean.std() + ar1_noise(20_000, rng, rho=0.6), missing=np.zeros(20_000, dtype=bool))
    assert floor is not None
    truth = expected_power(0.6 ** np.arange(floor.length))
    assert np.std(np.log(floor.power / truth)) < 1.5 * floor.error
    assert np.mean(np.log(floor.power / truth)) == pytest.approx(0.0, abs=0.05)


def test_the_expected_power_of_white_noise_is_one():
    np.testing.assert_allclose(expected_power(0.0 ** np.arange(64)), np.ones(len(bins(64))), atol=0.01)


def test_the_floor_of_white_noise_is_flat_to_its_lowest_and_highest_bin():
    noise = np.random.default_rng(4).standard_normal(1_500_000)
    floor = noise_floor(noise, missing=np.zeros(len(noise), dtype=bool))
    assert floor is not None
    np.testing.assert_allclose(floor.power, np.ones(len(bins(floor.length))), atol=0.035)


def test_the_expected_minimum_variance_is_that_of_simulated_noise():
    for rho in (0.0, 0.8):
        noise = ar1_noise(32 * 4000, np.random.default_rng(3), rho=rho)
        found = minimum_variance(noise, missing=np.zeros(len(noise), dtype=bool))
        assert expected_minimum_variance(rho ** np.arange(BLOCK)) == pytest.approx(
            found, rel=0.2
        )  # the gamma is a little low in its tail


@pytest.mark.parametrize("rho", [0.3, 0.5, 0.9])
def test_the_gap_is_the_least_lag_from_which_the_correlation_is_small(rho):
    gap = gap_for(rho, 10_000)
    assert rho**gap < SMALL <= rho ** (gap - 1)


def test_the_gap_keeps_its_limits():
    assert gap_for(0.0, 10_000) == 1
    assert gap_for(0.99, 10_000) == MOST_GAP
    assert gap_for(0.9, 80) == 10
    assert gap_for(0.9, 8) == gap_for(0.9, 7) == 1
