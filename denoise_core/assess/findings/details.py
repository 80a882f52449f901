"""Details of the estimate that the residual has as well, so that they were made smaller: at each scale by regression."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.findings.finding import Evidence
from denoise_core.assess.findings.normalised import Normalised
from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.series import Float64Array

_SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
_DETAIL_SD = float(np.sqrt(np.sum((np.eye(5)[2] - _SMOOTH) ** 2)))  # of the details of white noise of sd 1
# A method leaves part of the noise in its result; only details that stand out of it count: from so many sds of the noise, or of
# the usual details where these are smaller.
_NOISE_SDS, _USUAL_SDS, _LEAST_SDS = 4.0, 5.0, 2.0
_STRETCHES = 64


def lost_details(given: Normalised) -> Evidence:
    """The strongest over the scales: ``<residual, details> / |details|``."""
    best = Evidence(kind="details", strength=0.0, share=0.0)
    for step, residual, estimate in given.octaves():
        details = _large_details(estimate)
        power = float(np.sum(details**2))
        if power == 0.0:
            continue
        products = residual * details
        strength = float(np.sum(products)) / power**0.5
        if strength > best.strength:
            slope = float(np.sum(products)) / power
            best = Evidence(
                kind="details",
                strength=strength,
                share=slope / (1.0 + slope),
                scale=3.0 * step,
                contributions=_by_stretch(products, details),
            )
    return best


def _large_details(estimate: Float64Array) -> Float64Array:
    """Estimate less its smooth course, zero where that is small; shape as `estimate`."""
    details = estimate - np.convolve(np.pad(estimate, 2, mode="edge"), _SMOOTH, mode="valid")
    usual = float(np.median(np.abs(details))) / GAUSSIAN_MEDIAN
    least = min(_NOISE_SDS * _DETAIL_SD, max(_USUAL_SDS * usual, _LEAST_SDS * _DETAIL_SD))
    return np.where(np.abs(details) > least, details, 0.0)


def _by_stretch(products: Float64Array, details: Float64Array) -> Float64Array:
    """The strength within each of `_STRETCHES` stretches; shape (stretches,)."""
    edges = np.linspace(0, len(products), min(_STRETCHES, len(products) // 16) + 1).astype(int)[:-1]
    power = np.add.reduceat(details**2, edges)
    return np.asarray(np.add.reduceat(products, edges) / np.sqrt(np.maximum(power, 1e-12)))
