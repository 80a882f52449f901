"""Filters that keep the strong parts of a decomposition: the short-time Fourier transform, and singular spectrum analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core import noise
from denoise_core.config import setting
from denoise_core.dsp.windows import frame, sum_frames, window_starts
from denoise_core.filters.settings import Settings, noise_sd, window
from denoise_core.series import Float64Array

_AT_ONCE = 1_000_000  # samples in frames that are transformed at a time


@dataclass(frozen=True, kw_only=True)
class StftSettings(Settings):
    """Settings of the short-time Fourier shrinkage."""

    window: int = window(129, help="Number of samples each spectrum is taken of: long for tones, short for changes.", low=5)
    cut: float = setting(
        2.0,
        label="Threshold",
        unit="noise levels",
        low=0.5,
        high=10.0,
        help="How far above the noise a frequency must be, at its time, to be kept.",
    )
    noise_sd: float = noise_sd()


@dataclass(frozen=True, kw_only=True)
class SingularSpectrumSettings(Settings):
    """Settings of singular spectrum analysis."""

    window: int = window(63, help="Number of samples of the patterns that the series is decomposed into.", low=5, high=501)
    components: int = setting(
        8, label="Components", low=1, high=100, help="How many of the strongest patterns are kept: few are smoother."
    )


def stft(values: Float64Array, settings: StftSettings) -> Float64Array:
    """Short-time Fourier coefficients c shrunk by the garrote, ``c * max(0, 1 - (cut * s)**2 / abs(c)**2)``.

    References
    ----------
    Gao 1998, Wavelet shrinkage denoising using the non-negative garrote, doi:10.1080/10618600.1998.10474789
    """
    sigma, offset, n = settings.noise_sd or noise.level(values), float(np.mean(values)), len(values)
    shape = np.hanning(settings.window)
    hop = settings.window // 4 | 1
    # This margin puts the frames of the reversed series at the same samples.
    margin = next(m for m in range(settings.window, settings.window + hop) if (n + 2 * m - settings.window) % hop == 0)
    padded = np.pad(values - offset, margin, mode="symmetric")
    starts = window_starts(len(padded), length=settings.window, hop=hop)
    least = (settings.cut * sigma) ** 2 * float(shape @ shape)
    total, share = np.zeros((2, len(padded)))
    for some in np.array_split(starts, -(-len(starts) * settings.window // _AT_ONCE)):
        coefficients = np.fft.rfft(frame(padded, some, length=settings.window) * shape)
        power = np.abs(coefficients) ** 2
        coefficients *= np.maximum(1.0 - np.divide(least, power, out=np.ones_like(power), where=power > 0.0), 0.0)
        total += sum_frames(np.fft.irfft(coefficients, settings.window) * shape, some, n=len(padded))
        share += sum_frames(np.broadcast_to(shape**2, (len(some), settings.window)), some, n=len(padded))
    return np.asarray(offset + (total / np.maximum(share, 1e-12))[margin : margin + n])


def singular_spectrum(values: Float64Array, settings: SingularSpectrumSettings) -> Float64Array:
    """The trajectory matrix of the series projected on its strongest left singular vectors, and averaged along its diagonals.

    References
    ----------
    Golyandina, Zhigljavsky 2013, Singular Spectrum Analysis for Time Series, doi:10.1007/978-3-642-34913-3
    """
    from scipy.signal import oaconvolve

    n, offset = len(values), float(np.mean(values))
    length = min(settings.window, (n + 1) // 2)
    centred = values - offset
    patterns = _strongest_patterns(centred, length, settings.components)
    total = np.zeros(n)
    for pattern in patterns.T:
        score = oaconvolve(centred, pattern[::-1], mode="valid")
        total += oaconvolve(score, pattern, mode="full")
    count = np.minimum(np.minimum(np.arange(1, n + 1), np.arange(n, 0, -1)), min(length, n - length + 1))
    return np.asarray(offset + total / count)


def _strongest_patterns(values: Float64Array, length: int, count: int) -> Float64Array:
    """Eigenvectors of greatest eigenvalue of the lag-covariance matrix, (length, count)."""
    from scipy.linalg import eigh
    from scipy.signal import oaconvolve

    n = len(values)
    columns = n - length + 1
    # Row 0 of X X.T by one convolution; each next row from the one before it by what enters and leaves the sum.
    matrix = np.empty((length, length))
    matrix[0] = oaconvolve(values, values[:columns][::-1], mode="valid")[:length]
    for i in range(1, length):
        matrix[i, i:] = (
            matrix[i - 1, i - 1 : -1]
            - values[i - 1] * values[i - 1 : length - 1]
            + values[i - 1 + columns] * values[i - 1 + columns : length - 1 + columns]
        )
    matrix = np.triu(matrix) + np.triu(matrix, 1).T
    count = min(count, length)
    return np.asarray(eigh(matrix, subset_by_index=(length - count, length - 1))[1])
