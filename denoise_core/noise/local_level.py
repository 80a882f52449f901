"""Noise sd at each sample, also where the level varies widely within few samples."""

from __future__ import annotations

import numpy as np

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.noise.description import Noise
from denoise_core.noise.white_level import DIFFERENCE
from denoise_core.series import Float64Array

_BLOCK = 32  # samples
_FEWEST_BLOCKS = 8
LARGE_VARIATION = 2.2  # times, from the quietest to the noisiest tenth; white noise on 12 test signals reaches 1.7 by chance
_NEAR = 6.0  # samples, sd of the weights
_FRAME, _UPPER_BINS = 64, slice(18, None)  # samples; the bins from 0.28 cycles per sample on
_LOUD = 0.7  # share of the frames that are less loud than those tested
# Ratio of the geometric to the arithmetic mean power at these bins in the loud frames: 0.48 to 0.62 where it is noise that varies
# (112 cases of v2 to v5), 0.01 to 0.46 where it is the signal (chirps that begin and end, knocks).
_LEAST_FLATNESS = 0.47
# Mean square of the differences over the square of their mean magnitude, in units of a wider local level and where that is loud:
# 1.57 for Gaussian noise; 1.42 to 2.0 for noise whose level varies (v2 to v5, growing, following the signal), 1.9 to 4.7 for
# knocks and 1.7 to 5.1 for impulses that were taken for it.
_WIDER, _PEAKED = 12.0, 2.05
# Root mean square of the levels over the described sd, where the noise is said to be coloured: 4.6 and more for v2 to v5 at SNRs
# from 1 to 10, 0.03 to 3.3 for steady coloured noise (8 of 115 synthetic signals).
_BEYOND_COLOUR = 4.0
_QUIETEST = 0.02  # of the root mean square


def local_noise_sd(values: Float64Array, described: Noise) -> tuple[Float64Array, bool]:
    """Noise sd at each sample, shape (n,): that of `described`, unless it varies widely within few samples; and whether it does.

    `described` rests on stretches of hundreds of samples, to be certain of small changes. Where the level varies widely, the
    local mean square of the differences of order 6 gives the noise variance. What a person says of the noise is not doubted.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Gaps interpolated; there the noise is low, which no estimate uses.
    """
    if described.source != "record" or not varies_widely(values):
        return described.along(len(values)), False
    levels = np.sqrt(local_power(_magnitudes(values) ** 2, _NEAR))
    if _flatness(values, levels) < _LEAST_FLATNESS or _is_coloured(levels, described) or _peakedness(values) > _PEAKED:
        return described.along(len(values)), False
    return levels, True


def _is_coloured(levels: Float64Array, described: Noise) -> bool:
    """Whether what varies are details of the signal above steady noise that has little power at the upper frequencies."""
    return described.power is not None and float(np.mean(levels**2)) < (_BEYOND_COLOUR * described.sd) ** 2


def quick_levels(values: Float64Array, described: Noise) -> Float64Array | None:
    """Noise sd at each sample, shape (n,), where it varies widely within few samples, else None.

    As `local_noise_sd`, for values of any size; NaN counts as missing.
    """
    size = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    levels, varies = local_noise_sd(interpolate_gaps(values) / size, described)
    return levels * size if varies else None


def varies_widely(values: Float64Array) -> bool:
    """Whether the noise level varies by more than `LARGE_VARIATION` within few samples.

    Measured over 32 samples, by the median magnitude of their differences of order 6, which no jump and no spike disturbs.
    """
    count = len(values) // _BLOCK
    if count < _FEWEST_BLOCKS:
        return False
    blocks = np.median(_magnitudes(values)[: count * _BLOCK].reshape(count, _BLOCK), axis=1)
    smooth = np.sqrt(np.convolve(np.pad(blocks**2, 1, "edge"), [0.25, 0.5, 0.25], mode="valid"))
    quiet, noisy = np.quantile(smooth, (0.1, 0.9))
    return bool(noisy > LARGE_VARIATION * quiet)


def _flatness(values: Float64Array, levels: Float64Array) -> float:
    """Spectral flatness of what varies, at the upper frequencies and where it is loud, in units of its local level.

    It tells noise, which has power at all frequencies at any time, from a signal that comes and goes.
    """
    relative = np.convolve(values, DIFFERENCE, mode="same") / levels
    window = np.hanning(_FRAME + 2)[1:-1]
    frames = np.lib.stride_tricks.sliding_window_view(relative, _FRAME)[:: _FRAME // 2] * window
    power = np.abs(np.fft.rfft(frames, axis=1)[:, _UPPER_BINS]) ** 2 / np.abs(np.fft.rfft(DIFFERENCE, _FRAME)[_UPPER_BINS]) ** 2
    power = np.maximum(power, 1e-12 * power.max(initial=1e-300))
    loudness = np.lib.stride_tricks.sliding_window_view(levels, _FRAME)[:: _FRAME // 2].max(axis=1)
    loud = power[loudness >= np.quantile(loudness, _LOUD)]
    return float(np.mean(np.exp(np.mean(np.log(loud), axis=1)) / np.mean(loud, axis=1)))


def _peakedness(values: Float64Array) -> float:
    """How far what varies exceeds its own local level: noise does seldom, knocks and impulses do again and again."""
    magnitudes = _magnitudes(values)
    levels = np.sqrt(local_power(magnitudes**2, _WIDER))
    loud = levels >= np.quantile(levels, _LOUD)
    relative = magnitudes[loud] / levels[loud]
    return float(np.mean(relative**2) / np.mean(relative) ** 2)


def _magnitudes(values: Float64Array) -> Float64Array:
    """Of the differences of order 6; the outermost ones are repeated at the ends."""
    magnitudes = np.abs(np.convolve(values, DIFFERENCE, mode="same"))
    magnitudes[:3], magnitudes[-3:] = magnitudes[3], magnitudes[-4]
    return magnitudes


def local_power(squares: Float64Array, near: float) -> Float64Array:
    """Local mean of `squares`, weighted by a Gaussian of sd `near`; its root is no less than a fiftieth of the record's."""
    reach = int(4 * near)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / near) ** 2)
    local = np.convolve(np.pad(squares, reach, "reflect"), weights / weights.sum(), mode="valid")
    return np.maximum(local, _QUIETEST**2 * float(np.mean(squares)))
