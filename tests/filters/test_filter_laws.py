"""What defines each of the filters of total variation, random level or trend, local fits and decompositions."""

import numpy as np
import pytest
import pywt
from scipy.stats import laplace, norm

from denoise_core import filters, signals
from denoise_core.assess.metrics import snr_gain_db
from denoise_core.filters.decompositions import SingularSpectrumSettings, StftSettings, singular_spectrum, stft
from denoise_core.filters.empirical_bayes import most_likely_weight, posterior_median
from denoise_core.filters.local import HampelSettings, LowessSettings, WienerSettings, hampel, lowess, wiener
from denoise_core.filters.state_space import KalmanSettings, kalman, most_likely_stiffness
from denoise_core.filters.total_variation import TotalVariationSettings, total_variation
from denoise_core.filters.wavelets import WaveletSettings, inverse, wavelet
from denoise_core.series import Series


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize("n", [3, 4, 50, 997])
@pytest.mark.parametrize("weight", [0.2, 3.0, 500.0])
def test_total_variation_fulfils_the_conditions_of_its_minimum(rng, n, weight):
    y = np.repeat(rng.standard_normal(n // 10 + 1) * 5, 10)[:n] + rng.standard_normal(n)
    x = total_variation(y, TotalVariationSettings(weight=weight, noise_sd=1.0))
    dual = -np.cumsum(y - x)[:-1]  # within [-weight, weight], and at the end of it where x jumps
    assert np.sum(y - x) == pytest.approx(0.0, abs=1e-8)
    assert np.abs(dual).max() <= weight * (1 + 1e-9)
    jumps = np.diff(x)
    moved = np.abs(jumps) > 1e-3
    np.testing.assert_allclose(dual[moved], weight * np.sign(jumps[moved]), rtol=1e-4)


def test_total_variation_of_great_weight_is_the_mean(rng):
    y = rng.standard_normal(300) + 5
    np.testing.assert_allclose(total_variation(y, TotalVariationSettings(weight=1000.0, noise_sd=1.0)), y.mean(), atol=1e-5)


def rts_smoother(y, stiffness, order):
    """The textbook recursions, with a start so uncertain that it counts as diffuse."""
    transition = np.array([[1.0]]) if order == 1 else np.array([[1.0, 1.0], [0.0, 1.0]])
    change = np.zeros((order, order))
    change[-1, -1] = 1.0 / stiffness
    observe = np.eye(order)[0]
    mean, covariance = np.zeros(order), np.eye(order) * 1e7
    filtered, predicted = [], []
    for value in y:
        predicted.append((mean, covariance))
        gain = covariance @ observe / (observe @ covariance @ observe + 1.0)
        mean = mean + gain * (value - observe @ mean)
        covariance = covariance - np.outer(gain, observe @ covariance)
        filtered.append((mean, covariance))
        mean, covariance = transition @ mean, transition @ covariance @ transition.T + change
    smooth = [filtered[-1][0]]
    for t in range(len(y) - 2, -1, -1):
        gain = filtered[t][1] @ transition.T @ np.linalg.inv(predicted[t + 1][1])
        smooth.append(filtered[t][0] + gain @ (smooth[-1] - predicted[t + 1][0]))
    return np.array(smooth)[::-1, 0]


@pytest.mark.parametrize(("model", "order"), [("level", 1), ("trend", 2)])
@pytest.mark.parametrize("stiffness", [0.5, 30.0, 1000.0])
def test_kalman_is_the_rauch_tung_striebel_smoother(rng, model, order, stiffness):
    y = np.cumsum(rng.standard_normal(120)) + rng.standard_normal(120)
    expected = rts_smoother(y - y.mean(), stiffness, order) + y.mean()
    np.testing.assert_allclose(kalman(y, KalmanSettings(model=model, stiffness=stiffness)), expected, atol=2e-5)


@pytest.mark.parametrize("stiffness", [4.0, 400.0])
def test_kalman_finds_the_variances_of_a_random_level(rng, stiffness):
    y = np.cumsum(rng.standard_normal(8000)) / np.sqrt(stiffness) + rng.standard_normal(8000)
    assert most_likely_stiffness(y, 1) == pytest.approx(stiffness, rel=0.25)


def shrunk(values):
    return posterior_median(values, sigma=1.0, weight=most_likely_weight(values, sigma=1.0))


def test_empirical_bayes_removes_noise_alone_and_keeps_what_stands_far_out(rng):
    noise = rng.standard_normal(4000)
    assert np.count_nonzero(shrunk(noise)) < 20
    noise[::50] += 12.0
    kept = shrunk(noise)
    assert np.count_nonzero(kept) < 100
    np.testing.assert_allclose(kept[::50], noise[::50], atol=1.0)
    np.testing.assert_array_less(np.abs(kept), np.abs(noise) + 1e-12)


@pytest.mark.parametrize("x", [2.5, 3.0, 4.5])
def test_posterior_median_halves_the_posterior(x):
    weight, grid = 0.3, np.linspace(-40, 40, 800_001)
    slab = weight * laplace.pdf(grid, scale=2.0) * norm.pdf(x - grid) * (grid[1] - grid[0])
    total = slab.sum() + (1 - weight) * norm.pdf(x)
    median = grid[np.searchsorted(-np.cumsum(slab[::-1])[::-1], -0.5 * total)]
    np.testing.assert_allclose(posterior_median(np.array([-x, x]), sigma=1.0, weight=weight), [-median, median], atol=1e-3)


def test_the_weight_is_the_share_of_signal(rng):
    means = np.where(rng.random(40_000) < 0.1, rng.laplace(scale=2.0, size=40_000), 0.0)
    assert most_likely_weight(means + rng.standard_normal(40_000), sigma=1.0) == pytest.approx(0.1, rel=0.15)


@pytest.mark.parametrize("iterations", [0, 2])
def test_local_regression_passes_a_line_to_its_ends(iterations):
    line = 3.0 * np.arange(200.0) - 40.0
    np.testing.assert_allclose(lowess(line, LowessSettings(window=31, iterations=iterations)), line, atol=1e-6)


def test_local_regression_is_weighted_least_squares(rng):
    y = rng.standard_normal(101)
    at, half = 3, 10
    where = np.arange(at + half + 1)
    weights = (1 - np.abs((where - at) / (half + 1)) ** 3) ** 3
    line = np.polyfit(where - at, y[where], 1, w=np.sqrt(weights))
    assert lowess(y, LowessSettings(window=2 * half + 1, iterations=0))[at] == pytest.approx(line[1])


def test_robust_local_regression_ignores_outliers(rng):
    line = np.arange(400.0)
    y = line + 0.1 * rng.standard_normal(400)
    y[::25] += 80.0
    assert np.abs(lowess(y, LowessSettings(window=41, iterations=3)) - line).max() < 0.5
    assert np.abs(lowess(y, LowessSettings(window=41, iterations=0)) - line).max() > 2.0


def test_hampel_replaces_a_spike_and_nothing_else():
    wave = np.sin(np.arange(500) / 30.0)
    spiked = wave.copy()
    spiked[[60, 300]] += 9.0
    cleaned = hampel(spiked, HampelSettings(window=9, cut=6.0))
    np.testing.assert_array_equal(np.delete(cleaned, [60, 300]), np.delete(wave, [60, 300]))
    np.testing.assert_allclose(cleaned[[60, 300]], wave[[60, 300]], atol=0.1)


def test_wiener_averages_noise_and_leaves_a_strong_signal(rng):
    quiet = rng.standard_normal(2000)
    assert wiener(quiet, WienerSettings(window=51, noise_sd=1.0)).std() < 0.25
    loud = 1000.0 * quiet
    np.testing.assert_allclose(wiener(loud, WienerSettings(window=51, noise_sd=1.0)), loud, atol=0.1)


def test_stft_without_noise_gives_the_series_back(rng):
    y = rng.standard_normal(1237) + 4
    np.testing.assert_allclose(stft(y, StftSettings(window=65, noise_sd=1e-12)), y, atol=1e-9)


def test_stft_keeps_a_chirp_better_than_a_low_pass_can(rng):
    t = np.linspace(0, 1, 4096)
    chirp = np.sin(2 * np.pi * (50 * t + 800 * t**2))
    y = chirp + 0.5 * rng.standard_normal(4096)
    gains = {name: snr_gain_db(filters.apply(Series.of(y), name).values, chirp, noisy=y) for name in ("stft", "lowpass")}
    assert gains["stft"] > gains["lowpass"] + 4.0


def test_singular_spectrum_of_all_components_is_the_series_and_of_two_a_tone(rng):
    y = rng.standard_normal(301)
    np.testing.assert_allclose(singular_spectrum(y, SingularSpectrumSettings(window=21, components=21)), y, atol=1e-10)
    tone = np.sin(np.arange(3000) * 0.2)
    found = singular_spectrum(tone + 0.3 * rng.standard_normal(3000), SingularSpectrumSettings(window=101, components=2))
    assert np.std(found - tone) < 0.06


def test_singular_spectrum_is_that_of_the_trajectory_matrix(rng):
    y = rng.standard_normal(60)
    centred = y - y.mean()
    trajectory = np.lib.stride_tricks.sliding_window_view(centred, 15).T
    left, values, right = np.linalg.svd(trajectory, full_matrices=False)
    low_rank = (left[:, :3] * values[:3]) @ right[:3]
    flipped = low_rank[:, ::-1]
    expected = [np.diagonal(flipped, trajectory.shape[1] - 1 - i).mean() for i in range(60)]
    found = singular_spectrum(y, SingularSpectrumSettings(window=15, components=3))
    np.testing.assert_allclose(found - y.mean(), expected, atol=1e-9)


def test_wavelet_levels_can_be_chosen(rng):
    y = np.cumsum(rng.standard_normal(2000))
    one, all_ = (wavelet(y, WaveletSettings(level=level, noise_sd=5.0)) for level in (1, 0))
    assert np.std(np.diff(one)) > 2 * np.std(np.diff(all_))


def test_empirical_bayes_shrinks_noise_on_every_signal():
    for kind, make in signals.SIGNALS.items():
        clean = make(2048, np.random.default_rng(5))
        y = signals.add_noise(clean, snr=1.0, rng=np.random.default_rng(6))
        estimate = filters.apply(Series.of(y), "wavelet", rule="ebayes")
        assert snr_gain_db(estimate.values, clean, noisy=y) > 5.0, kind


@pytest.mark.parametrize("name", ["haar", "sym4", "sym8"])
@pytest.mark.parametrize("levels", [1, 2, 5, 8])
def test_the_inverse_wavelet_transform_is_that_of_the_library_to_the_last_bit(rng, name, levels):
    wave = pywt.Wavelet(name)
    smooth, *details = (one * rng.random(768) for one in pywt.swt(rng.standard_normal(768), wave, level=levels, trim_approx=True))
    np.testing.assert_array_equal(inverse(smooth, details, wave), pywt.iswt([smooth, *details], wave))
