"""Non-local features: repetitions are found, noise is not taken for one, and the laws hold."""

import numpy as np
import pytest

from denoise_core.instant.nonlocal_features import FEATURES, SHORTEST, SIGNED, nonlocal_features

UNSIGNED = [row for row in range(FEATURES) if row not in SIGNED]
PLACE = np.arange(2048)


def noise(seed: int = 0, n: int = 2048) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n)


def left(found: np.ndarray, values: np.ndarray, clean: np.ndarray) -> list[float]:
    """Mean squared error of each of the guesses; that of the noise itself is 1."""
    return [float(np.mean((values - found[row] - clean) ** 2)) for row in SIGNED]


def test_an_offset_changes_nothing_and_the_negative_gets_the_negative():
    values = 3.0 * np.sin(PLACE / 9) + noise()
    plain, moved, turned = nonlocal_features(values), nonlocal_features(values + 512.0), nonlocal_features(-values)
    np.testing.assert_allclose(moved, plain, atol=2e-3)
    np.testing.assert_allclose(turned[list(SIGNED)], -plain[list(SIGNED)], atol=1e-5)
    np.testing.assert_allclose(turned[UNSIGNED], plain[UNSIGNED], atol=1e-5)


@pytest.mark.parametrize("n", [8, 100, SHORTEST - 1])
def test_a_short_window_gets_none(n):
    found = nonlocal_features(noise(n=n))
    assert found.shape == (FEATURES, n)
    assert not found.any()


@pytest.mark.parametrize("n", [SHORTEST, 1023, 3000])
def test_every_longer_window_gets_finite_ones(n):
    found = nonlocal_features(1000.0 * noise(n=n).cumsum())
    assert found.shape == (FEATURES, n)
    assert np.isfinite(found).all()
    assert (found[UNSIGNED] <= 0.0).all()


def test_a_repeated_waveform_is_estimated_from_its_repetitions():
    wave = 2.0 * np.random.default_rng(5).standard_normal(61)
    clean = wave[PLACE % 61]
    values = clean + noise()
    long, short, *_ = left(nonlocal_features(values), values, clean)
    # 33 repetitions, of which the similar ones count most
    assert long < 0.08
    assert short < 0.25


def test_a_stated_sd_is_about_the_error_where_everything_repeats():
    wave = 3.0 * np.random.default_rng(5).standard_normal(64)
    clean = wave[PLACE % 64]
    values = clean + noise()
    found = nonlocal_features(values)
    inner = slice(64, -64)
    error = (values - found[0] - clean)[inner]
    assert np.exp(found[1])[inner].mean() == pytest.approx(error.std(), rel=0.35)


def test_steady_tones_are_found_below_the_noise():
    clean = np.sin(0.31 * PLACE) + 0.7 * np.sin(1.17 * PLACE)
    values = clean + noise()
    assert left(nonlocal_features(values), values, clean)[2] < 0.12


def test_what_does_not_repeat_is_left_as_it_is():
    clean = 50.0 * noise(seed=9)
    values = clean + noise()
    found = nonlocal_features(values)
    assert np.abs(found[0]).max() < 3.0
    assert np.exp(found[1]).mean() > 0.6
