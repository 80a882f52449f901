"""The network's conditioning on the noise of a window: the shape of its power spectrum, and how uncertain its level is."""

from __future__ import annotations

from functools import cache

import numpy as np

from denoise_core.noise.power_spectrum import relative_power
from denoise_core.noise.spectrum_estimator import TYPICAL_ERROR
from denoise_core.noise.time_frequency import BINS, FRAME
from denoise_core.series import Float64Array

_EDGES = (0, 1, 2, 3, 5, 7, 10, 13, 17, 21, 26, 32, 38, 45, 52, 59, BINS)  # of the bands, in bins
BANDS = len(_EDGES) - 1
CONDITIONS = BANDS + 1
"""Numbers in a conditioning vector: the mean log power of each band, and the log of the error of the noise level."""

_MOST_ERROR = 1.0  # of the level, in training
_UNIT = 0.25  # of the logs, so that they are about as large as the network's other inputs


def condition(power: Float64Array | None, level_error: float = TYPICAL_ERROR) -> Float64Array:
    """The conditioning vector of one window, shape (CONDITIONS,); all zeros for white noise of a typical level error.

    Parameters
    ----------
    power : float64 array of shape (BINS,) or None
        Power spectrum of the noise, in any unit; None where it is white.
    level_error
        Sd of the error of the log of the noise sd.
    """
    vector = np.zeros(CONDITIONS)
    if power is not None:
        vector[:BANDS] = _UNIT * np.add.reduceat(np.log(relative_power(power)), _EDGES[:-1]) / np.diff(_EDGES)
    vector[BANDS] = _UNIT * np.log(min(level_error, _MOST_ERROR) / TYPICAL_ERROR)
    return vector


def power_at(power: Float64Array, frame: int) -> Float64Array:
    """The same spectrum, of mean power 1, at the frequencies of a frame of another length; shape (frame // 2 + 1,)."""
    return np.asarray(np.exp(_interpolation(frame) @ np.log(relative_power(power))))


@cache
def _interpolation(frame: int) -> Float64Array:
    """Matrix of linear interpolation between the bins, (frame // 2 + 1, BINS)."""
    places = np.arange(frame // 2 + 1) * FRAME / frame
    return np.maximum(1.0 - np.abs(places[:, None] - np.arange(BINS)), 0.0)
