"""The level of white noise: two estimators from the highest frequencies."""

from __future__ import annotations

import numpy as np

from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.series import Float64Array

ROUNDING = 1e-12  # of the largest value: what is smaller comes from floating point arithmetic

# Differences of order 6: white noise of sd 1 stays at sd 1, a polynomial of degree 5 vanishes, and slow content is cut steeply.
# Order 1, the usual choice, reads part of a machine vibration as noise: +10 % on the test signal, where order 6 is right to 1 %.
DIFFERENCE = np.array([1.0, -6.0, 15.0, -20.0, 15.0, -6.0, 1.0]) / np.sqrt(924.0)

# High-pass of Daubechies' wavelet with four vanishing moments; Daubechies 1988, doi:10.1002/cpa.3160410705, table 1
_DETAIL = np.array(
    [
        -0.010597401785,
        -0.032883011667,
        0.030841381836,
        0.187034811719,
        -0.027983769417,
        -0.630880767930,
        0.714846570553,
        -0.230377813309,
    ]
)


def level(values: Float64Array) -> float:
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
    return _filtered_level(values, DIFFERENCE)


def wavelet_level(values: Float64Array) -> float:
    """As `level`, from the finest wavelet details (each shift): it weights the upper half of all frequencies evenly.

    References
    ----------
    Donoho, Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage, doi:10.1093/biomet/81.3.425
    """
    return _filtered_level(values, _DETAIL)


def _filtered_level(values: Float64Array, weights: Float64Array) -> float:
    magnitudes = _magnitudes(values, weights)
    if magnitudes.size == 0:
        return 0.0
    rounding = ROUNDING * float(np.nanmax(np.abs(values)))
    median = float(np.median(magnitudes))
    if median > rounding:
        return median / GAUSSIAN_MEDIAN
    root_mean_square = float(np.sqrt(np.mean(magnitudes**2)))
    return root_mean_square if root_mean_square > rounding else 0.0


def _magnitudes(values: Float64Array, weights: Float64Array) -> Float64Array:
    if len(values) < len(weights):
        return np.zeros(0)
    filtered = np.abs(np.convolve(values, weights, mode="valid"))
    return filtered[~np.isnan(filtered)]


def is_mostly_constant(values: Float64Array) -> bool:
    """Whether more than half of the differences are zero, as of rare counts; `level` is then no median."""
    magnitudes = _magnitudes(values, DIFFERENCE)
    return magnitudes.size == 0 or bool(np.median(magnitudes) <= ROUNDING * np.nanmax(np.abs(values)))


def count_differences(values: Float64Array) -> int:
    """How many stretches of seven neighbours have no missing value."""
    return int(_magnitudes(values, DIFFERENCE).size)


def first_difference_level(values: Float64Array) -> float:
    """White-noise sd of a series too short for `level`, by its first differences; 0 for fewer than two numbers."""
    present = values[~np.isnan(values)]
    return float(np.sqrt(np.mean(np.diff(present) ** 2) / 2)) if len(present) > 1 else 0.0
