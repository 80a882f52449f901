"""What the network is told about the noise of a window: the shape of its power spectrum, and how sure its level is."""

from __future__ import annotations

from functools import cache

import numpy as np

from denoise_core.series import Float64Array

FRAME = 128
"""Samples; a power spectrum has ``FRAME // 2 + 1`` values, at 0, 1 / FRAME .. 1 / 2 cycles per sample."""
BINS = FRAME // 2 + 1

_EDGES = (0, 1, 2, 3, 5, 7, 10, 13, 17, 21, 26, 32, 38, 45, 52, 59, BINS)  # of the bands, in bins
BANDS = len(_EDGES) - 1
TOLD = BANDS + 1
"""Numbers that describe a window's noise: the mean log power of each band, and the log of how far its level may be wrong."""

LEAST_POWER = 1e-6  # relative to the mean power
USUAL_ERROR = 0.05  # of the log of the level: what the description of white noise errs by
_UNIT = 0.25  # of the logs, so that they are about as large as the network's other inputs


def told(power: Float64Array | None, level_error: float = USUAL_ERROR) -> Float64Array:
    """The description of one window's noise for the network, shape (TOLD,); all zeros for white noise of a usual level error.

    Parameters
    ----------
    power : float64 array of shape (BINS,) or None
        Power spectrum of the noise, in any unit; None where it is white.
    level_error
        Sd of the error of the log of the noise sd.
    """
    row = np.zeros(TOLD)
    if power is not None:
        row[:BANDS] = _UNIT * np.add.reduceat(np.log(relative_power(power)), _EDGES[:-1]) / np.diff(_EDGES)
    row[BANDS] = _UNIT * np.log(level_error / USUAL_ERROR)
    return row


def relative_power(power: Float64Array) -> Float64Array:
    """Of mean power 1 over the frequencies, and at least LEAST_POWER; shape (BINS,)."""
    return np.maximum(power / mean_power(power), LEAST_POWER)


def mean_power(power: Float64Array) -> float:
    """Variance of noise with this spectrum; the first and last bins count half, as they stand for half a bin."""
    return float((np.sum(power[1:-1]) + 0.5 * (power[0] + power[-1])) / (BINS - 1))


def autocovariance(power: Float64Array) -> Float64Array:
    """Of noise with this spectrum, at lags 0 .. FRAME / 2; shape (BINS,)."""
    return np.asarray(np.fft.irfft(power, n=FRAME)[:BINS])


def power_at(power: Float64Array, frame: int) -> Float64Array:
    """The same spectrum at the frequencies of a frame of another length; shape (frame // 2 + 1,)."""
    return np.asarray(np.exp(_interpolation(frame) @ np.log(relative_power(power))))


@cache
def _interpolation(frame: int) -> Float64Array:
    """Of straight lines between the bins: (frame // 2 + 1, BINS)."""
    places = np.arange(frame // 2 + 1) * FRAME / frame
    return np.maximum(1.0 - np.abs(places[:, None] - np.arange(BINS)), 0.0)
