"""Spectra before and after: units are named, gaps are interpolated."""

import numpy as np
import pytest

from denoise_core.assess import spectra
from denoise_core.dsp.spectrum import psd
from denoise_core.series import Estimate, Series, TimeAxis


def test_each_curve_is_the_spectrum_of_its_series():
    rng = np.random.default_rng(0)
    clean = np.sin(2 * np.pi * 5.0 * np.arange(4000) / 250.0)
    removed = 0.2 * rng.standard_normal(4000)
    found = spectra(Series.of(clean + removed, rate_hz=250.0), Estimate(values=clean, method="given"))
    assert (found.frequency_unit, found.density_unit) == ("Hz", "")
    assert found.frequency[np.argmax(found.denoised)] == pytest.approx(5.0, abs=0.25)
    np.testing.assert_allclose(found.residual, psd(removed, step=0.004)[1], rtol=1e-9)
    high = found.frequency > 20.0
    assert found.raw[high].mean() == pytest.approx(found.residual[high].mean(), rel=0.02)


def test_frequencies_carry_the_unit_of_the_time_axis():
    values = np.random.default_rng(0).standard_normal(300)
    yearly = Series(values=values, time=TimeAxis(values=np.arange(300.0), unit="year"), unit="mV")
    found = spectra(yearly, Estimate(values=values / 2, method="given"))
    assert (found.frequency_unit, found.density_unit) == ("cycles/year", "mV²/(cycles/year)")
    assert spectra(Series.of(values), Estimate(values=values / 2, method="given")).frequency_unit == "cycles/sample"


def test_gaps_do_not_spread():
    values = np.random.default_rng(0).standard_normal(1000)
    values[100:120] = np.nan
    found = spectra(Series.of(values), Estimate(values=values / 2, method="given"))
    assert np.isfinite([found.raw, found.denoised, found.residual]).all()
