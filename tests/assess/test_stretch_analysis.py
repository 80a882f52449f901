"""Residual checks, spectrograms, gain and coherence, measurements: each gives what is known of a signal that is known."""

import numpy as np
import pytest

from denoise_core.assess import check_residual, measurements, spectrograms, stretch_in_words, transfer
from denoise_core.errors import DataError
from denoise_core.series import Estimate, Series, TimeAxis

N, RATE_HZ = 8000, 1000.0


def noise(n=N, seed=0):
    return np.random.default_rng(seed).standard_normal(n)


def test_white_normal_noise_passes_each_check():
    checks = check_residual(3.0 + 2.0 * noise())
    assert checks.sd == pytest.approx(2.0, rel=0.03)
    assert np.mean(np.abs(checks.autocorrelation) > checks.limit) == pytest.approx(0.05, abs=0.04)
    widths = np.diff(checks.edges)
    assert np.sum(checks.density * widths) == pytest.approx(1.0)
    assert np.sum(checks.normal * widths) == pytest.approx(1.0, abs=0.01)
    np.testing.assert_allclose(checks.quantiles[5:-5], checks.expected[5:-5], atol=0.1)


def test_heavy_tails_leave_the_line_of_the_quantiles():
    checks = check_residual(noise() ** 3)
    assert checks.quantiles[-1] > checks.expected[-1] + 1.0
    assert checks.quantiles[0] < checks.expected[0] - 1.0


def test_missing_samples_are_left_out_of_the_checks():
    residual = noise()
    residual[100:900] = np.nan
    assert check_residual(residual).samples == N - 800


@pytest.mark.parametrize("residual", [np.zeros(100), np.arange(15.0), np.full(50, np.nan)])
def test_what_cannot_be_checked_is_refused(residual):
    with pytest.raises(DataError, match="At least 16 samples that differ"):
        check_residual(residual)


def test_a_tone_is_in_the_recording_and_the_result_and_not_in_what_was_removed():
    tone = np.sin(2 * np.pi * 125.0 * np.arange(N) / RATE_HZ)
    found = spectrograms(Series.of(tone + 0.1 * noise(), rate_hz=RATE_HZ), Estimate(values=tone, method="given"))
    row = int(np.argmin(np.abs(found.frequency - 125.0)))
    assert found.recorded.shape == found.denoised.shape == found.removed.shape == (len(found.frequency), len(found.places))
    assert set(np.argmax(found.recorded, axis=0)) <= {row - 1, row, row + 1}
    assert np.median(found.recorded[row] - found.removed[row]) > 30.0
    assert np.ptp(found.recorded) <= 80.0
    assert 0 < found.places[0] < found.places[-1] < N


def test_the_density_of_a_spectrogram_is_that_of_white_noise():
    found = spectrograms(Series.of(noise(), rate_hz=RATE_HZ), Estimate(values=np.zeros(N), method="given"))
    assert 10 * np.log10(np.mean(10 ** (found.recorded / 10))) == pytest.approx(10 * np.log10(2.0 / RATE_HZ), abs=0.3)


def test_a_linear_filter_has_its_own_gain_and_full_coherence():
    before = noise()
    after = np.convolve(before, np.ones(5) / 5, mode="same")
    found = transfer(Series.of(before, rate_hz=RATE_HZ), Estimate(values=after, method="given"))
    angle = np.pi * found.frequency / RATE_HZ
    expected = np.abs(np.sin(5 * angle) / (5 * np.sin(angle)))
    kept = expected > 0.2
    np.testing.assert_allclose(found.gain[kept], expected[kept], rtol=0.06)
    assert found.coherence[kept].min() > 0.97


def test_a_result_that_has_nothing_of_the_recording_is_not_coherent_with_it():
    found = transfer(Series.of(noise(), rate_hz=RATE_HZ), Estimate(values=noise(seed=1), method="given"))
    assert np.mean(found.coherence) < 0.2


@pytest.mark.parametrize("analysis", [spectrograms, transfer])
def test_too_few_samples_are_refused_with_their_number(analysis):
    with pytest.raises(DataError, match="here are 40"):
        analysis(Series.of(noise(40)), Estimate(values=np.zeros(40), method="given"))
    with pytest.raises(DataError, match="here are 40"):
        analysis(Series.of(np.append(noise(40), np.full(200, np.nan))), Estimate(values=np.zeros(240), method="given"))


def test_measurements_are_those_of_a_sine():
    sine = 3.0 * np.sin(2 * np.pi * 10.0 * np.arange(1000) / RATE_HZ)
    series = Series.of(sine + 1.0, rate_hz=RATE_HZ, unit="V")
    recorded, denoised, removed = measurements(series, Estimate(values=sine, method="given"))
    assert recorded == {"": "Recorded", "Mean": "1 V", "RMS": "2.121 V", "Peak": "4 V", "Peak to peak": "6 V"}
    assert denoised["Peak to peak"] == "6 V"
    assert removed["Mean"] == removed["Peak"] == "1 V"


def test_a_stretch_is_told_in_words():
    series = Series.of(np.arange(3000.0), rate_hz=1000.0)
    assert stretch_in_words(series, slice(500, 1001)) == "0.5 to 1 s (Δt 500 ms, 501 of 3,000 samples)"
    assert stretch_in_words(series, slice(0, 3000)) == "the whole record (3,000 samples, one every 1 ms)"
    rows = Series(values=np.arange(9.0), time=TimeAxis.evenly(9))
    assert stretch_in_words(rows, slice(2, 6)) == "2 to 5 sample (Δt 3 samples, 4 of 9 samples)"
