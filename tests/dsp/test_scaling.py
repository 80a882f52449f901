"""Scalers bring values to a common size and back, whatever the values are."""

import numpy as np
import pytest

from denoise_core.dsp.scaling import SCALINGS, fit_scaler
from denoise_core.errors import SettingsError

VALUES = np.array([3.0, 5.0, np.nan, -2.0, 11.0, 4.0, 1e3])


@pytest.mark.parametrize("kind", SCALINGS)
def test_invert_undoes_apply(kind):
    scaler = fit_scaler(VALUES, kind)
    np.testing.assert_allclose(scaler.invert(scaler.apply(VALUES)), VALUES, rtol=1e-12)


def test_each_kind_is_what_its_name_says():
    present = VALUES[~np.isnan(VALUES)]
    standard = fit_scaler(VALUES, "standard").apply(present)
    assert abs(standard.mean()) < 1e-12
    assert abs(standard.std() - 1) < 1e-12
    minmax = fit_scaler(VALUES, "minmax").apply(present)
    assert (minmax.min(), minmax.max()) == (0.0, 1.0)
    assert np.median(fit_scaler(VALUES, "robust").apply(present)) == 0.0
    np.testing.assert_array_equal(fit_scaler(VALUES, "none").apply(present), present)


def test_robust_scale_of_gaussian_values_is_their_sd_and_a_spike_does_not_move_it():
    values = np.random.default_rng(0).standard_normal(20_000) * 3.0
    spiked = np.append(values, [1e6] * 20)
    assert fit_scaler(values, "robust").scale == pytest.approx(3.0, rel=0.03)
    assert fit_scaler(spiked, "robust").scale == pytest.approx(fit_scaler(values, "robust").scale, rel=0.01)


@pytest.mark.parametrize("kind", SCALINGS)
def test_a_constant_is_scaled_by_one_and_comes_back(kind):
    scaler = fit_scaler(np.full(9, 7.0), kind)
    assert scaler.scale == 1.0
    np.testing.assert_array_equal(scaler.invert(scaler.apply(np.full(9, 7.0))), np.full(9, 7.0))


def test_an_interquartile_range_of_zero_falls_back_to_the_sd():
    values = np.array([0.0] * 20 + [5.0])
    assert fit_scaler(values, "robust").scale == pytest.approx(values.std())


def test_an_unknown_kind_lists_the_known_ones():
    with pytest.raises(SettingsError, match="'log' is not one of standard, minmax, robust, none"):
        fit_scaler(VALUES, "log")
