"""The noise envelope of a series whose noise level varies quickly and widely."""

from __future__ import annotations

import numpy as np

from denoise_core.noise import Noise
from denoise_core.noise.spectrum_estimator import estimate_spectrum
from denoise_core.noise.white_level import DIFFERENCE
from denoise_core.series import Float64Array

_BLOCK = 32  # samples
_FEWEST_BLOCKS = 8
LARGE_VARIATION = 2.2  # times, from the quietest to the noisiest tenth; white noise on 12 test signals reaches 1.7 by chance
_NEAR = 6.0  # samples, sd of the weights
# Where it is the signal that varies, the noise divided by the local level has an sd of 0.3 to 0.8 (chirps), and the level varies
# 3- to 12-fold; where it is the noise, 0.9 to 1.6 (v2, v4), or the level varies more than 30-fold (v5).
_LEAST_NORMALISED, _CERTAIN_VARIATION = 0.87, 20.0
_QUIETEST = 0.02  # of the root mean square


def local_noise_sd(values: Float64Array, described: Noise) -> tuple[Float64Array, bool]:
    """Noise sd at each sample, shape (n,): that of `described`, unless it varies widely within few samples; and whether it does.

    `described` rests on stretches of hundreds of samples, to be certain of small changes. Where the level varies widely, the
    local mean square of the differences of order 6 gives the noise variance.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Gaps interpolated; there the noise is low, which no estimate uses.
    """
    if not varies_widely(values):
        return described.along(len(values)), False
    levels = np.sqrt(local_power(_magnitudes(values) ** 2, _NEAR))
    quiet, noisy = np.quantile(levels, (0.1, 0.9))
    spectrum = estimate_spectrum(values / levels) if noisy < _CERTAIN_VARIATION * quiet else None
    if spectrum is not None and spectrum.sd < _LEAST_NORMALISED:
        return described.along(len(values)), False
    return levels, True


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
