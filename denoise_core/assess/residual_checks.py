"""What shows whether a residual is white and normal: its autocorrelation with limits, its histogram and its quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from denoise_core.dsp.autocorrelation import autocorrelations
from denoise_core.errors import DataError
from denoise_core.series import Float64Array

_LONGEST_LAG, _MOST_BINS, _QUANTILES = 200, 60, 200
_WITHIN = 1.96  # sds: 95 % of a normal distribution
FEWEST = 16
"""Samples."""


@dataclass(frozen=True, kw_only=True)
class ResidualChecks:
    """Of n samples with standard deviation `sd`.

    Parameters
    ----------
    lags, autocorrelation : float64 arrays of shape (m,)
        From a lag of one sample on, in samples.
    limit : float
        White noise stays within ``-limit .. limit`` at 95 % of the lags.
    edges : float64 array of shape (bins + 1,)
        Of the histogram, in the unit of the series.
    density : float64 array of shape (bins,)
        Share of the samples in a bin over its width.
    normal : float64 array of shape (bins,)
        What a normal distribution of the same mean and sd has in each bin.
    expected, quantiles : float64 arrays of shape (q,)
        Of a normal distribution of sd 1 and of the residual in units of its sd; on a line where it is normal.
    """

    samples: int
    sd: float
    lags: Float64Array
    autocorrelation: Float64Array
    limit: float
    edges: Float64Array
    density: Float64Array
    normal: Float64Array
    expected: Float64Array
    quantiles: Float64Array


def check_residual(residual: Float64Array) -> ResidualChecks:
    """The checks of `residual`, of shape (n,), NaN where missing.

    Raises
    ------
    DataError
        If fewer than 16 samples are present, or all are equal.
    """
    present = residual[~np.isnan(residual)]
    if present.size < FEWEST or np.ptp(present) == 0.0:
        raise DataError(f"At least {FEWEST} samples that differ are needed to check a residual; here are {present.size}.")
    mean, sd = float(present.mean()), float(present.std())
    density, edges = np.histogram(present, bins=int(min(_MOST_BINS, max(8, present.size**0.5))), density=True)
    shares = (np.arange(min(_QUANTILES, present.size)) + 0.5) / min(_QUANTILES, present.size)
    below = np.array([NormalDist(mean, sd).cdf(edge) for edge in edges])
    longest = min(_LONGEST_LAG, present.size // 4)
    return ResidualChecks(
        samples=present.size,
        sd=sd,
        lags=np.arange(1.0, longest + 1.0),
        autocorrelation=autocorrelations(residual, longest_lag=longest),
        limit=_WITHIN / float(np.sqrt(present.size)),
        edges=edges,
        density=density,
        normal=np.diff(below) / np.diff(edges),
        expected=np.array([NormalDist().inv_cdf(share) for share in shares]),
        quantiles=(np.quantile(present, shares) - mean) / sd,
    )
