"""Edges that were rounded: before them the residual lies to one side, and after them to the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.assess.findings.finding import Evidence
from denoise_core.assess.findings.normalised import Normalised
from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.series import Float64Array

_WIDTHS = (4, 8, 16, 32, 64)  # samples on either side by which an edge is found
_NEAR = (1, 2, 4, 8, 16, 32)  # samples on either side in which the residual is compared
_LEAST_SDS, _USUAL = 2.0, 5.0  # of an edge: sds of the noise in the difference of two means, and of the usual slopes
_FEWEST_EDGES = 2


def rounded_edges(given: Normalised) -> Evidence:
    """The strongest over widths: the step of the residual at each edge, weighted by the height of the edge."""
    sums, kept = _sums(given.residual), _sums(given.estimate)
    steps = {near: _steps(sums, near) for near in _NEAR}
    best = Evidence(kind="edges", strength=0.0)
    for width in (width for width in _WIDTHS if 4 * width < len(given)):
        heights = _steps(kept, width) / width
        at = _edges(heights, width)
        if len(at) < _FEWEST_EDGES:
            continue
        size = float(np.sqrt(np.sum(heights[at] ** 2)))
        for near in (near for near in _NEAR if near <= 2 * width):
            single = heights[at] * steps[near][at] / np.sqrt(2.0 * near)
            strength = float(np.sum(single)) / size
            if strength > best.strength:
                lost = float(np.sum(heights[at] * steps[near][at])) / near / size**2
                best = Evidence(kind="edges", strength=strength, share=lost, scale=float(near), count=len(at), places=at)
    return best


def _edges(heights: Float64Array, width: int) -> NDArray[np.int64]:
    """Where `heights` is largest in size within `width` samples, and stands out."""
    size = np.abs(heights)
    usual = float(np.median(size)) / GAUSSIAN_MEDIAN
    at = np.flatnonzero(size > max(_LEAST_SDS * np.sqrt(2.0 / width), _USUAL * usual))
    at = at[(at >= width) & (at < len(size) - width - 1)]
    return at[size[at] >= _largest_near(size, at, width)]


def _largest_near(size: Float64Array, at: NDArray[np.int64], width: int) -> Float64Array:
    """Largest of `size` within `width` samples of each place, by doubling windows; shape as `at`."""
    reach, span, largest = 2 * width + 1, 1, size
    while 2 * span <= reach:
        largest = np.maximum(largest[: len(largest) - span], largest[span:])
        span *= 2
    return np.maximum(largest[at - width], largest[at + width + 1 - span])


def _sums(values: Float64Array) -> Float64Array:
    return np.concatenate([[0.0], np.cumsum(values)])


def _steps(sums: Float64Array, near: int) -> Float64Array:
    """Sum of the `near` samples after each sample less that of those before it, of fewer at the ends; shape (n,)."""
    n = len(sums) - 1
    at = np.arange(n)
    after = sums[np.minimum(at + 1 + near, n)] - sums[at + 1]
    return np.asarray(after - (sums[at] - sums[np.maximum(at - near, 0)]))
