"""Enough of a long record to say what its noise is, at a cost that does not grow with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.series import Float64Array

STRETCHES, STRETCH = 64, 4096  # samples in a stretch


def excerpt(values: Float64Array) -> tuple[Float64Array, NDArray[np.int64]]:
    """All samples, or STRETCHES stretches spread evenly over a longer record and joined; and the index of each in `values`.

    ``part == values[places]``. Where two stretches meet is a jump; there are few of them, and robust measures do not mind.
    """
    if len(values) <= STRETCHES * STRETCH:
        return values, np.arange(len(values))
    starts = np.linspace(0, len(values) - STRETCH, STRETCHES).astype(np.int64)
    places = (starts[:, None] + np.arange(STRETCH)).ravel()
    return values[places], places
