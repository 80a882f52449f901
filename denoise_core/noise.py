"""What the noise is. So far: its level, assuming neighbouring noise samples are independent. Knows no torch."""

from __future__ import annotations

import numpy as np

from denoise_core.series import Floats

# Differences of order 6: white noise of sd 1 stays at sd 1, a polynomial of degree 5 vanishes, and slow content is cut steeply.
# Order 1, the usual choice, reads part of a machine vibration as noise: +10 % on the test signal, where order 6 is right to 1 %.
_DIFFERENCE = np.array([1.0, -6.0, 15.0, -20.0, 15.0, -6.0, 1.0]) / np.sqrt(924.0)


def level(values: Floats) -> float:
    """Standard deviation of white noise in `values`, in their unit; robust against signal, jumps and spikes.

    The median of ``|D^6 y|``, as a Gaussian sd. Where more than half of the differences are zero (counts, coarse quantisation)
    their root mean square serves instead; 0 only if all differences are zero or no seven neighbours are present.

    Parameters
    ----------
    values : float64 array of shape (n,)
        NaN counts as missing; a difference that meets one is left out.

    References
    ----------
    Hall, Kay, Titterington 1990, Asymptotically optimal difference-based estimation of variance, doi:10.1093/biomet/77.3.521
    """
    if len(values) < len(_DIFFERENCE):
        return 0.0
    differences = np.abs(np.convolve(values, _DIFFERENCE, mode="valid"))
    differences = differences[~np.isnan(differences)]
    if differences.size == 0:
        return 0.0
    rounding = 1e-12 * float(np.nanmax(np.abs(values)))
    median = float(np.median(differences))
    if median > rounding:
        return median / 0.67449
    root_mean_square = float(np.sqrt(np.mean(differences**2)))
    return root_mean_square if root_mean_square > rounding else 0.0
