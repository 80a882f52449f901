"""Five classical filters from scipy and PyWavelets with their settings.

Each takes values of shape (n,) without NaN and gives values of shape (n,). scipy is imported where it is used: it costs a
page that shows only the wavelet filter 0.9 s and 70 MB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pywt

from denoise_core import noise
from denoise_core.config import setting
from denoise_core.series import Float64Array


@dataclass(frozen=True, kw_only=True)
class WindowSettings:
    """Settings of the moving average and the median."""

    window: int = setting(
        9,
        label="Window",
        unit="samples",
        low=3,
        high=10_001,
        help="Number of neighbouring samples behind each output sample. Even numbers are rounded up to stay centred.",
    )


@dataclass(frozen=True, kw_only=True)
class SavgolSettings:
    """Settings of Savitzky-Golay."""

    window: int = setting(
        21,
        label="Window",
        unit="samples",
        low=5,
        high=2_001,
        help="Number of samples each polynomial is fitted to. Even numbers are rounded up to stay centred.",
    )
    order: int = setting(3, label="Order", low=0, high=7, help="Degree of the polynomial: high follows peaks, low is smoother.")


@dataclass(frozen=True, kw_only=True)
class WaveletSettings:
    """Settings of wavelet shrinkage."""

    wavelet: str = setting(
        "sym4",
        label="Wavelet",
        choices=("sym4", "sym8", "db2", "haar"),
        help="The wavelet the series is decomposed into: haar suits steps, sym8 smooth curves, sym4 most signals.",
    )
    rule: str = setting(
        "bayes",
        label="Threshold",
        choices=("bayes", "hard"),
        help="Bayes shrinks softly, scale by scale. Hard keeps what is clearly above the noise and sets the rest to zero.",
    )
    cut: float = setting(
        3.5,
        label="Hard threshold",
        unit="noise levels",
        low=1.0,
        high=10.0,
        help="How far above the noise a wavelet coefficient must be to be kept.",
    )
    noise_sd: float = setting(
        0.0,
        label="Noise level",
        low=0.0,
        high=1e300,
        help="Standard deviation of the noise, in the unit of the series. 0 estimates it from the data.",
    )


@dataclass(frozen=True, kw_only=True)
class LowpassSettings:
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


Settings = WindowSettings | SavgolSettings | WaveletSettings | LowpassSettings


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


def wavelet(values: Float64Array, settings: WaveletSettings) -> Float64Array:
    """Stationary (translation-invariant) wavelet shrinkage; mirrored at the ends.

    With noise of standard deviation s and detail coefficients d of one scale, "bayes" shrinks softly by
    ``s**2 / sqrt(mean(d**2) - s**2)`` and "hard" keeps what exceeds ``cut * s``.

    References
    ----------
    Chang, Yu, Vetterli 2000, doi:10.1109/83.862633; Coifman, Donoho 1995, doi:10.1007/978-1-4612-2544-7_9
    """
    n, wave = len(values), pywt.Wavelet(settings.wavelet)
    levels = int(np.clip(pywt.dwt_max_level(n, wave.dec_len), 1, 8))
    margin = min(n, wave.dec_len * 2 ** (levels - 1))
    padded = np.pad(values, (margin, margin + (-n - 2 * margin) % 2**levels), mode="symmetric")
    smooth, *details = pywt.swt(padded, wave, level=levels, trim_approx=True)
    inside = slice(margin, margin + n)
    sigma = settings.noise_sd or noise.level(values)
    kept = [_shrink(d, settings, sigma=sigma, power=float(np.mean(d[inside] ** 2))) for d in details]
    return np.asarray(pywt.iswt([smooth, *kept], wave)[inside])


def _shrink(detail: Float64Array, settings: WaveletSettings, *, sigma: float, power: float) -> Float64Array:
    if settings.rule == "hard":
        return np.where(np.abs(detail) > settings.cut * sigma, detail, 0.0)
    if power <= sigma**2:
        return np.zeros_like(detail)
    threshold = sigma**2 / np.sqrt(power - sigma**2)
    return np.asarray(np.sign(detail) * np.maximum(np.abs(detail) - threshold, 0.0))
