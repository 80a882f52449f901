"""The noise level is that of white noise, whatever signal lies under it."""

import numpy as np
import pytest

from denoise_core.noise import describe, level
from denoise_core.signals import SIGNALS, add_noise, spikes


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_level_is_within_five_per_cent_on_average_on_every_test_signal(name):
    ratios = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        clean = SIGNALS[name](2048, rng)
        ratios.append(level(add_noise(clean, snr=3, rng=rng)) / (clean.std() / 3))
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.05)


def test_the_usual_first_differences_read_part_of_a_vibration_as_noise():
    usual = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        clean = SIGNALS["vibration"](2048, rng)
        differences = np.diff(add_noise(clean, snr=3, rng=rng))
        usual.append(np.median(np.abs(differences)) / 0.67449 / np.sqrt(2) / (clean.std() / 3))
    assert np.mean(usual) > 1.08


def test_level_follows_scale_and_ignores_offset():
    noisy = np.random.default_rng(0).standard_normal(999)
    assert level(-4.0 * noisy + 1e6) == pytest.approx(4.0 * level(noisy), rel=1e-6)


def test_gaps_are_left_out():
    noisy = np.random.default_rng(0).standard_normal(5000)
    with_gaps = noisy.copy()
    with_gaps[100:400] = np.nan
    with_gaps[::50] = np.nan
    assert level(with_gaps) == pytest.approx(1.0, rel=0.06)


def test_spikes_hardly_raise_it():
    rng = np.random.default_rng(0)
    noisy = rng.standard_normal(5000)
    noisy[rng.permutation(5000)[:50]] += 30.0
    assert level(noisy) == pytest.approx(1.0, rel=0.12)


def test_counts_with_mostly_zero_differences_have_a_level():
    counts = np.random.default_rng(0).poisson(0.02, 5000).astype(float)
    assert level(counts) == pytest.approx(np.sqrt(0.02), rel=0.3)


def test_nothing_to_measure_is_zero():
    assert level(np.arange(6.0)) == 0.0
    assert level(np.full(50, np.nan)) == 0.0
    assert level(np.full(50, 3.0)) == 0.0


def described(name, *, n, snr, seed, share=0.0):
    """What is said of a test signal with white noise, the sd of which is 1, and spikes of ten times that."""
    rng = np.random.default_rng(seed)
    clean = SIGNALS[name](n, rng)
    clean *= snr / clean.std()
    return describe(add_noise(clean, snr=snr, rng=rng) + spikes(n, rng, share=share, size=10.0))


@pytest.mark.parametrize("name", sorted(SIGNALS))
@pytest.mark.parametrize(("n", "seeds"), [(2048, 7), (20_000, 1)])
@pytest.mark.parametrize("snr", [1, 3, 10])
def test_white_noise_is_measured_within_eight_per_cent_and_never_called_coloured_moving_or_spiky(name, n, seeds, snr):
    found = [described(name, n=n, snr=snr, seed=seed) for seed in range(seeds)]
    assert np.median([noise.sd for noise in found]) == pytest.approx(1.0, abs=0.08)
    assert {(noise.gap, noise.correlation) for noise in found} == {(1, 0.0)}
    assert all(noise.levels is None for noise in found)
    assert all(noise.agree for noise in found)
    assert max(noise.spikes for noise in found) < 0.002


@pytest.mark.parametrize("name", sorted(SIGNALS))
@pytest.mark.parametrize("snr", [1, 3, 10])
def test_spikes_raise_the_described_sd_by_less_than_fifteen_per_cent(name, snr):
    sds = [described(name, n=2048, snr=snr, seed=seed, share=0.02).sd for seed in range(5)]
    assert np.median(sds) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("name", ["bumps", "blocks", "pressure_steps"])
def test_spikes_are_left_out_before_the_noise_is_measured(name):
    sds = [described(name, n=4000, snr=1, seed=seed, share=0.05).sd for seed in range(5)]
    assert np.median(sds) == pytest.approx(1.0, abs=0.1)


def test_a_rounded_record_without_noise_has_next_to_none():
    for seed in range(3):
        clean = np.round(SIGNALS["pressure_steps"](3000, np.random.default_rng(seed)), 5)
        noise = describe(clean)
        assert noise.sd < 1e-3 * clean.std()
        assert noise.along(3000).max() < 3e-3 * clean.std()


def test_the_three_estimates_have_names_and_agree_only_where_they_are_alike():
    noise = described("ecg_like", n=2048, snr=3, seed=0)
    assert list(noise.estimates) == ["differences", "wavelet", "spectrum"]
    assert noise.sd == noise.estimates["spectrum"]
    tone = np.sin(0.7 * np.pi * np.arange(4000)) + 0.1 * np.random.default_rng(0).standard_normal(4000)
    assert not describe(tone).agree
