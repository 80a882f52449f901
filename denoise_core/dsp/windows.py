"""Overlapping windows of a series, and their inverse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import SettingsError
from denoise_core.series import Float32Array, Float64Array

Ints = NDArray[np.int64]


def window_starts(n: int, *, length: int, hop: int) -> Ints:
    """Starts of windows that cover ``0 .. n-1``: multiples of `hop`, and a last one that ends at n.

    ``starts[0] == 0``, ``starts[-1] == n - length``, and no two neighbours are further apart than `hop`.

    Raises
    ------
    SettingsError
        If length exceeds n, or hop exceeds length (samples between windows would never be seen).
    """
    if not 1 <= length <= n:
        raise SettingsError([f"length = {length} must lie between 1 and the {n} samples of the series."])
    if not 1 <= hop <= length:
        raise SettingsError([f"hop = {hop} exceeds length = {length}, so samples between windows would never be seen."])
    last = n - length
    starts = np.arange(0, last + 1, hop, dtype=np.int64)
    return starts if starts[-1] == last else np.append(starts, last)


def frame(values: Float64Array, starts: Ints, *, length: int) -> Float64Array:
    """``frames[i] == values[starts[i] : starts[i] + length]``, shape (len(starts), length)."""
    frames: Float64Array = values[starts[:, None] + np.arange(length)]
    return frames


def sum_frames(frames: Float64Array | Float32Array, starts: Ints, *, n: int) -> Float64Array:
    """The sum of all frames, shape (n,): ``total[starts[i] : starts[i] + length] += frames[i]`` for each i in turn."""
    places = starts[:, None] + np.arange(frames.shape[1])
    return np.asarray(np.bincount(places.ravel(), weights=frames.ravel(), minlength=n), dtype=np.float64)


class OverlapAdd:
    """The inverse of `frame`: the mean of all frames that cover a sample, weighted by `weights` of shape (length,), all positive.

    Frames may come in any order and in several parts, so a long series needs no more memory than its own size.
    """

    def __init__(self, n: int, weights: Float64Array) -> None:
        self._weights = weights
        self._total = np.zeros(n)
        self._share = np.zeros(n)

    def add(self, frames: Float64Array, starts: Ints) -> None:
        """Frames of shape (len(starts), length)."""
        for values, start in zip(frames, starts, strict=True):
            covered = slice(start, start + len(self._weights))
            self._total[covered] += values * self._weights
            self._share[covered] += self._weights

    def result(self) -> Float64Array:
        """Shape (n,); NaN where no frame lay."""
        joined = np.full(len(self._total), np.nan)
        np.divide(self._total, self._share, out=joined, where=self._share > 0)
        return joined


def overlap_add(frames: Float64Array, starts: Ints, *, n: int, weights: Float64Array) -> Float64Array:
    """``overlap_add(frame(v, starts, length=length), starts, n=n, weights=weights) == v`` wherever a window lies."""
    joined = OverlapAdd(n, weights)
    joined.add(frames, starts)
    return joined.result()


def taper(length: int, *, power: int = 16) -> Float64Array:
    """``weights[i] == (min(i, length - 1 - i) + 1) ** power`` over the largest of them, shape (length,).

    Where two frames overlap, the one whose edge is further away dominates: near a cut the network has too little context. At an
    end of the series, where no other frame lies, the weights do not matter.
    """
    distance = np.minimum(np.arange(length), np.arange(length)[::-1]) + 1.0
    weights: Float64Array = (distance / distance.max()) ** power
    return weights
