"""Drift is what moves more slowly than the signal; where the signal is slow itself, that is said."""

import numpy as np
import pytest

from denoise_core import signals
from denoise_core.noise.drift import find_drift

N = 5000
SLOW = {
    "line": lambda t: 2.0 * t,
    "parabola": lambda t: 4.0 * (t - 0.4) ** 2,
    "wave": lambda t: 0.5 * np.sin(2 * np.pi * 1.7 * t + 1.0),
}
FAST = {
    "heartbeats": lambda rng: signals.ecg_like(N, rng),
    "vibration": lambda rng: signals.vibration(N, rng),
    "pulses": lambda rng: np.convolve(rng.random(N) < 0.01, np.exp(-np.arange(60) / 8.0))[:N],
}


def noisy(values, seed):
    return values + 0.2 * np.std(values) * np.random.default_rng(seed + 100).standard_normal(len(values))


@pytest.mark.parametrize("slow", sorted(SLOW))
@pytest.mark.parametrize("fast", ["heartbeats", "vibration"])
def test_a_drift_under_a_faster_signal_is_found_without_doubt(fast, slow):
    for seed in range(3):
        clean = FAST[fast](np.random.default_rng(seed))
        true = 3.0 * np.std(clean) * SLOW[slow](np.arange(N) / N)
        drift = find_drift(noisy(clean, seed) + true)
        error = drift.values - true
        assert drift.doubt == ""
        assert np.std(error) < 0.15 * np.std(true)
        assert drift.size == pytest.approx(np.ptp(true), rel=0.25)


@pytest.mark.parametrize("fast", sorted(FAST))
def test_none_is_found_where_there_is_none(fast):
    for seed in range(15):
        assert find_drift(noisy(FAST[fast](np.random.default_rng(seed)), seed)) is None


@pytest.mark.parametrize("name", ["bumps", "blocks"])
def test_a_slow_signal_that_leaves_no_gap_is_no_drift(name):
    for seed in range(10):
        assert find_drift(noisy(signals.SIGNALS[name](N, np.random.default_rng(seed)), seed)) is None


def test_noise_alone_does_not_drift():
    for seed in range(25):
        assert find_drift(np.random.default_rng(seed).standard_normal(2000)) is None


def test_a_slow_signal_in_noise_alone_may_be_the_signal():
    values = noisy(np.sin(2 * np.pi * 1.5 * np.arange(N) / N), 0)
    assert "may be the signal itself" in find_drift(values).doubt


def test_drift_follows_size_and_sign_and_keeps_the_level():
    values = noisy(signals.ecg_like(N, np.random.default_rng(0)), 0) + np.linspace(0.0, 2.0, N)
    one, other = find_drift(values), find_drift(-40.0 * values + 1e4)
    np.testing.assert_allclose(other.values, -40.0 * one.values, atol=1e-6)
    assert np.median(one.values) == pytest.approx(0.0, abs=1e-12)


def test_gaps_and_knocks_bend_it_little():
    clean = noisy(signals.ecg_like(N, np.random.default_rng(0)), 0)
    values = clean + np.linspace(0.0, 2.0, N)
    values[1000:1500] = np.nan
    values[3000:3040] += 30.0
    drift = find_drift(values)
    assert np.isfinite(drift.values).all()
    assert np.std(drift.values - np.linspace(0.0, 2.0, N)) < 0.1


@pytest.mark.parametrize(
    "values",
    [np.zeros(0), np.arange(9.0), np.full(500, np.nan), np.r_[np.arange(9.0), np.full(4000, np.nan)], np.full(500, 1e300)],
)
def test_what_cannot_show_drift_has_none(values):
    assert find_drift(values) is None
