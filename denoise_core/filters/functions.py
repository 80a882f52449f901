"""Classical filters from scipy with their settings: a mean, a median, a polynomial or a low-pass.

Each takes values of shape (n,) without NaN and gives values of shape (n,). scipy is imported where it is used: it costs a
page that shows only the wavelet filter 0.9 s and 70 MB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.config import setting
from denoise_core.filters.settings import Settings, window
from denoise_core.series import Float64Array


@dataclass(frozen=True, kw_only=True)
class WindowSettings(Settings):
    """Settings of the moving average and the median."""

    window: int = window(9, help="Number of neighbouring samples behind each output sample.")


@dataclass(frozen=True, kw_only=True)
class SavgolSettings(Settings):
    """Settings of Savitzky-Golay."""

    window: int = window(21, help="Number of samples each polynomial is fitted to.", low=5, high=2_001)
    order: int = setting(3, label="Order", low=0, high=7, help="Degree of the polynomial: high follows peaks, low is smoother.")

    def problems(self, *, samples: int) -> list[str]:
        """Also an order that the window cannot hold."""
        too_high = f"order = {self.order} needs a window of more than {self.order} samples: it is {self.window}."
        return super().problems(samples=samples) + ([too_high] if self.order >= self.window else [])


@dataclass(frozen=True, kw_only=True)
class LowpassSettings(Settings):
    """Settings of the low-pass."""

    cutoff: float = setting(
        0.1,
        label="Cutoff",
        unit="cycles/sample",
        low=1e-5,
        high=0.499,
        log=True,
        help="Lower frequencies are kept, higher ones removed. Multiply by the sampling rate to get hertz.",
    )
    order: int = setting(4, label="Order", low=1, high=8, help="How steeply the filter cuts off.")


def moving_average(values: Float64Array, settings: WindowSettings) -> Float64Array:
    """``out[t] == mean(values[t - h : t + h + 1])`` with ``window == 2 h + 1``; mirrored at the ends."""
    from scipy import ndimage

    return np.asarray(ndimage.uniform_filter1d(values, settings.window, mode="reflect"))


def median(values: Float64Array, settings: WindowSettings) -> Float64Array:
    """``out[t] == median(values[t - h : t + h + 1])`` with ``window == 2 h + 1``; mirrored at the ends."""
    from scipy import ndimage

    return np.asarray(ndimage.median_filter(values, settings.window, mode="reflect"))


def savgol(values: Float64Array, settings: SavgolSettings) -> Float64Array:
    """Savitzky-Golay: a polynomial fitted to each window, read at its centre; a polynomial up to `order` passes unchanged.

    References
    ----------
    Savitzky, Golay 1964, doi:10.1021/ac60214a047
    """
    from scipy import signal

    return np.asarray(signal.savgol_filter(values, settings.window, settings.order, mode="interp"))


def lowpass(values: Float64Array, settings: LowpassSettings) -> Float64Array:
    """Butterworth low-pass run forwards and backwards, so that nothing is delayed; mirrored at the ends."""
    from scipy import signal

    sections = signal.butter(settings.order, 2.0 * settings.cutoff, output="sos")
    padding = min(len(values) - 1, round(3.0 / settings.cutoff))
    return np.asarray(signal.sosfiltfilt(sections, values, padtype="even", padlen=padding))
