"""Noise whose level follows the signal, as that of counts does: its sd as a function of the estimate."""

from __future__ import annotations

import numpy as np

from denoise_core.series import Float64Array

_MOST_BINS, _FEWEST_BINS, _PER_BIN = 12, 4, 64  # of equal numbers of samples; fewest of these in one
_HIGHEST = 0.97  # quantile of the squares in a bin, at which larger ones are cut
_CHANCE = 1.3  # sd of a bin's log level over 1 / sqrt(2 m): more than 1, as the squares are cut and the signal is unknown
# Mean square of the logs about their median, in units of chance: at most 1.4 for white noise on 26 series, and 7 or more in half
# of those whose noise follows the signal.
_BEYOND_CHANCE = 2.0
_WORTH_IT = 1.35  # highest over lowest level


def level_by_value(estimate: Float64Array, squares: Float64Array, power: Float64Array | None) -> Float64Array | None:
    """The noise sd at each sample, if it follows the estimate beyond chance; shape (n,).

    Parameters
    ----------
    estimate, squares : float64 arrays of shape (n,)
        Of the signal; and what the square of the noise is expected to be: that of what was removed, and the error's variance.
    power : float64 array of shape (BINS,) or None
        Shape of the noise's power spectrum; None where it is white.
    """
    count = min(_MOST_BINS, len(estimate) // _PER_BIN)
    if count < _FEWEST_BINS:
        return None
    bins = np.array_split(np.argsort(estimate, kind="stable"), count)
    means = np.array([_trimmed_mean(squares[each]) for each in bins])
    if not means.min() > 0.0:
        return None
    logs = 0.5 * np.log(means)
    # Of autocorrelated noise fewer values are independent: as many less as the sum of its squared autocorrelations.
    alike = 1.0 if power is None else float(np.mean(power**2) / np.mean(power) ** 2)
    chance = _CHANCE * np.sqrt(alike / (2.0 * len(estimate) / count))
    if np.ptp(logs) < np.log(_WORTH_IT) or np.mean(((logs - np.median(logs)) / chance) ** 2) < _BEYOND_CHANCE:
        return None
    middles = np.array([np.mean(estimate[each]) for each in bins])
    smooth = np.convolve(np.pad(logs, 1, "edge"), [0.25, 0.5, 0.25], mode="valid")
    return np.asarray(np.exp(np.interp(estimate, middles, smooth)))


def _trimmed_mean(squares: Float64Array) -> float:
    return float(np.mean(np.minimum(squares, np.quantile(squares, _HIGHEST))))
