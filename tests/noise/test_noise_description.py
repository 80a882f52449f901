"""Something finite is said of every series, however awkward, and it follows the unit of the series."""

import numpy as np
import pytest

from denoise_core.noise import describe
from denoise_core.noise.excerpt import STRETCH, STRETCHES, excerpt
from denoise_core.signals import SIGNALS, add_noise

MOST = np.finfo(np.float64).max
AWKWARD = {
    "white": lambda t, rng: rng.standard_normal(len(t)),
    "constant": lambda t, _: np.full(len(t), 1e9 + 0.1),
    "line": lambda t, _: 1.7 * t + 1e6,
    "rare counts": lambda t, rng: rng.poisson(0.02, len(t)),
    "counts": lambda t, rng: rng.poisson(3.0, len(t)),
    "every other missing": lambda t, rng: np.where(t % 2 == 1, np.nan, rng.standard_normal(len(t))),
    "every seventh missing": lambda t, rng: np.where(t % 7 == 1, np.nan, rng.standard_normal(len(t))),
    "a stretch missing": lambda t, rng: np.where((t > len(t) // 3) & (t < len(t) // 2), np.nan, rng.standard_normal(len(t))),
    "nine tenths missing": lambda t, rng: np.where(rng.random(len(t)) < 0.9, np.nan, rng.standard_normal(len(t))),
    "one number": lambda t, _: np.where(t == len(t) // 2, 1.0, np.nan),
    "infinite": lambda t, rng: np.where(t % 10 == 3, np.inf, rng.standard_normal(len(t))),
    "as large as numbers get": lambda t, _: MOST * (-1.0) ** t,
    "as small": lambda t, rng: np.where(rng.random(len(t)) < 0.5, 5e-324, 0.0),
    "silent for a while": lambda t, rng: np.where(t < 0.6 * len(t), 0.0, rng.standard_normal(len(t))),
    "one step": lambda t, _: np.where(t < len(t) / 2, 0.0, 1.0),
    "one spike": lambda t, rng: np.where(t == len(t) // 2, 1e6, rng.standard_normal(len(t))),
    "a third spikes": lambda t, rng: rng.standard_normal(len(t)) * np.where(rng.random(len(t)) < 0.3, 1e6, 1.0),
    "cauchy": lambda t, rng: rng.standard_cauchy(len(t)),
    "no noise": lambda t, _: np.sin(t),
    "random walk": lambda t, rng: np.cumsum(rng.standard_normal(len(t))),
    "grows beyond reason": lambda t, rng: rng.standard_normal(len(t)) * np.exp(30.0 * t / len(t)),
}


@pytest.mark.parametrize("kind", sorted(AWKWARD))
def test_what_is_said_is_finite_and_within_its_limits(kind):
    for n in (8, 9, 13, 31, 64, 97, 255, 417, 2053, 9001):
        values = np.asarray(AWKWARD[kind](np.arange(n), np.random.default_rng(n)), dtype=np.float64)
        noise = describe(values)
        numbers = np.array([noise.sd, noise.correlation, noise.spikes, *noise.estimates.values(), *noise.along(n)])
        assert np.isfinite(numbers).all()
        assert (numbers >= 0).all()
        assert 1 <= noise.gap <= max(1, min(64, n // 8))
        assert noise.spikes <= 1.0
        assert noise.along(n).shape == (n,)


def test_only_what_shows_no_noise_has_none():
    for values in (np.zeros(50), np.full(50, 0.1), np.full(50, np.nan), np.arange(50.0), np.zeros(0)):
        assert describe(values).sd == 0.0
    assert describe(np.array([1.0, 2.0, np.nan, 1.0])).sd > 0.0
    assert describe(np.random.default_rng(0).poisson(0.02, 5000).astype(float)).sd == pytest.approx(np.sqrt(0.02), rel=0.3)


@pytest.mark.parametrize("kind", ["every other missing", "every seventh missing", "a stretch missing", "nine tenths missing"])
def test_missing_samples_hide_neither_level_nor_whiteness(kind):
    noise = describe(AWKWARD[kind](np.arange(9001), np.random.default_rng(0)))
    assert noise.sd == pytest.approx(1.0, abs=0.1)
    assert noise.gap == 1
    assert noise.levels is None


def test_the_description_follows_scale_and_ignores_offset_and_sign():
    rng = np.random.default_rng(0)
    values = add_noise(SIGNALS["ecg_like"](3000, rng), snr=3, rng=rng)
    one, other = describe(values), describe(-40.0 * values + 1e4)
    assert other.sd == pytest.approx(40.0 * one.sd, rel=1e-6)
    assert (other.gap, other.correlation, other.spikes, other.agree) == (one.gap, one.correlation, one.spikes, one.agree)


def test_the_series_is_left_as_it_was():
    values = np.random.default_rng(0).standard_normal(500)
    before = values.copy()
    describe(values)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("n", [9, STRETCH * STRETCHES, STRETCH * STRETCHES + 1, 1_000_003])
def test_an_excerpt_is_all_or_reaches_from_end_to_end(n):
    values = np.arange(n, dtype=np.float64)
    part, places = excerpt(values)
    np.testing.assert_array_equal(part, values[places])
    assert len(part) == min(n, STRETCH * STRETCHES)
    assert (places[0], places[-1]) == (0, n - 1)
    assert (np.diff(places) > 0).all()


def test_a_long_record_is_described_as_a_short_one():
    noise = describe(7.0 * np.random.default_rng(0).standard_normal(700_001))
    assert noise.sd == pytest.approx(7.0, rel=0.02)
    assert (noise.gap, noise.spikes, noise.levels, noise.agree) == (1, 0.0, None, True)
