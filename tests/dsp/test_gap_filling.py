"""Gaps continued by the rhythm of the record, with a band that is true; or left empty."""

import numpy as np
import pytest

from denoise_core import Estimate, Series, TimeAxis, denoise
from denoise_core.dsp.gap_filling import NINETY, fill_gaps, predict_gaps


def rhythm(n: int = 2000) -> np.ndarray:
    t = np.arange(n)
    return np.sin(2 * np.pi * t / 96) + 0.4 * np.sin(4 * np.pi * t / 96 + 1.0)


def with_gap(values, start, stop):
    gapped = values.copy()
    gapped[start:stop] = np.nan
    return gapped


def error_over_flat_line(truth, gapped, filled):
    gap = np.isnan(gapped)
    line = np.interp(np.arange(len(truth)), np.flatnonzero(~gap), gapped[~gap])
    return np.sqrt(np.mean((filled - truth)[gap] ** 2) / np.mean((line - truth)[gap] ** 2))


@pytest.mark.parametrize(("start", "stop"), [(900, 905), (900, 1100), (700, 1200), (0, 150), (1850, 2000)])
def test_a_rhythm_runs_on_through_a_gap_and_the_band_holds_it(start, stop):
    truth = rhythm()
    noisy = truth + 0.05 * np.random.default_rng(1).standard_normal(2000)
    gapped = with_gap(noisy, start, stop)
    result = predict_gaps(gapped, np.full(2000, 0.05))
    assert error_over_flat_line(truth, gapped, result.values) < (0.5 if stop - start > 5 else 1.0)
    inside = np.abs(result.values - truth)[start:stop] <= NINETY * result.sd[start:stop]
    assert inside.mean() >= 0.85
    assert np.isnan(result.values[~np.isnan(gapped)]).all()


def test_noise_cannot_be_continued_so_long_gaps_in_it_stay_empty():
    gapped = with_gap(np.random.default_rng(0).standard_normal(1000), 400, 500)
    assert np.isnan(predict_gaps(gapped, np.zeros(1000)).values).all()


@pytest.mark.parametrize("present", [2, 9, 30])
def test_a_record_of_hardly_more_than_gaps_stays_empty(present):
    values = np.full(500, np.nan)
    values[:: 500 // present] = np.arange(len(values[:: 500 // present]), dtype=float)
    assert np.isnan(predict_gaps(values, np.zeros(500)).values).all()


def test_filling_follows_unit_and_offset():
    gapped = with_gap(rhythm() + 0.05 * np.random.default_rng(1).standard_normal(2000), 900, 1000)
    one, other = predict_gaps(gapped, np.full(2000, 0.05)), predict_gaps(1e6 * gapped + 3e7, np.full(2000, 5e4))
    np.testing.assert_allclose(other.values[900:1000], 1e6 * one.values[900:1000] + 3e7, rtol=1e-6)
    np.testing.assert_allclose(other.sd[900:1000], 1e6 * one.sd[900:1000], rtol=1e-3)


def test_recorded_samples_keep_their_estimate_and_a_filter_gets_a_band_in_the_gap_alone():
    noisy = rhythm() + 0.05 * np.random.default_rng(1).standard_normal(2000)
    series = Series.of(with_gap(noisy, 900, 1000))
    plain = denoise(series, method="wavelet")
    filled = denoise(series, method="wavelet", fill_gaps=True)
    np.testing.assert_array_equal(filled.values[series.observed], plain.values[series.observed])
    assert np.isnan(plain.values[900:1000]).all()
    assert np.flatnonzero(~np.isnan(filled.sd)).tolist() == list(range(900, 1000))
    assert fill_gaps(plain, Series.of(noisy)) is plain


def test_a_pause_does_not_shift_the_phase_of_the_rhythm():
    """The rhythm goes on by the clock, not by the rows: the gap after a pause of a quarter period is filled in step."""
    at = np.r_[0:1000, 1024:2024]
    truth = rhythm(2024)[at]
    gapped = with_gap(truth + 0.05 * np.random.default_rng(1).standard_normal(2000), 1100, 1200)
    series = Series(values=gapped, time=TimeAxis(values=at.astype(float)))
    filled = fill_gaps(Estimate(values=gapped, method="test", sd=np.full(2000, 0.05)), series)
    assert error_over_flat_line(truth, gapped, filled.values) < 0.3
