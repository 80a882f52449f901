"""Noise as instruments make it: counts, a level that follows the signal, and a description that cannot be believed."""

import numpy as np
import pytest

import denoise_core as dc
from denoise_core import signals
from denoise_core.instant.counts import are_counts, restore, stabilise
from denoise_core.instant.restraint import restrain
from denoise_core.instant.signal_dependence import level_by_value
from denoise_core.series import Series
from tests.benchmarks import instruments, repeats
from tests.common import gain_db


def instantly(values) -> dc.Estimate:
    return dc.denoise(Series.of(values), method="instant")


def wave(n: int = 4096) -> np.ndarray:
    return 1.0 + np.sin(np.arange(n) / 60.0)


def test_counts_are_known_by_their_variance():
    rng = np.random.default_rng(0)
    counts = rng.poisson(20.0 * wave()).astype(float)
    assert are_counts(counts)
    assert not are_counts(2.0 * counts)
    assert not are_counts(counts + 100.0)
    assert not are_counts(counts + 0.5)
    assert not are_counts(np.round(300.0 + 3.0 * rng.standard_normal(4096)))
    assert not are_counts(np.zeros(4096))
    gappy = counts.copy()
    gappy[::7] = np.nan
    assert are_counts(gappy)


def test_the_mean_of_counts_comes_back():
    rng = np.random.default_rng(1)
    for mean in (1.0, 4.0, 50.0):
        stabilised = stabilise(rng.poisson(mean, 200_000).astype(float))
        assert restore(np.array([stabilised.mean()]))[0] == pytest.approx(mean, rel=0.02)


def test_counts_are_denoised_with_a_band_that_follows_them():
    rng = np.random.default_rng(2)
    clean = 30.0 * wave() + 2.0
    counts = rng.poisson(clean).astype(float)
    counts[100:120] = np.nan
    seen = ~np.isnan(counts)
    estimate = instantly(counts)
    assert gain_db(counts[seen], estimate.values[seen], clean[seen]) > 13.0
    assert 0.8 < np.mean(np.abs(estimate.values - clean)[seen] < 1.645 * estimate.sd[seen]) < 0.99
    assert "counts" in estimate.notes[0]
    np.testing.assert_array_equal(np.isnan(estimate.values), ~seen)


def test_a_level_that_follows_the_signal_is_found_and_white_noise_has_none():
    rng = np.random.default_rng(3)
    clean = np.tile(wave(1024), 4)
    level = 0.3 + clean
    noise = rng.standard_normal(4096)
    found = level_by_value(clean, (level * noise) ** 2, None)
    np.testing.assert_allclose(found, level, rtol=0.3)
    assert level_by_value(clean, noise**2, None) is None
    assert level_by_value(clean[:200], noise[:200] ** 2, None) is None


def test_noise_that_follows_the_signal_gains_by_it(monkeypatch):
    from denoise_core.instant import denoiser

    cases = [instruments.pair("heartbeats", 10, "follows the signal", seed) for seed in range(41, 47)]
    following = np.mean([gain_db(noisy, instantly(noisy).values, clean) for clean, noisy in cases])
    monkeypatch.setattr(denoiser, "_follow_signal", lambda *_: None)
    assert following > np.mean([gain_db(noisy, instantly(noisy).values, clean) for clean, noisy in cases]) + 0.1


def test_noise_as_described_passes_and_structure_stays_in():
    rng = np.random.default_rng(4)
    noise, ones = rng.standard_normal(8192).astype(np.float32), np.ones(8192)
    variance = 0.1 * np.ones(8192, dtype=np.float32)
    plain = restrain(noise, variance, ones, None, 0.05)
    assert np.mean((plain.noise - noise) ** 2) < 0.01
    assert plain.notes == ()
    knock = np.zeros(8192, dtype=np.float32)
    knock[4000:4040] = 12.0 * np.cos(np.arange(40))
    kept = restrain(noise + knock, variance, ones, None, 0.05)
    assert np.mean((kept.noise - noise)[4000:4040] ** 2) < 0.25 * np.mean(knock[4000:4040] ** 2)
    assert kept.variance[4020] > 0.5
    assert kept.variance[1000] == pytest.approx(0.1, rel=0.2)


def test_hardly_known_coloured_noise_is_removed_in_part_and_that_is_said():
    rng = np.random.default_rng(5)
    power = 1.0 / (1.0 + (np.arange(65) / 5.0) ** 2)
    noise, variance = rng.standard_normal(2048).astype(np.float32), 0.1 * np.ones(2048, dtype=np.float32)
    part = restrain(noise, variance, 10.0 * np.ones(2048), power, 0.95)
    np.testing.assert_allclose(part.noise, 0.5 * noise, rtol=1e-5)
    assert "only 50% of what the network took for noise was removed" in part.notes[-1]
    assert "nothing was removed" in restrain(noise, variance, 10.0 * np.ones(2048), power, 2.0).notes[-1]


@pytest.mark.parametrize(("name", "least"), [("amplifier_steps", 1.0), ("xrf_counts", 10.0)])
def test_real_recordings_come_back_better(name, least):
    assert repeats.gain(name, repeats.instant, 2) > least


def test_the_measure_on_repeats_knows_the_truth():
    name = repeats.NAMES[0]
    assert repeats.gain(name, lambda row: row) == pytest.approx(0.0, abs=0.05)


def test_low_passed_noise_in_steps_is_not_taken_for_noise_that_varies():
    rng = np.random.default_rng(6)
    clean = signals.pressure_steps(2048, rng)
    noisy = clean + clean.std() / 3 * instruments.band_limited(rng, 4, 0.25)
    assert gain_db(noisy, instantly(noisy).values, clean) > 8.0
