"""Hum is found with its size and nothing else with it; what may be the signal is said to be doubtful."""

import numpy as np
import pytest

from denoise_core import signals
from denoise_core.noise.hum import find_hum

RATE = 500.0


def heart(seed, n=5000):
    rng = np.random.default_rng(seed)
    return signals.ecg_like(n, rng, rate_hz=RATE) + 0.05 * rng.standard_normal(n), np.arange(n) / RATE


@pytest.mark.parametrize("mains", [50.0, 60.0])
@pytest.mark.parametrize("amplitude", [0.05, 0.2, 1.0])
def test_hum_of_known_size_is_found_within_five_percent(mains, amplitude):
    for seed in range(4):
        values, time = heart(seed)
        frequency = mains + np.random.default_rng(seed).uniform(-0.4, 0.4)
        true = amplitude * np.sin(2 * np.pi * frequency * time + seed)
        hum = find_hum(values + true, rate_hz=RATE)
        assert hum.mains_hz == mains
        assert hum.frequency_hz == pytest.approx(frequency, abs=0.02)
        assert hum.amplitude == pytest.approx(amplitude, rel=0.05)
        assert np.std(hum.values - true) < max(0.05 * amplitude, 0.005)


def test_a_phase_that_wanders_is_followed_and_harmonics_are_counted():
    values, time = heart(0, n=10_000)
    phase = 0.8 * np.sin(2 * np.pi * 0.05 * time)
    true = 0.2 * np.sin(2 * np.pi * 50.0 * time + phase) + 0.06 * np.sin(2 * np.pi * 150.0 * time + 3 * phase)
    hum = find_hum(values + true, rate_hz=RATE)
    assert hum.harmonics == 1
    assert np.std(hum.values - true) < 0.06 * np.std(true)


KINDS = {
    "white": lambda n, rng: rng.standard_normal(n),
    "random walk": lambda n, rng: np.cumsum(rng.standard_normal(n)),
    "heartbeats": lambda n, rng: signals.ecg_like(n, rng, rate_hz=RATE) + 0.1 * rng.standard_normal(n),
    "blocks": lambda n, rng: signals.blocks(n) + 0.1 * rng.standard_normal(n),
    "pulses": lambda n, rng: (np.arange(n) % int(rng.integers(150, 900)) < 3) + 0.05 * rng.standard_normal(n),
    "chirp": lambda n, rng: np.sin(np.cumsum(np.linspace(0.05, 1.2, n))) + 0.1 * rng.standard_normal(n),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_is_found_where_there_is_no_hum(kind):
    for seed in range(25):
        assert find_hum(KINDS[kind](3000, np.random.default_rng(seed)), rate_hz=RATE) is None


def test_a_signal_that_oscillates_beside_the_hum_stays():
    values, time = heart(0)
    near = 0.3 * np.sin(2 * np.pi * 46.0 * time)
    true = 0.2 * np.sin(2 * np.pi * 50.0 * time)
    hum = find_hum(values + near + true, rate_hz=RATE)
    assert abs(np.mean(hum.values * near)) < 0.01 * np.mean(near**2)
    assert "nearly as fast" in hum.doubt


@pytest.mark.parametrize(
    ("make", "doubt"),
    [
        (lambda t: np.sin(2 * np.pi * 50.0 * t), "if it is what you measured, keep it"),
        (lambda t: np.sin(2 * np.pi * 25.05 * t) + 0.3 * np.sin(2 * np.pi * 50.1 * t), "overtone"),
    ],
)
def test_what_may_be_the_signal_is_said_to_be(make, doubt):
    time = np.arange(5000) / RATE
    noise = 0.02 * np.random.default_rng(0).standard_normal(5000)
    assert doubt in find_hum(make(time) + noise, rate_hz=RATE).doubt


def test_in_a_short_record_the_doubt_is_its_length():
    _, time = heart(0, n=400)
    noise = 0.3 * np.random.default_rng(0).standard_normal(400)
    assert "cannot be told" in find_hum(noise + 0.25 * np.sin(2 * np.pi * 50.0 * time), rate_hz=RATE).doubt


def test_hum_follows_size_and_sign_and_ignores_the_offset():
    values, time = heart(0)
    values = values + 0.2 * np.sin(2 * np.pi * 50.1 * time)
    one, other = find_hum(values, rate_hz=RATE), find_hum(-40.0 * values + 1e4, rate_hz=RATE)
    np.testing.assert_allclose(other.values, -40.0 * one.values, atol=1e-6)
    assert (one.harmonics, one.doubt) == (other.harmonics, other.doubt)


def test_gaps_hide_no_hum():
    values, time = heart(0)
    true = 0.2 * np.sin(2 * np.pi * 50.0 * time)
    gappy = values + true
    gappy[1000:1600] = np.nan
    gappy[::17] = np.nan
    hum = find_hum(gappy, rate_hz=RATE)
    assert hum.amplitude == pytest.approx(0.2, rel=0.05)
    assert np.isfinite(hum.values).all()


@pytest.mark.parametrize(
    ("values", "rate"),
    [
        (np.sin(2 * np.pi * 50.0 * np.arange(5000) / RATE), None),
        (np.sin(2 * np.pi * 50.0 * np.arange(9) / RATE), RATE),
        (np.sin(2 * np.pi * 50.0 * np.arange(5000) / RATE), 80.0),
        (np.full(5000, np.nan), RATE),
        (np.r_[np.arange(9.0), np.full(5000, np.nan)], RATE),
        (np.full(5000, 3.0), RATE),
        (np.zeros(0), RATE),
    ],
)
def test_what_cannot_show_hum_has_none(values, rate):
    assert find_hum(values, rate_hz=rate) is None


def test_values_as_large_as_numbers_get_are_measured():
    hum = find_hum(1e300 * np.sin(2 * np.pi * 50.0 * np.arange(5000) / RATE), rate_hz=RATE)
    assert hum.amplitude == pytest.approx(1e300, rel=0.01)


def test_a_record_sampled_too_slowly_for_mains_has_none():
    weekly = np.sin(np.arange(500) / 8.0)
    assert find_hum(weekly, rate_hz=1.0 / 604_800.0) is None
