"""The spectrum of what is left when the signal is silent: Welch's without the segments that stand out. Knows no colour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.special import gammainc

from denoise_core.noise.strength import ROUNDING
from denoise_core.series import Floats

SHORT, LONG = 64, 128  # samples in a segment; the long one for records of LONG_FROM samples
LONG_FROM = 8192
SURELY_NOISE = 0.2  # cycles per sample: from here on a signal is rarely to be seen, and white noise has to be flat
_FEWEST = 12  # segments
_MOST_FILLED = 0.08  # share of a segment's samples that may be missing and filled by straight lines
# A segment counts at a frequency while its power there is below CUT times the mean of those that count. Powers of Gaussian noise
# are exponential: the mean below c times their own mean is 1 - c / (exp(c) - 1) of it, which is put right.
_CUT = 2.0
_ACROSS = 5  # bins whose mean is compared
_SHAPE = 2.9  # shape of the gamma
_EXCESS = 1.4
_START = 0.25  # quantile over the segments that the clipped mean starts from: right while the signal is silent so often
_ROUNDS = 12


@dataclass(frozen=True)
class Floor:
    """What the noise's power is at each frequency of a segment.

    Parameters
    ----------
    frequencies : float64 array of shape (bins,)
        In cycles per sample, without the lowest two and the highest, where a segment tells little.
    power : float64 array of shape (bins,)
        In the scale in which white noise of sd 1 has power 1.
    error : float
        Relative sd of one bin's power by chance; neighbouring bins share about half of theirs.
    """

    frequencies: Floats
    power: Floats
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


def noise_floor(values: Floats, *, missing: NDArray[np.bool_]) -> Floor | None:
    """Clipped mean over Hann segments of half overlap; None where fewer than _FEWEST segments hold enough numbers.

    References
    ----------
    Welch 1967, doi:10.1109/TAU.1967.1161901; Martin 2001, Noise power spectral density estimation based on optimal smoothing and
    minimum statistics, doi:10.1109/89.928915 (the noise is read where the signal pauses)
    """
    length = LONG if len(values) >= LONG_FROM else SHORT
    if len(values) < length:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(values, length)[:: length // 2]
    filled = np.lib.stride_tricks.sliding_window_view(missing, length)[:: length // 2].mean(axis=1)
    frames = frames[(filled <= _MOST_FILLED) & (np.ptp(frames, axis=1) > ROUNDING * np.abs(values).max())]
    if len(frames) < _FEWEST:
        return None
    mean, kept = _clipped_mean(_powers(frames))
    used = bins(length)
    return Floor(used / length, mean[used] / _white(length)[used], float(np.sqrt(_EXCESS / kept)), length)


def spectrum_level(values: Floats) -> float:
    """White-noise sd of a record too short for a floor: by the median of its own periodogram at SURELY_NOISE and above."""
    power = _powers(values[None, :])[0, int(np.ceil(SURELY_NOISE * len(values))) : (len(values) - 1) // 2 + 1]
    return float(np.sqrt(np.median(power) / np.log(2.0)))


def bins(length: int) -> NDArray[np.int64]:
    """Those of the length // 2 + 1 frequencies that are used."""
    return np.arange(2, length // 2 - 1)


@cache
def _taper(length: int) -> Floats:
    """Takes the straight line out of a segment, then applies Hann's window, so that white noise of sd 1 has power 1."""
    line = np.stack([np.ones(length), np.arange(length) - (length - 1) / 2])
    keep = np.eye(length) - line.T @ (line / (line**2).sum(axis=1, keepdims=True))
    window = np.hanning(length + 1)[:-1]
    return np.asarray(window[:, None] * keep / np.sqrt((window**2).sum()), dtype=np.float64)


def expected_power(autocorrelation: Floats) -> Floats:
    """Power at `bins` of noise whose autocorrelation at lags 0 .. length - 1 is given, under the same taper; shape (bins,)."""
    length = len(autocorrelation)
    lags = np.abs(np.arange(length)[:, None] - np.arange(length))
    taper = _taper(length)
    seen = np.fft.rfft(taper, axis=0)[bins(length)]
    return np.asarray(
        np.real(np.einsum("fi,ij,fj->f", seen, autocorrelation[lags], seen.conj(), optimize=True)), dtype=np.float64
    )


@cache
def _white(length: int) -> Floats:
    """Clipped mean of white noise of sd 1: 1 but for the lowest and highest bins, whose neighbours are of another kind."""
    segments = np.random.default_rng(0).standard_normal((8192, length))
    return _clipped_mean(_powers(segments))[0]


def _powers(segments: Floats) -> Floats:
    return np.asarray(np.abs(np.fft.rfft(segments @ _taper(segments.shape[1]).T, axis=1)) ** 2, dtype=np.float64)


def _clipped_mean(powers: Floats) -> tuple[Floats, float]:
    """Mean of exponential powers over the segments, immune to those that stand out, and how many segments counted on average."""
    share = float(gammainc(_SHAPE + 1.0, _SHAPE * _CUT) / gammainc(_SHAPE, _SHAPE * _CUT))
    mean = np.quantile(powers, _START, axis=0) / -np.log1p(-_START)
    for _ in range(_ROUNDS):
        counts = uniform_filter1d(powers / mean, _ACROSS, axis=1) <= _CUT
        total = np.sum(powers * counts, axis=0)
        mean = np.where(total > 0, total / np.maximum(counts.sum(axis=0), 1) / share, mean)
    return mean, float(np.mean(counts.sum(axis=0)))
