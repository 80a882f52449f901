"""Missing samples: where they lie, and straight lines over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.series import Float64Array

Mask = NDArray[np.bool_]


def interpolate_gaps(values: Float64Array, *, missing: Mask | None = None) -> Float64Array:
    """`values` of shape (n,) with straight lines over what is missing; level before the first and after the last sample.

    Parameters
    ----------
    missing : bool array of shape (n,), optional
        By default where `values` is NaN. At least one sample must be present.

    Examples
    --------
    >>> interpolate_gaps(np.array([np.nan, 1.0, np.nan, 3.0])).tolist()
    [1.0, 1.0, 2.0, 3.0]
    """
    present = ~(np.isnan(values) if missing is None else missing)
    if present.all():
        return values
    index = np.arange(len(values))
    return np.interp(index, index[present], values[present])


def runs(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and stops of the stretches that are True: ``mask[start:stop].all()``, none longer and none left out.

    Examples
    --------
    >>> [edges.tolist() for edges in runs(np.array([True, False, True, True]))]
    [[0, 2], [1, 4]]
    """
    edges = np.diff(mask.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
