"""Means of which many are zero, from one noisy observation of each: empirical Bayes with a Laplace prior.

Each mean is zero with probability 1 - w and Laplace(a = 0.5) with probability w, in units of the noise; w is the one of greatest
marginal likelihood.

References
----------
Johnstone, Silverman 2004, Needles and straw in haystacks, doi:10.1214/009053604000000030; their R package EbayesThresh.
"""

from __future__ import annotations

import numpy as np

from denoise_core.series import Float64Array

_A = 0.5
_FAR = 37.0  # standard deviations, beyond which the normal distribution function is zero in double precision


def posterior_median(values: Float64Array, *, sigma: float, weight: float) -> Float64Array:
    """Posterior medians of the means of `values`, whose noise has the standard deviation `sigma`; shape as `values`."""
    if sigma == 0.0:
        return values
    from scipy.special import ndtri

    size = np.abs(values) / sigma
    nearest = size - _A
    share = _density(nearest) * (1.0 / weight + _marginal_ratio(size)) / _A
    share = np.where(nearest > 25.0, 0.5, np.minimum(share, 1.0))
    return np.asarray(np.sign(values) * sigma * np.maximum(nearest - ndtri(share), 0.0))


def most_likely_weight(values: Float64Array, *, sigma: float) -> float:
    """The w of greatest marginal likelihood, not below the one whose threshold is sqrt(2 log n); 1 without noise."""
    if sigma == 0.0:
        return 1.0
    ratio = _marginal_ratio(np.abs(values) / sigma)
    low, high = _weight_of_threshold(np.sqrt(2.0 * np.log(max(len(values), 2)))), 1.0

    def slope(w: float) -> float:
        return float(np.sum(ratio / (1.0 + w * ratio)))

    if slope(high) >= 0.0 or slope(low) <= 0.0:
        return high if slope(high) >= 0.0 else low
    for _ in range(30):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if slope(middle) > 0.0 else (low, middle)
    return float(np.sqrt(low * high))


def _marginal_ratio(size: Float64Array) -> Float64Array:
    """Density of a noisy Laplace mean over that of a noisy zero, less one, at distances `size` from zero."""
    from scipy.special import erfcx

    def mills(x: Float64Array) -> Float64Array:
        return np.asarray(np.sqrt(np.pi / 2.0) * erfcx(-x / np.sqrt(2.0)))

    size = np.minimum(size, _FAR)
    return np.asarray(0.5 * _A * (mills(-(size + _A)) + mills(size - _A)) - 1.0)


def _density(x: Float64Array) -> Float64Array:
    return np.asarray(np.exp(-0.5 * x**2) / np.sqrt(2.0 * np.pi))


def _weight_of_threshold(threshold: float) -> float:
    """The w for which the posterior median is zero up to `threshold` standard deviations."""
    from scipy.special import ndtr

    nearest = np.array([threshold - _A])
    return float(1.0 / (_A * ndtr(nearest) / _density(nearest) - _marginal_ratio(nearest + _A))[0])
