"""The noise envelope: how the noise level varies along a record, and whether it does beyond chance."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.noise.white_level import DIFFERENCE
from denoise_core.series import Float64Array

BLOCK = 128  # samples
_MOST_BLOCKS = 256
_FEWEST_BLOCKS = 6
_SMOOTHING = 2.0  # blocks, sd of the weights
# Relative sd of the median of |D^6 y| over m = 128 samples of white noise, times sqrt(m): by simulation
_CHANCE = 1.76
_BEYOND_CHANCE = 5.5
_WORTH_IT = 1.35  # highest over lowest level
_LEAST = 0.05  # of the median level: quieter blocks are a signal without noise, or silence


def block_levels(values: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Middles and noise sds of blocks of about equal length; a block with too few numbers is NaN. Shapes (blocks,)."""
    n = len(values)
    count = int(np.clip(n // BLOCK, 1, _MOST_BLOCKS))
    edges = np.linspace(0, n, count + 1).astype(int)
    differences = np.abs(np.convolve(values, DIFFERENCE, mode="same"))
    differences[:3] = differences[-3:] = np.nan
    levels = np.array([_median_level(differences[a:b]) for a, b in pairwise(edges)])
    return 0.5 * (edges[:-1] + edges[1:] - 1), levels


def _median_level(magnitudes: Float64Array) -> float:
    present = magnitudes[~np.isnan(magnitudes)]
    return float(np.median(present)) / GAUSSIAN_MEDIAN if len(present) > BLOCK // 4 else np.nan


def local_levels(values: Float64Array) -> Float64Array:
    """Noise sd about each sample, from blocks, neither smoothed nor tested; 0 where none is visible; shape (n,)."""
    middles, levels = block_levels(values)
    known = ~np.isnan(levels)
    return np.interp(np.arange(len(values)), middles[known], levels[known]) if known.any() else np.zeros(len(values))


def find_envelope(values: Float64Array) -> tuple[Float64Array, Float64Array] | None:
    """Middles of blocks and the smoothed noise sd there, or None where it varies no more than by chance; shapes (blocks,).

    The logarithms of the blocks' levels are smoothed by local lines. They vary beyond chance where one of them lies
    _BEYOND_CHANCE of its own sds from their mean, and the highest level is _WORTH_IT times the lowest.
    """
    middles, levels = block_levels(values)
    valid = levels > 0
    if valid.sum() < max(_FEWEST_BLOCKS, 0.75 * len(levels)):
        return None
    places = np.flatnonzero(valid).astype(np.float64)
    logs = np.log(np.maximum(levels[valid], _LEAST * np.median(levels[valid])))
    weights = _local_lines(places)
    smooth = np.clip(weights @ logs, logs.min(), logs.max())
    deviation = np.abs(smooth - logs.mean()) / (_CHANCE / np.sqrt(len(values) / len(levels)) * np.sqrt((weights**2).sum(axis=1)))
    if deviation.max() < _BEYOND_CHANCE or np.ptp(smooth) < np.log(_WORTH_IT):
        return None
    return middles[valid], np.exp(smooth)


def _local_lines(places: Float64Array) -> Float64Array:
    """Matrix W for which ``(W @ y)[i]`` is at ``places[i]`` on the line through all y, weighted by nearness; shape (k, k)."""
    away = places - places[:, None]
    near = np.exp(-0.5 * (away / _SMOOTHING) ** 2)
    zeroth, first, second = (np.sum(near * away**power, axis=1, keepdims=True) for power in range(3))
    return np.asarray(near * (second - first * away) / (zeroth * second - first**2), dtype=np.float64)
