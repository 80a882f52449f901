"""Counts, whose variance is their mean: made to have a variance of 1 everywhere, and the way back."""

from __future__ import annotations

import numpy as np

from denoise_core.noise.white_level import DIFFERENCE
from denoise_core.series import Float64Array

_BLOCK, _FEWEST_BLOCKS = 32, 8  # samples; blocks
_FEWEST_COUNTS = 0.2  # mean of a block, below which it tells nothing
_LEAST, _MOST = 0.7, 1.4  # variance over mean, by its median over the blocks; 1 by Poisson's law
_SHIFT = 3.0 / 8.0


def are_counts(values: Float64Array) -> bool:
    """Whether these are whole numbers from 0 on whose variance is about their mean, wherever that is.

    Parameters
    ----------
    values : float64 array of shape (n,)
        NaN where missing.
    """
    known = values[np.isfinite(values)]
    count = len(known) // _BLOCK
    if count < _FEWEST_BLOCKS or known.min() < 0.0 or known.max() > 2**53 or not np.array_equal(known, np.round(known)):
        return False
    squares = np.convolve(known, DIFFERENCE, mode="same")[: count * _BLOCK].reshape(count, _BLOCK) ** 2
    means = known[: count * _BLOCK].reshape(count, _BLOCK).mean(axis=1)
    telling = means >= _FEWEST_COUNTS
    if np.count_nonzero(telling) < _FEWEST_BLOCKS:
        return False
    return bool(_LEAST < np.median(squares[telling].mean(axis=1) / means[telling]) < _MOST)


def stabilise(counts: Float64Array) -> Float64Array:
    """Of variance 1, if the counts are not much fewer than 4.

    References
    ----------
    Anscombe 1948, doi:10.1093/biomet/35.3-4.246
    """
    return 2.0 * np.sqrt(counts + _SHIFT)


def restore(stabilised: Float64Array) -> Float64Array:
    """The mean of counts whose stabilised values have this mean.

    References
    ----------
    Makitalo and Foi 2011, A closed-form approximation of the exact unbiased inverse of the Anscombe variance-stabilizing
    transformation, doi:10.1109/TIP.2011.2121085
    """
    z = np.maximum(stabilised, 2.0 * np.sqrt(_SHIFT))
    root = np.sqrt(1.5)
    return np.asarray(np.maximum(z**2 / 4 + root / (4 * z) - 11 / (8 * z**2) + 5 * root / (8 * z**3) - 1 / 8, 0.0))
