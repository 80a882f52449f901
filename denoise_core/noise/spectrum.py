"""The spectrum of the noise alone: Welch's, without the segments in which the signal stands out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.spectrum import detrending_matrix
from denoise_core.noise.white_level import ROUNDING
from denoise_core.series import Float64Array

SHORT, LONG = 64, 128  # samples in a segment; the long one for records of LONG_FROM samples
LONG_FROM = 8192
SURELY_NOISE = 0.2  # cycles per sample: from here on signals rarely have power, and white noise is flat
_FEWEST = 12  # segments
_MOST_FILLED = 0.08  # share of a segment's samples that may be missing and filled by straight lines
# A segment counts at a frequency while the mean of its relative powers at the _ACROSS nearest bins is below _CUT. Under Hann's
# window that mean is a gamma of shape 2.9 (by simulation), which below 2 has a mean of P(3.9, 5.8) / P(2.9, 5.8) of its own.
_CUT, _ACROSS, _KEPT = 2.0, 5, 0.9001
_EXCESS = 1.4  # variance of a bin's relative power, times the segments that counted; by simulation of white noise
_START = 0.25  # quantile over the segments that the clipped mean starts from: right while the signal is silent so often
_ROUNDS = 12
# What the clipped mean makes of white noise of sd 1: the neighbours of the lowest and highest bins are of another kind. By
# simulation of 1,600,000 segments each of 64 and 128 samples, which agree to 0.003; done here it would cost the first page 0.1 s.
_WHITE_LOWEST, _WHITE, _WHITE_HIGHEST = (0.773, 0.899, 0.941, 0.955), 0.96, (0.955, 0.947, 0.913, 0.839)


@dataclass(frozen=True)
class Floor:
    """Power of the noise at each frequency of a segment.

    Parameters
    ----------
    frequencies : float64 array of shape (bins,)
        In cycles per sample, without the lowest two and the highest, where a segment tells little.
    power : float64 array of shape (bins,)
        In the scale in which white noise of sd 1 has power 1.
    error : float
        Relative sd of one bin's power by chance; neighbouring bins share about half of theirs.
    """

    frequencies: Float64Array
    power: Float64Array
    error: float
    length: int

    @property
    def upper(self) -> int:
        """The first bin of those that are SURELY_NOISE."""
        return int(np.argmax(self.frequencies >= SURELY_NOISE))

    @property
    def white_sd(self) -> float:
        """Sd of the noise if it is white."""
        return float(np.sqrt(np.median(self.power[self.upper :])))


def noise_floor(values: Float64Array, *, missing: NDArray[np.bool_]) -> Floor | None:
    """Clipped mean over Hann segments of half overlap; None where fewer than _FEWEST segments hold enough numbers.

    References
    ----------
    Welch 1967, doi:10.1109/TAU.1967.1161901; Martin 2001, Noise power spectral density estimation based on optimal smoothing and
    minimum statistics, doi:10.1109/89.928915 (the noise is read where the signal pauses)
    """
    length = LONG if len(values) >= LONG_FROM else SHORT
    frames = segments(values, length, missing=missing)
    frames = frames[np.ptp(frames, axis=1) > ROUNDING * np.abs(values).max()]
    if len(frames) < _FEWEST:
        return None
    mean, kept = _clipped_mean(periodograms(frames))
    used = bins(length)
    return Floor(used / length, mean[used] / _white(length), float(np.sqrt(_EXCESS / kept)), length)


def segments(values: Float64Array, length: int, *, missing: NDArray[np.bool_]) -> Float64Array:
    """Those of half overlap in which little is missing; shape (segments, length)."""
    if len(values) < length:
        return np.zeros((0, length))
    filled = np.lib.stride_tricks.sliding_window_view(missing, length)[:: length // 2].mean(axis=1)
    frames = np.lib.stride_tricks.sliding_window_view(values, length)[:: length // 2]
    return np.asarray(frames[filled <= _MOST_FILLED], dtype=np.float64)


def spectrum_level(values: Float64Array) -> float:
    """White-noise sd of a record too short or broken for a floor, by the median of its own periodogram."""
    n = len(values)
    window = _hann(n)
    power = np.abs(np.fft.rfft(window * (values - values.mean()))[int(np.ceil(SURELY_NOISE * n)) : (n - 1) // 2 + 1]) ** 2
    return float(np.sqrt(np.median(power) / np.log(2.0)))


def _hann(length: int) -> Float64Array:
    """Hann's window, of square sum 1."""
    window = np.hanning(length + 1)[:-1]
    return np.asarray(window / np.sqrt(np.sum(window**2)), dtype=np.float64)


def bins(length: int) -> NDArray[np.int64]:
    """Those of the length // 2 + 1 frequencies that are used."""
    return np.arange(2, length // 2 - 1)


@cache
def _taper(length: int) -> Float64Array:
    """Takes the straight line out of a segment, then applies Hann's window, so that white noise of sd 1 has power 1."""
    return np.asarray(_hann(length)[:, None] * detrending_matrix(length), dtype=np.float64)


def expected_power(autocorrelation: Float64Array) -> Float64Array:
    """Power at `bins` of noise whose autocorrelation at lags 0 .. length - 1 is given, under the same taper; shape (bins,)."""
    length = len(autocorrelation)
    lags = np.abs(np.arange(length)[:, None] - np.arange(length))
    taper = _taper(length)
    spectra = np.fft.rfft(taper, axis=0)[bins(length)]
    return np.asarray(
        np.real(np.einsum("fi,ij,fj->f", spectra, autocorrelation[lags], spectra.conj(), optimize=True)), dtype=np.float64
    )


def _white(length: int) -> Float64Array:
    """Clipped mean of white noise of sd 1 at `bins`."""
    middle = len(bins(length)) - len(_WHITE_LOWEST) - len(_WHITE_HIGHEST)
    return np.array([*_WHITE_LOWEST, *[_WHITE] * middle, *_WHITE_HIGHEST])


def periodograms(frames: Float64Array) -> Float64Array:
    """Power at each frequency of frames less their straight lines, under Hann's window: 1 for white noise of sd 1."""
    return np.asarray(np.abs(np.fft.rfft(frames @ _taper(frames.shape[1]).T, axis=1)) ** 2, dtype=np.float64)


def _smooth(powers: Float64Array) -> Float64Array:
    """Mean over the _ACROSS nearest bins, those at the ends counting again beyond them; shape as `powers`."""
    summed = np.cumsum(np.pad(powers, ((0, 0), (_ACROSS // 2 + 1, _ACROSS // 2)), mode="edge"), axis=1)
    return np.asarray((summed[:, _ACROSS:] - summed[:, :-_ACROSS]) / _ACROSS, dtype=np.float64)


def _clipped_mean(powers: Float64Array) -> tuple[Float64Array, float]:
    """Mean of exponential powers over the segments, immune to those that stand out, and how many segments counted on average."""
    mean = np.quantile(powers, _START, axis=0) / -np.log1p(-_START)
    for _ in range(_ROUNDS):
        counts = _smooth(powers / mean) <= _CUT
        total = np.sum(powers * counts, axis=0)
        mean = np.where(total > 0, total / np.maximum(counts.sum(axis=0), 1) / _KEPT, mean)
    return mean, float(np.mean(counts.sum(axis=0)))
