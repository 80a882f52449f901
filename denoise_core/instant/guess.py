"""A guess from elsewhere, such as a trained network's estimate, as two further input rows of a window."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from denoise_core.series import Estimate, Float64Array, Series

GUESS_ROWS = 2
"""Rows of `guess_rows`; the first changes its sign with the series."""

_HALF = 0.5  # of what it removes: the error of an estimate that states none
_FARTHEST = 8.0  # noise sd between the series and the guess
_LOG_SD_RANGE = (-4.0, 2.5)  # of the guess's error, in units of the noise


class Guess(NamedTuple):
    """The noise according to the guess, and the sd of the guess's error; (n,) each, NaN where there is no guess."""

    noise: Float64Array
    sd: Float64Array

    @classmethod
    def of(cls, estimate: Estimate, series: Series) -> Guess:
        """In the unit of the series. An estimate that states no error is taken to leave half of what it removes."""
        noise = series.values - estimate.values
        sd = np.full(len(noise), _HALF * _size(noise)) if estimate.sd is None else estimate.sd
        known = np.isfinite(noise) & np.isfinite(sd) & (sd > 0.0)
        return cls(np.where(known, noise, np.nan), np.where(known, sd, np.nan))


def _size(values: Float64Array) -> float:
    """Root mean square of those that are finite."""
    finite = values[np.isfinite(values)]
    largest = float(np.max(np.abs(finite), initial=0.0))
    return largest * float(np.sqrt(np.mean((finite / largest) ** 2))) if largest > 0.0 else 0.0


def guess_rows(noise: Float64Array, sd: Float64Array) -> Float64Array:
    """The noise according to the guess, and the log of the guess's error; zeros where there is none.

    Zeros say "all of it is signal, and as noisy as before", which is the series as its own guess.

    Parameters
    ----------
    noise, sd : float64 arrays of shape (..., n)
        In units of the noise; NaN where there is no guess.

    Returns
    -------
    float64 array of shape (..., GUESS_ROWS, n)
    """
    known = np.isfinite(noise) & np.isfinite(sd) & (sd > 0.0)
    clipped = np.clip(np.where(known, noise, 0.0), -_FARTHEST, _FARTHEST)
    error = np.clip(np.log(np.where(known, sd, 1.0)), *_LOG_SD_RANGE)
    return np.stack([clipped, error], axis=-2)
