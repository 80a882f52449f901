"""The main period of a series."""

from __future__ import annotations

import numpy as np

from denoise_core.dsp.autocorrelation import lagged_products
from denoise_core.series import Float64Array


def strongest_period(values: Float64Array) -> float | None:
    """Samples after which the series most resembles itself, or None where its autocorrelation has no peak above 0.2.

    The autocorrelation is that of at most the first 65,536 samples, gaps filled by the mean; a peak counts only after the first
    zero crossing, so that mere smoothness is no period.
    """
    part = values[:65536] - np.nanmean(values[:65536])
    part = np.nan_to_num(part)
    correlation = lagged_products(part, longest_lag=len(part))[: len(part) // 2]
    if correlation.size < 4 or correlation[0] <= 0:
        return None
    correlation = correlation / correlation[0]
    below = np.flatnonzero(correlation < 0)
    if below.size == 0:
        return None
    peak = int(below[0] + np.argmax(correlation[below[0] :]))
    return float(peak) if correlation[peak] > 0.2 else None
