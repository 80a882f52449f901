"""Classical filters: laws for every length, gaps, settings, and gains on signals with known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from denoise_core import filters, signals
from denoise_core.assess.metrics import snr_gain_db
from denoise_core.errors import DataError, SettingsError
from denoise_core.filters.functions import (
    LowpassSettings,
    SavgolSettings,
    WindowSettings,
    lowpass,
    median,
    moving_average,
    savgol,
)
from denoise_core.filters.wavelets import WaveletSettings, wavelet
from denoise_core.series import Series

NAMES = list(filters.FILTERS)
ODD_LENGTHS = [8, 9, 13, 64, 101, 257]

# Gain in dB on 2,048 samples at SNR 3, seed 0, with suggested settings.
GOLDEN = {
    ("moving_average", "ecg_like"): 5.03,
    ("moving_average", "bumps"): 4.97,
    ("moving_average", "blocks"): 6.1,
    ("moving_average", "vibration"): 5.82,
    ("moving_average", "pressure_steps"): 12.87,
    ("median", "ecg_like"): 4.63,
    ("median", "bumps"): 3.71,
    ("median", "blocks"): 8.56,
    ("median", "vibration"): 4.05,
    ("median", "pressure_steps"): 10.51,
    ("savgol", "ecg_like"): 6.07,
    ("savgol", "bumps"): 4.8,
    ("savgol", "blocks"): 5.93,
    ("savgol", "vibration"): 6.31,
    ("savgol", "pressure_steps"): 12.75,
    ("wavelet", "ecg_like"): 9.42,
    ("wavelet", "bumps"): 10.23,
    ("wavelet", "blocks"): 14.71,
    ("wavelet", "vibration"): 6.66,
    ("wavelet", "pressure_steps"): 13.64,
    ("lowpass", "ecg_like"): 6.53,
    ("lowpass", "bumps"): 5.12,
    ("lowpass", "blocks"): 6.09,
    ("lowpass", "vibration"): 6.45,
    ("lowpass", "pressure_steps"): 12.78,
    ("total_variation", "ecg_like"): 6.395,
    ("total_variation", "bumps"): 6.801,
    ("total_variation", "blocks"): 15.03,
    ("total_variation", "vibration"): 3.906,
    ("total_variation", "pressure_steps"): 13.22,
    ("kalman", "ecg_like"): 5.992,
    ("kalman", "bumps"): 4.712,
    ("kalman", "blocks"): 6.85,
    ("kalman", "vibration"): 6.449,
    ("kalman", "pressure_steps"): 13.08,
    ("wiener", "ecg_like"): 5.405,
    ("wiener", "bumps"): 6.309,
    ("wiener", "blocks"): 8.053,
    ("wiener", "vibration"): 3.968,
    ("wiener", "pressure_steps"): 11.26,
    ("stft", "ecg_like"): 8.246,
    ("stft", "bumps"): 7.608,
    ("stft", "blocks"): 7.95,
    ("stft", "vibration"): 6.061,
    ("stft", "pressure_steps"): 13.41,
    ("lowess", "ecg_like"): 5.469,
    ("lowess", "bumps"): 5.292,
    ("lowess", "blocks"): 6.423,
    ("lowess", "vibration"): 5.894,
    ("lowess", "pressure_steps"): 12.97,
    ("hampel", "ecg_like"): 4.626,
    ("hampel", "bumps"): 3.714,
    ("hampel", "blocks"): 8.514,
    ("hampel", "vibration"): 4.052,
    ("hampel", "pressure_steps"): 12.09,
    ("ssa", "ecg_like"): 6.495,
    ("ssa", "bumps"): 5.162,
    ("ssa", "blocks"): 6.372,
    ("ssa", "vibration"): 6.484,
    ("ssa", "pressure_steps"): 12.12,
}


def noisy(kind: str, n: int = 2048, *, snr: float = 3.0, seed: int = 0):
    rng = np.random.default_rng(seed)
    clean = signals.SIGNALS[kind](n, rng)
    return clean, signals.add_noise(clean, snr=snr, rng=rng)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", ODD_LENGTHS)
def test_a_constant_stays_that_constant(name, n):
    estimate = filters.apply(Series.of(np.full(n, 3.7)), name)
    np.testing.assert_allclose(estimate.values, 3.7, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("a", "b"), [(2.5, -7.0), (-0.3, 100.0), (1e-6, 0.0)])
def test_scale_and_offset_pass_through(name, a, b):
    _, values = noisy("bumps", 509)
    settings = filters.suggest(Series.of(values), name)
    function = filters.FILTERS[name].function
    np.testing.assert_allclose(
        function(a * values + b, settings), a * function(values, settings) + b, rtol=1e-9, atol=1e-9 * abs(a)
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@hypothesis_settings(max_examples=10, deadline=None)
@given(n=st.integers(8, 300), seed=st.integers(0, 99))
def test_every_length_gives_as_many_finite_samples_and_leaves_the_input_alone(name, n, seed):
    values = np.random.default_rng(seed).standard_normal(n)
    before = values.copy()
    estimate = filters.apply(Series.of(values), name)
    assert estimate.values.shape == (n,)
    assert np.isfinite(estimate.values).all()
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("name", NAMES)
def test_gaps_stay_gaps_and_nothing_else_becomes_one(name):
    clean, values = noisy("ecg_like")
    values[[0, 1, 700, 2047]] = np.nan
    values[1000:1040] = np.nan
    estimate = filters.apply(Series.of(values), name)
    np.testing.assert_array_equal(np.isnan(estimate.values), np.isnan(values))
    assert snr_gain_db(estimate.values, clean, noisy=values) > 3.0


@pytest.mark.parametrize("name", ["wavelet", "median"])
def test_a_third_of_the_samples_missing_hardly_changes_the_noise_level(name):
    clean, values = noisy("pressure_steps", 6000)
    values[np.arange(6000) % 30 < 10] = np.nan
    assert filters.apply(Series.of(values), name).noise_sd == pytest.approx(clean.std() / 3.0, rel=0.05)


def test_moving_average_is_the_mean_of_each_window():
    values = np.random.default_rng(1).standard_normal(53)
    inside = np.convolve(values, np.ones(7) / 7, mode="valid")
    np.testing.assert_allclose(moving_average(values, WindowSettings(window=7))[3:-3], inside)


def test_median_removes_a_single_spike_and_keeps_a_step():
    values = np.repeat([1.0, 5.0], 20)
    spiked = values.copy()
    spiked[7] = 90.0
    np.testing.assert_array_equal(median(spiked, WindowSettings(window=5)), values)


def test_savgol_passes_a_polynomial_of_its_order():
    t = np.linspace(-1.0, 1.0, 61)
    cubic = 3 * t**3 - t + 2
    np.testing.assert_allclose(savgol(cubic, SavgolSettings(window=11, order=3)), cubic, atol=1e-12)


@pytest.mark.parametrize(("hz", "expected"), [(5.0, 1.0), (50.0, 0.5), (150.0, 0.0)])
def test_lowpass_keeps_slow_halves_the_cutoff_and_removes_fast_without_delay(hz, expected):
    wave = np.sin(2 * np.pi * hz * np.arange(4000) / 1000.0)
    inside = slice(500, -500)
    filtered = lowpass(wave, LowpassSettings(cutoff=0.05))
    np.testing.assert_allclose(filtered[inside], expected * wave[inside], atol=2e-3)


def test_wavelet_does_not_depend_on_where_the_series_starts():
    _, values = noisy("ecg_like", 8000)
    settings = WaveletSettings(rule="hard", noise_sd=0.05)
    shift, margin = 37, 2200
    late = wavelet(values[shift:], settings)
    np.testing.assert_allclose(wavelet(values, settings)[shift:][margin:-margin], late[margin:-margin], atol=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_output_is_mirrored_when_the_input_is(name):
    _, values = noisy("vibration", 3001)
    function = filters.FILTERS[name].function
    plain = WaveletSettings(wavelet="haar", rule="hard") if name == "wavelet" else filters.FILTERS[name].settings()
    settings = plain.with_noise_sd(0.3)
    inside = slice(500, -500)
    np.testing.assert_allclose(
        function(values[::-1].copy(), settings)[::-1][inside], function(values, settings)[inside], atol=1e-6
    )


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n in NAMES for k in signals.SIGNALS])
def test_gain_on_a_known_signal_is_positive_and_as_measured(name, kind):
    clean, values = noisy(kind)
    gain = snr_gain_db(filters.apply(Series.of(values), name).values, clean, noisy=values)
    assert gain > 0.0
    assert gain == pytest.approx(GOLDEN[name, kind], abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_suggested_settings_come_near_the_best_ones(name):
    chosen, lost = filters.FILTERS[name], []
    for kind in signals.SIGNALS:
        for snr in (1.0, 3.0):
            clean, values = noisy(kind, 1024, snr=snr, seed=3)
            fits = [s for s in chosen.candidates(1024) if getattr(s, "window", 0) <= 1024]
            best = max(snr_gain_db(chosen.function(values, s), clean, noisy=values) for s in fits)
            lost.append(best - snr_gain_db(filters.apply(Series.of(values), name).values, clean, noisy=values))
    assert np.mean(lost) < 0.5
    assert max(lost) < 2.5


def test_an_even_window_is_taken_one_larger_and_said_so():
    estimate = filters.apply(Series.of(noisy("bumps")[1]), "median", window=4)
    assert estimate.settings["window"] == 5


def test_estimate_names_method_settings_and_noise_level():
    clean, values = noisy("bumps")
    estimate = filters.apply(Series.of(values), "wavelet", wavelet="haar")
    assert estimate.method == "wavelet"
    assert estimate.settings["wavelet"] == "haar"
    assert estimate.settings["noise_sd"] == estimate.noise_sd == pytest.approx(clean.std() / 3.0, rel=0.1)


def test_a_series_without_visible_noise_gets_the_default_settings():
    silent = np.zeros(200)
    assert filters.suggest(Series.of(silent), "median") == WindowSettings()
    assert filters.suggest(Series.of(silent[:8]), "savgol") == SavgolSettings(window=7)


def test_a_window_longer_than_the_series_says_what_fits():
    with pytest.raises(SettingsError, match=r"window = 51 exceeds the 20 samples of the series: set it to 19 or less\."):
        filters.apply(Series.of(np.arange(20.0) ** 2), "moving_average", window=51)


def test_every_faulty_setting_is_named_at_once():
    series = Series.of(noisy("bumps")[1])
    with pytest.raises(SettingsError) as error:
        filters.apply(series, "savgol", windw=7, order="high")
    assert error.value.problems == (
        "'windw' is not a setting of this filter; did you mean 'window'?",
        "order = 'high' should be a whole number.",
    )
    with pytest.raises(SettingsError, match=r"cutoff = 0\.7 is above 0\.499: set it between 1e-05 and 0\.499\."):
        filters.apply(series, "lowpass", cutoff=0.7)
    with pytest.raises(SettingsError, match=r"order = 7 needs a window of more than 7 samples: it is 7\."):
        filters.apply(series, "savgol", window=7, order=7)


def test_an_unknown_filter_lists_the_known_ones():
    with pytest.raises(
        SettingsError, match=r"'wavlet' is not a filter; did you mean 'wavelet'\? The filters are: moving_average, "
    ):
        filters.lookup("wavlet")


@pytest.mark.parametrize(
    ("values", "message"), [([np.nan] * 20, "no numbers at all"), ([1.0, 2.0, np.nan], "2 samples; at least 8")]
)
def test_a_series_without_enough_numbers_is_refused(values, message):
    with pytest.raises(DataError, match=message):
        filters.apply(Series.of(values), "median")
