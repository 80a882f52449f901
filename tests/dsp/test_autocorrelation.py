"""Correlations at many lags are their definition, with gaps and between two series too."""

import numpy as np
import pytest

from denoise_core.dsp.autocorrelation import autocorrelations, lagged_products


@pytest.mark.parametrize("n", [1, 2, 17, 64])
def test_lagged_products_are_the_definition_for_lags_of_either_sign(n):
    a, b = np.random.default_rng(n).standard_normal((2, n))
    longest = n // 2
    products = lagged_products(a, b, longest_lag=longest)
    for k in range(-longest, longest + 1):
        expected = sum(a[t + k] * b[t] for t in range(n) if 0 <= t + k < n)
        assert products[k] == pytest.approx(expected, abs=1e-12)


def test_without_a_second_series_they_are_those_with_itself():
    a = np.random.default_rng(0).standard_normal(101)
    np.testing.assert_allclose(lagged_products(a, longest_lag=50), lagged_products(a, a, longest_lag=50), atol=1e-12)


def test_autocorrelations_are_the_definition():
    values = np.random.default_rng(0).standard_normal(211)
    centred = values - values.mean()
    expected = [np.mean(centred[:-k] * centred[k:]) / np.mean(centred**2) for k in range(1, 31)]
    np.testing.assert_allclose(autocorrelations(values, longest_lag=30), expected, atol=1e-12)


def test_autocorrelations_with_gaps_use_the_pairs_that_are_left():
    values = np.random.default_rng(0).standard_normal(400)
    values[[3, 50, 51, 52, 390]] = np.nan
    centred = values - np.nanmean(values)
    expected = [np.nanmean(centred[:-k] * centred[k:]) / np.nanmean(centred**2) for k in range(1, 41)]
    np.testing.assert_allclose(autocorrelations(values, longest_lag=40), expected, atol=1e-12)


def test_autocorrelation_is_nan_where_gaps_leave_too_few_pairs():
    values = np.random.default_rng(0).standard_normal(400)
    values[1::2] = np.nan
    found = autocorrelations(values, longest_lag=10)
    assert np.isnan(found[0::2]).all()
    assert np.isfinite(found[1::2]).all()
