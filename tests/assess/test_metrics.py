"""Metrics with truth: each formula, gaps, and what cannot be computed."""

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.assess import metrics
from denoise_core.errors import DataError
from denoise_core.series import Estimate, Series

TRUTH = np.array([3.0, 0.0, -4.0, 0.0])
ESTIMATE = np.array([3.0, 1.0, -4.0, 2.0])
NOISY = np.array([8.0, 0.0, -4.0, 5.0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rmse", np.sqrt(5 / 4)),
        ("mise", 1e4 * 5 / 25),
        ("prd", 100 * np.sqrt(5 / 25)),
        ("max_abs_deviation", 2.0),
        ("cosine", 25 / np.sqrt(30 * 25)),
        ("snr_gain_db", 10.0),
    ],
)
def test_each_metric_is_its_formula(name, expected):
    assert metrics.score(ESTIMATE, TRUTH, noisy=NOISY)[name] == pytest.approx(expected)


def test_score_takes_estimates_series_and_arrays_alike():
    expected = metrics.score(ESTIMATE, TRUTH, noisy=NOISY)
    assert dc.score(Estimate(values=ESTIMATE, method="x"), Series.of(TRUTH), noisy=NOISY.tolist()) == expected


def test_gain_is_left_out_without_the_noisy_series():
    assert set(metrics.score(ESTIMATE, TRUTH)) == set(metrics.METRICS)


def test_a_gap_in_any_of_them_is_left_out_of_all():
    gap = np.array([np.nan])
    e, x, y = (
        np.concatenate([a, b])
        for a, b in ((ESTIMATE, [1.0, 2.0, np.nan]), (TRUTH, [np.nan, 9.0, 9.0]), (NOISY, [1.0, *gap, 1.0]))
    )
    assert metrics.score(e, x, noisy=y)["snr_gain_db"] == pytest.approx(10.0)
    assert metrics.rmse(np.append(ESTIMATE, 5.0), np.append(TRUTH, gap)) == pytest.approx(np.sqrt(5 / 4))


def test_what_cannot_be_computed_is_nan_and_never_zero():
    empty = np.full(4, np.nan)
    assert all(np.isnan(v) for v in metrics.score(empty, TRUTH, noisy=NOISY).values())
    zeros = metrics.score(ESTIMATE, np.zeros(4), noisy=NOISY)
    assert np.isnan([zeros["mise"], zeros["prd"], zeros["cosine"]]).all()
    assert np.isnan(metrics.snr_gain_db(TRUTH, TRUTH, noisy=TRUTH))


def test_gain_of_a_perfect_estimate_is_infinite_and_of_a_spoilt_one_minus_infinite():
    assert metrics.snr_gain_db(TRUTH, TRUTH, noisy=NOISY) == np.inf
    assert metrics.snr_gain_db(ESTIMATE, TRUTH, noisy=TRUTH) == -np.inf


def test_series_of_different_length_are_refused():
    with pytest.raises(DataError, match=r"equally long series, but their shapes are \(4,\), \(3,\)"):
        metrics.score(ESTIMATE, TRUTH[:3])
