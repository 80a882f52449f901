"""Fewer points with the same picture: what of a long line is drawn at one zoom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.series import Float64Array

LIMIT = 4000


def window(x: Float64Array, view: tuple[float, float] | None) -> slice:
    """Samples inside `view` and one more on either side, so that lines reach the edge; all of them without a view."""
    if view is None:
        return slice(0, len(x))
    low, high = sorted(view)
    first = max(0, int(np.searchsorted(x, low)) - 1)
    last = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    return slice(first, last) if last - first > 1 else slice(0, len(x))


def downsample(y: Float64Array, *, limit: int = LIMIT) -> NDArray[np.int64]:
    """Positions to draw, increasing, about `limit` at most; extremes are kept, one missing sample stands for each visible gap.

    A gap is visible where at least ``ceil(n / limit)`` neighbours are missing: shorter ones are narrower than a drawn point.
    """
    present = np.flatnonzero(~np.isnan(y))
    if present.size == 0:
        return np.arange(0)
    chosen = present if present.size <= limit else present[_extremes(y[present], limit)]
    shortest = -(-len(y) // limit)
    gaps = present[:-1][np.diff(present) > shortest] + 1
    return np.union1d(chosen, gaps).astype(np.int64)


def _extremes(y: Float64Array, limit: int) -> NDArray[np.int64]:
    """The least and the greatest of each of ``limit / 2`` equal stretches; unlike with MinMaxLTTB, none is lost."""
    from tsdownsample import MinMaxDownsampler

    sampler = MinMaxDownsampler()  # type: ignore[no-untyped-call]
    picked = sampler.downsample(np.ascontiguousarray(y), n_out=2 * (limit // 2))
    return np.asarray(picked, dtype=np.int64)
