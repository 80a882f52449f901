"""How strong the noise is along a record whose noise level moves quickly and far. Knows no network."""

from __future__ import annotations

import numpy as np

from denoise_core.noise import Noise
from denoise_core.noise.describer import describe_spectrum
from denoise_core.noise.white_level import DIFFERENCE
from denoise_core.series import Float64Array

_BLOCK = 32  # samples
_FEWEST_BLOCKS = 8
WORTH_IT = 2.2  # times, from the quietest to the noisiest tenth; white noise on 12 test signals reaches 1.7 by chance
_NEAR = 6.0  # samples, sd of the weights
# Where what moves is the signal, the noise divided by the level found has an sd of 0.3 to 0.8 (chirps), and the level moves 3- to
# 12-fold; where it is the noise, 0.9 to 1.6 (v2, v4), or the level moves more than 30-fold (v5).
_NO_NOISE, _SURELY_NOISE = 0.87, 20.0
_QUIETEST = 0.02  # of the root mean square


def levels_along(values: Float64Array, described: Noise) -> tuple[Float64Array, bool]:
    """Noise sd at each sample, shape (n,): that of `described`, unless it moves far within few samples; and whether it does.

    `described` looks at stretches of hundreds of samples, to be certain of small changes. Where the level moves far, the local
    mean square of the differences of order 6 says how strong the noise is.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Gaps bridged; what lies in them counts as quiet, and is noise to nobody.
    """
    if not moves_far(values):
        return described.along(len(values)), False
    levels = np.sqrt(local_power(_sizes(values) ** 2, _NEAR))
    quiet, noisy = np.quantile(levels, (0.1, 0.9))
    again = describe_spectrum(values / levels) if noisy < _SURELY_NOISE * quiet else None
    if again is not None and again.sd < _NO_NOISE:
        return described.along(len(values)), False
    return levels, True


def moves_far(values: Float64Array) -> bool:
    """Whether the noise level moves by more than `WORTH_IT` within few samples.

    That is seen in 32 samples, by the median size of their differences of order 6, which no jump and no spike disturbs.
    """
    count = len(values) // _BLOCK
    if count < _FEWEST_BLOCKS:
        return False
    blocks = np.median(_sizes(values)[: count * _BLOCK].reshape(count, _BLOCK), axis=1)
    smooth = np.sqrt(np.convolve(np.pad(blocks**2, 1, "edge"), [0.25, 0.5, 0.25], mode="valid"))
    quiet, noisy = np.quantile(smooth, (0.1, 0.9))
    return bool(noisy > WORTH_IT * quiet)


def _sizes(values: Float64Array) -> Float64Array:
    """Of the differences of order 6; those at the ends count again beyond them."""
    sizes = np.abs(np.convolve(values, DIFFERENCE, mode="same"))
    sizes[:3], sizes[-3:] = sizes[3], sizes[-4]
    return sizes


def local_power(squares: Float64Array, near: float) -> Float64Array:
    """Mean of squares nearby, weighted by a Gaussian of sd `near`; its root is no less than a fiftieth of the record's."""
    reach = int(4 * near)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / near) ** 2)
    local = np.convolve(np.pad(squares, reach, "reflect"), weights / weights.sum(), mode="valid")
    return np.maximum(local, _QUIETEST**2 * float(np.mean(squares)))
