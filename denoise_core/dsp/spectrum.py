"""Power spectral density by Welch's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.series import Float64Array

# Seven half-overlapping segments at least, so that chance peaks stay small; longer ones than this only slow a chart down.
_SEGMENTS = 4
_LONGEST_SEGMENT = 4096


def psd(values: Float64Array, *, step: float = 1.0) -> tuple[Float64Array, Float64Array]:
    """Frequencies and one-sided power density, without the mean (frequency 0); shapes (m,).

    ``sum(density) * frequency[0]`` is about ``var(values)``.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Without NaN.
    step : float
        Time from one sample to the next; frequencies are in cycles per unit of it.

    References
    ----------
    Welch 1967, doi:10.1109/TAU.1967.1161901
    """
    segment = min(max(len(values) // _SEGMENTS, 8), _LONGEST_SEGMENT, len(values))
    frequency, density = _welch(values, segment=segment, step=step)
    return frequency[1:], density[1:]


def _welch(values: Float64Array, *, segment: int, step: float) -> tuple[Float64Array, Float64Array]:
    """What `scipy.signal.welch` gives with its defaults; that import alone would cost the first page 0.9 s and 70 MB."""
    density = np.mean(segment_powers(values, segment=segment, hop=segment - segment // 2), axis=0) * step
    return np.asarray(np.fft.rfftfreq(segment, d=step), dtype=np.float64), np.asarray(density, dtype=np.float64)


def segment_powers(values: Float64Array, *, segment: int, hop: int) -> Float64Array:
    """One-sided power of each segment at each frequency; times the step in time a density; (segments, segment // 2 + 1)."""
    power = np.abs(segment_spectra(values, segment=segment, hop=hop)) ** 2
    power[:, 1 : None if segment % 2 else -1] *= 2.0
    return np.asarray(power, dtype=np.float64)


def segment_spectra(values: Float64Array, *, segment: int, hop: int) -> NDArray[np.complex128]:
    """Fourier transforms of segments less their means, under Hann's window of square sum 1; (segments, segment // 2 + 1)."""
    frames = np.lib.stride_tricks.sliding_window_view(values, segment)[::hop]
    taper = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(segment) / segment)
    taper /= np.sqrt(np.sum(taper**2))
    return np.asarray(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * taper), dtype=np.complex128)


def detrending_matrix(length: int) -> Float64Array:
    """Symmetric projector P of shape (length, length): ``P @ x`` is x less the straight line that fits it best."""
    line = np.stack([np.ones(length), np.arange(length) - (length - 1) / 2])
    return np.asarray(np.eye(length) - line.T @ (line / (line**2).sum(axis=1, keepdims=True)), dtype=np.float64)
