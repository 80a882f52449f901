"""Filters that look at a window around each sample: Hampel, Wiener and robust local regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from denoise_core import noise
from denoise_core.config import setting
from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.filters.settings import Settings, noise_sd, window
from denoise_core.series import Float64Array

_AT_ONCE = 4_000_000  # samples in windows that are sorted at a time


@dataclass(frozen=True, kw_only=True)
class HampelSettings(Settings):
    """Settings of the Hampel filter."""

    window: int = window(7, help="Number of neighbouring samples a sample is compared with.", high=1_001)
    cut: float = setting(
        3.0,
        label="Limit",
        unit="standard deviations",
        low=0.0,
        high=20.0,
        help="A sample farther than this from its neighbours' median is replaced by it. 0 replaces every sample.",
    )


@dataclass(frozen=True, kw_only=True)
class WienerSettings(Settings):
    """Settings of the local Wiener filter."""

    window: int = window(15, help="Number of samples whose mean and variance are compared with the noise.")
    noise_sd: float = noise_sd()


@dataclass(frozen=True, kw_only=True)
class LowessSettings(Settings):
    """Settings of local regression."""

    window: int = window(31, help="Number of samples each line is fitted to, with more weight on the near ones.", low=5)
    iterations: int = setting(
        1,
        label="Robust iterations",
        low=0,
        high=5,
        help="How often samples far from the curve are given less weight and the lines fitted again. 0 takes all alike.",
    )


def hampel(values: Float64Array, settings: HampelSettings) -> Float64Array:
    """The median m of each window where ``abs(y - m) > cut * median(abs(window - m)) / 0.67449``, elsewhere the sample itself.

    References
    ----------
    Pearson 2002, Outliers in process modeling and identification, doi:10.1109/87.974338
    """
    half = settings.window // 2
    windows = sliding_window_view(np.pad(values, half, mode="symmetric"), settings.window)
    out = np.empty_like(values)
    step = max(1, _AT_ONCE // settings.window)
    for first in range(0, len(values), step):
        part = windows[first : first + step]
        middle = np.median(part, axis=1)
        spread = np.median(np.abs(part - middle[:, None]), axis=1) / GAUSSIAN_MEDIAN
        own = values[first : first + step]
        out[first : first + step] = np.where(np.abs(own - middle) > settings.cut * spread, middle, own)
    return out


def wiener(values: Float64Array, settings: WienerSettings) -> Float64Array:
    """``m + max(v - s**2, 0) / v * (y - m)`` with mean m and variance v of each window and the noise level s.

    References
    ----------
    Lee 1980, doi:10.1109/TPAMI.1980.4766994
    """
    from scipy import ndimage

    sigma, offset = settings.noise_sd or noise.level(values), float(np.mean(values))
    centred = values - offset
    mean = ndimage.uniform_filter1d(centred, settings.window, mode="reflect")
    variance = np.maximum(ndimage.uniform_filter1d(centred**2, settings.window, mode="reflect") - mean**2, 0.0)
    share = np.divide(np.maximum(variance - sigma**2, 0.0), variance, out=np.zeros_like(variance), where=variance > 0.0)
    return np.asarray(offset + mean + share * (centred - mean))


def lowess(values: Float64Array, settings: LowessSettings) -> Float64Array:
    """Lines fitted to each window with tricube weights, and again with bisquare weights of the residuals.

    On an even grid the sums behind all lines are convolutions, so a long window costs no more; a window that reaches over
    an end is cut there.

    References
    ----------
    Cleveland 1979, doi:10.1080/01621459.1979.10481038
    """
    half, offset = settings.window // 2, float(np.mean(values))
    distance = np.arange(-half, half + 1) / (half + 1)
    kernel = (1.0 - np.abs(distance) ** 3) ** 3
    centred, weights = values - offset, np.ones_like(values)
    curve = _local_lines(centred, weights, distance, kernel)
    for _ in range(settings.iterations):
        size = np.abs(centred - curve)
        spread = 6.0 * float(np.median(size))
        if spread <= 1e-12 * float(np.max(np.abs(centred), initial=0.0)):
            break
        # Never quite zero: where a whole window is far off, its samples decide all the same.
        weights = np.maximum((1.0 - np.minimum(size / spread, 1.0) ** 2) ** 2, 1e-6)
        curve = _local_lines(centred, weights, distance, kernel)
    return np.asarray(offset + curve)


def _local_lines(values: Float64Array, weights: Float64Array, distance: Float64Array, kernel: Float64Array) -> Float64Array:
    """Value at the middle of the line fitted around each sample by weighted least squares; shape (n,)."""
    from scipy.signal import oaconvolve

    def around(samples: Float64Array, power: int) -> Float64Array:
        reversed_kernel = (kernel * distance**power)[::-1]
        return np.asarray(oaconvolve(samples, reversed_kernel, mode="full")[len(kernel) // 2 :][: len(samples)])

    s0, s1, s2 = (around(weights, power) for power in (0, 1, 2))
    t0, t1 = (around(weights * values, power) for power in (0, 1))
    return np.asarray((s2 * t0 - s1 * t1) / (s0 * s2 - s1**2))
