"""Stretches of a series that resemble each other denoised together, found in a first estimate of it.

The second step of NL-Bayes, in one dimension: Lebrun, Buades, Morel 2013, A nonlocal Bayesian image denoising algorithm,
doi:10.1137/120874989.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from denoise_core.noise.power_spectrum import autocovariance
from denoise_core.series import Float64Array

_LENGTH, _HOP = 64, 8  # samples of a stretch, and between those that are denoised
_ALIKE = 64  # stretches that are looked at together
_MOST_COMPARED = 8192  # stretches of a segment among which those are looked for
_SEGMENT = 32_768  # samples
_BASELINE = 4 * _LENGTH + 1  # samples of the moving average that is set aside
_LEAST_LEVEL = 1e-7  # of the noise over the largest value, which single precision resolves no more
_OUTLIER = 4.0  # noise sds
_AT_ONCE = 256


def refine(values: Float64Array, first: Float64Array, levels: Float64Array, power: Float64Array | None = None) -> Float64Array:
    """A second estimate: each stretch as a Gaussian vector whose mean and covariance are those of the stretches like it.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Without gaps.
    first : float64 array of shape (n,)
        The first estimate; what resembles what is decided by it, and covariances are taken from it.
    levels : float64 array of shape (n,)
        Noise sd at each sample.
    power : float64 array of shape (BINS,) or None
        Shape of the noise's power spectrum; None where it is white.
    """
    n = len(values)
    if n < 2 * _LENGTH or not levels.any():
        return first
    baseline = _moving_average(first)
    # Distances are single-precision sums of squares: in the unit of the series they might overflow.
    scale = float(np.max(np.abs(first - baseline))) or float(np.max(levels))
    detail, levels = (first - baseline) / scale, np.maximum(levels / scale, _LEAST_LEVEL)
    residual = np.clip((values - first) / scale, -_OUTLIER * levels, _OUTLIER * levels)
    correlation = _correlation(power)
    parts = [_refine(detail[part], residual[part], levels[part], correlation) for part in _segments(n)]
    return np.asarray(baseline + scale * np.concatenate(parts))


def _segments(n: int) -> Iterator[slice]:
    edges = np.linspace(0, n, max(1, round(n / _SEGMENT)) + 1).astype(int)
    return (slice(int(a), int(b)) for a, b in pairwise(edges))


def _moving_average(values: Float64Array) -> Float64Array:
    window = np.hanning(_BASELINE + 2)[1:-1]
    return np.asarray(np.convolve(np.pad(values, _BASELINE // 2, mode="edge"), window / window.sum(), mode="valid"))


def _correlation(power: Float64Array | None) -> Float64Array:
    """Of the noise within a stretch, shape (_LENGTH, _LENGTH)."""
    if power is None:
        return np.eye(_LENGTH)
    covariance = autocovariance(power)[:_LENGTH] / autocovariance(power)[0]
    lags = np.abs(np.arange(_LENGTH)[:, None] - np.arange(_LENGTH))
    return np.asarray(covariance[lags] + 1e-3 * np.eye(_LENGTH))


def _refine(first: Float64Array, residual: Float64Array, levels: Float64Array, correlation: Float64Array) -> Float64Array:
    """One segment; the mean of the estimates of all stretches that contain a sample."""
    n = len(first)
    stretches = np.lib.stride_tricks.sliding_window_view(first, _LENGTH)
    noises = np.lib.stride_tricks.sliding_window_view(residual, _LENGTH)
    compared = np.arange(0, len(stretches), max(1, -(-len(stretches) // _MOST_COMPARED)))
    chosen = np.append(np.arange(0, len(stretches) - 1, _HOP), len(stretches) - 1)
    total, count = np.zeros((2, n))
    for start in range(0, len(chosen), _AT_ONCE):
        some = chosen[start : start + _AT_ONCE]
        alike = stretches[compared[_nearest(stretches, some, compared)]]
        variance = np.mean(np.lib.stride_tricks.sliding_window_view(levels, _LENGTH)[some] ** 2, axis=1)
        estimates = _posterior(stretches[some] + noises[some], alike, variance[:, None, None] * correlation)
        places = (some[:, None] + np.arange(_LENGTH)).ravel()
        total += np.bincount(places, estimates.ravel(), minlength=n)
        count += np.bincount(places, minlength=n)
    return np.asarray(total / count)


def _nearest(stretches: Float64Array, some: NDArray[np.int64], compared: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of `some`, which of those `compared` are the _ALIKE least far away."""
    others = stretches[compared].astype(np.float32)
    distance = np.sum(others**2, axis=1) - 2.0 * stretches[some].astype(np.float32) @ others.T
    count = min(_ALIKE, len(compared))
    return np.argpartition(distance, count - 1, axis=1)[:, :count]


def _posterior(noisy: Float64Array, alike: Float64Array, noise: Float64Array) -> Float64Array:
    """``mean + C (C + noise)^-1 (noisy - mean)`` with mean and covariance C of the stretches alike, (stretches, _LENGTH)."""
    mean = alike.mean(axis=1)
    centred = alike - mean[:, None]
    covariance = centred.transpose(0, 2, 1) @ centred / max(alike.shape[1] - 1, 1)
    solved = np.linalg.solve(covariance + noise, (noisy - mean)[:, :, None])
    return np.asarray(mean + (covariance @ solved)[:, :, 0])
