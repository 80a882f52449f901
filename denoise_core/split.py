"""Which samples are learnt from and which only judge. Knows no network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def held_out(observed: NDArray[np.bool_], *, share: float, block: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """True at the samples that are never a target: contiguous blocks, drawn at random, with about `share` of all samples.

    Only observed samples count; at least one block is held out and at least one is left to learn from, shape (n,).
    """
    n = len(observed)
    block = min(block, max(1, n // 4))
    starts = np.arange(0, n - block + 1, block)
    count = min(max(1, round(share * n / block)), len(starts) - 1)
    chosen = rng.permutation(starts)[:count]
    mask = np.zeros(n, dtype=np.bool_)
    mask[(chosen[:, None] + np.arange(block)).ravel()] = True
    return mask & observed
