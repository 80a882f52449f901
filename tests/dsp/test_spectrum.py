"""Power spectra conserve power and are scipy's; the detrending matrix removes a line and nothing else."""

import numpy as np
import pytest
from scipy import signal

from denoise_core.dsp.spectrum import detrending_matrix, psd


@pytest.mark.parametrize("n", [501, 5000, 40_000])
@pytest.mark.parametrize("step", [1.0, 0.004])
def test_density_adds_up_to_the_variance(n, step):
    values = np.random.default_rng(0).standard_normal(n)
    frequency, density = psd(values, step=step)
    assert np.sum(density) * frequency[0] == pytest.approx(np.var(values), rel=0.15)
    assert frequency[-1] == pytest.approx(0.5 / step, rel=0.02)


@pytest.mark.parametrize("n", [8, 17, 997, 40_001])
def test_density_is_that_of_scipy(n):
    values = 3.0 + np.random.default_rng(n).standard_normal(n)
    segment = min(max(n // 4, 8), 4096, n)
    frequency, density = signal.welch(values, fs=50.0, nperseg=segment)
    np.testing.assert_allclose(psd(values, step=0.02), (frequency[1:], density[1:]))


@pytest.mark.parametrize("length", [2, 31, 64])
def test_the_detrending_matrix_takes_out_the_fitted_line(length):
    values = np.random.default_rng(length).standard_normal(length) + 3.0 * np.arange(length)
    np.testing.assert_allclose(detrending_matrix(length) @ values, signal.detrend(values), atol=1e-9)
