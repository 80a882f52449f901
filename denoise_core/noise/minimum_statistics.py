"""Minimum statistics: how much a record varies where it varies least. Its noise cannot be stronger than that."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.spectrum import detrending_matrix
from denoise_core.series import Float64Array

BLOCK = 32  # samples
_SHARE = 0.05  # of the blocks, below whose variance these lie
_FEWEST = 12  # blocks
_QUANTILE = -1.645  # of a Gaussian, at _SHARE


def minimum_variance(values: Float64Array, *, missing: NDArray[np.bool_]) -> float | None:
    """Variance about a straight line that a share of _SHARE of all blocks stays below; None where there are too few blocks."""
    count = len(values) // BLOCK
    blocks = values[: count * BLOCK].reshape(count, BLOCK)[~missing[: count * BLOCK].reshape(count, BLOCK).any(axis=1)]
    if len(blocks) < _FEWEST:
        return None
    return float(np.quantile(np.mean((blocks @ detrending_matrix(BLOCK)) ** 2, axis=1), _SHARE))


def expected_minimum_variance(autocorrelation: Float64Array) -> float:
    """The same of Gaussian noise of sd 1 and this autocorrelation at lags 0 .. 31, by a gamma of equal mean and variance.

    Its quantile is Wilson and Hilferty's 1931, doi:10.1073/pnas.17.12.684.
    """
    lags = np.abs(np.arange(BLOCK)[:, None] - np.arange(BLOCK))
    detrend = detrending_matrix(BLOCK)
    rest = detrend @ autocorrelation[lags] @ detrend
    mean, variance = np.trace(rest) / BLOCK, 2.0 * np.sum(rest**2) / BLOCK**2
    spread = np.sqrt(variance) / (3.0 * mean)
    return float(mean * (1.0 - spread**2 + _QUANTILE * spread) ** 3)
