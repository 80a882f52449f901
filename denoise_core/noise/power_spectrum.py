"""Power spectra of noise at the BINS frequencies of a frame: their mean, their autocovariance, their shape alone."""

from __future__ import annotations

import numpy as np

from denoise_core.noise.time_frequency import BINS, FRAME
from denoise_core.series import Float64Array

LEAST_POWER = 1e-6  # relative to the mean power


def mean_power(power: Float64Array) -> float:
    """Variance of noise with this spectrum; the first and last bins count half, as they stand for half a bin."""
    return float((np.sum(power[1:-1]) + 0.5 * (power[0] + power[-1])) / (BINS - 1))


def relative_power(power: Float64Array) -> Float64Array:
    """Of mean power 1 over the frequencies, and at least LEAST_POWER; shape (BINS,)."""
    return np.maximum(power / mean_power(power), LEAST_POWER)


def autocovariance(power: Float64Array) -> Float64Array:
    """Of noise with this spectrum, at lags 0 .. FRAME / 2; shape (BINS,)."""
    return np.asarray(np.fft.irfft(power, n=FRAME)[:BINS])
