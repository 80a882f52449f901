"""Whether the noise grows with the value of the signal, as counts and many sensors have it."""

from __future__ import annotations

import numpy as np

from denoise_core.series import Float64Array

_GROUPS, _FEWEST = 12, 40  # of samples of about the same signal, and samples in each
_CLEARLY, _WORTH_IT = 0.85, 1.5  # rank correlation of level and signal; highest over lowest level


def grows_with_signal(residual: Float64Array, signal: Float64Array) -> bool:
    """Whether the spread of the residual follows the signal: by its median size in twelve groups of equal signal.

    Parameters
    ----------
    residual, signal : float64 arrays of shape (n,)
        What was removed, and what was left; NaN where missing.
    """
    known = np.flatnonzero(np.isfinite(residual) & np.isfinite(signal))
    if len(known) < _GROUPS * _FEWEST or np.ptp(signal[known]) == 0.0:
        return False
    order = known[np.argsort(signal[known], kind="stable")]
    groups = np.array_split(order, _GROUPS)
    levels = np.array([np.median(np.abs(residual[group])) for group in groups])
    if levels.min() <= 0.0:
        return False
    ranks = np.argsort(np.argsort(levels))
    follows = float(np.corrcoef(ranks, np.arange(_GROUPS))[0, 1])
    third = _GROUPS // 3
    return follows > _CLEARLY and float(levels[-third:].mean()) > _WORTH_IT * float(levels[:third].mean())
