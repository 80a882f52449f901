"""Total variation: the piecewise constant series nearest to the recording, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core import noise
from denoise_core.config import setting
from denoise_core.filters.settings import Settings, noise_sd
from denoise_core.series import Float64Array

_GAP = 1e-10  # duality gap per sample at which the solution counts as exact, in noise variances
_ITERATIONS = 200


@dataclass(frozen=True, kw_only=True)
class TotalVariationSettings(Settings):
    """Settings of total-variation denoising."""

    weight: float = setting(
        2.0,
        label="Weight",
        unit="noise levels",
        low=0.01,
        high=1000.0,
        log=True,
        help="How much a jump costs: a high weight gives few, long steps, a low one follows the recording.",
    )
    noise_sd: float = noise_sd()


def total_variation(values: Float64Array, settings: TotalVariationSettings) -> Float64Array:
    """``argmin_x sum((y - x)**2) / 2 + weight * s * sum(abs(diff(x)))``, with s the noise level.

    The dual problem is solved by a primal-dual interior point method; each of its 20 to 40 steps is one tridiagonal system.

    References
    ----------
    Rudin, Osher, Fatemi 1992, doi:10.1016/0167-2789(92)90242-F; Kim, Koh, Boyd, Gorinevsky 2009, doi:10.1137/070690274
    """
    sigma = settings.noise_sd or noise.level(values)
    if sigma == 0.0 or len(values) < 2:
        return values.copy()
    offset = float(np.mean(values))
    scaled = (values - offset) / sigma
    z = _dual(np.diff(scaled), settings.weight)
    return np.asarray(offset + sigma * (scaled - _transposed_diff(z)))


def _transposed_diff(z: Float64Array) -> Float64Array:
    """``D.T @ z`` with ``D @ x == diff(x)``."""
    return np.diff(z, prepend=0.0, append=0.0) * -1.0


def _dual(jumps: Float64Array, weight: float) -> Float64Array:
    """``argmin_z |D.T z|**2 / 2 - jumps @ z`` with ``abs(z) <= weight``; shape (n - 1,)."""
    from scipy.linalg import solveh_banded

    m = len(jumps)
    z, upper, lower = np.zeros(m), np.ones(m), np.ones(m)
    slack = (z - weight, -z - weight)
    sharpness, step = 1e-10, np.inf
    banded = np.stack([np.full(m, -1.0), np.full(m, 2.0)])  # D D.T, superdiagonal first
    for _ in range(_ITERATIONS):
        back = np.diff(_transposed_diff(z))  # D D.T z
        primal = 0.5 * float(z @ back) + weight * float(np.abs(jumps - back).sum())
        gap = primal - (float(jumps @ z) - 0.5 * float(z @ back))
        if gap <= _GAP * (m + 1):
            break
        if step >= 0.2:
            sharpness = max(4.0 * m / gap, 1.2 * sharpness)
        curved = banded.copy()
        curved[1] -= upper / slack[0] + lower / slack[1]
        pull = jumps - back + (1.0 / slack[0] - 1.0 / slack[1]) / sharpness
        dz = solveh_banded(curved, pull, overwrite_ab=True, overwrite_b=True, check_finite=False)
        d_upper = -(upper + (1.0 / sharpness + dz * upper) / slack[0])
        d_lower = -(lower + (1.0 / sharpness - dz * lower) / slack[1])
        step = 0.99 * min(
            1.0,
            _longest_step(upper, d_upper),
            _longest_step(lower, d_lower),
            _longest_step(-slack[0], -dz),
            _longest_step(-slack[1], dz),
        )
        z, upper, lower = z + step * dz, upper + step * d_upper, lower + step * d_lower
        slack = (z - weight, -z - weight)
    return z


def _longest_step(values: Float64Array, changes: Float64Array) -> float:
    """The step at which the first of the positive values would become zero."""
    falling = changes < 0.0
    return float(np.min(-values[falling] / changes[falling], initial=1.0 / 0.99))
