"""Coupled bootstrap: pairs of noisier copies of a series, each independent of the fresh copy it is compared with.

Oliveira, Lei, Tibshirani 2021, Unbiased risk estimation in the normal means problem via coupled bootstrap techniques,
arXiv 2111.09447.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.assess.risk.noise_model import NoiseModel
from denoise_core.errors import DataError
from denoise_core.noise import Noise, describe
from denoise_core.series import Float64Array, Series

SHORTEST = 64
"""Samples a series needs for its noisier copies to tell anything."""
ADDED = 0.25
"""Variance of the noise that is added, relative to the noise that is there."""
_LARGEST = 1e50  # of a value, and one over the smallest noise level: fourth powers of them are numbers
_SAMPLES, _MOST = 30_000, 4  # that all noisier copies may have together, and copies
_WHOLE, _STRETCHES, _STRETCH = 65_536, 4, 8_192  # a longer series is judged by so many stretches of so many samples


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Noise to be added, in pairs of opposite sign unless the series is long, and where the results are judged.

    With ``z = added[k]`` and ``a = ADDED``, ``noisier(k) == y + sqrt(a) z``; ``y - z / sqrt(a)`` is uncorrelated with it
    where the noise is as described.

    Parameters
    ----------
    added : float64 array of shape (draws, n)
    stretches : tuple of slice
        The parts of the series that are denoised again: all of it, unless it is long.
    """

    series: Series
    model: NoiseModel
    added: Float64Array
    stretches: tuple[slice, ...]

    @classmethod
    def of(cls, series: Series, described: Noise | None = None, *, seed: int = 0) -> Draws:
        """Draws for a series; the same seed gives the same bits.

        Raises
        ------
        DataError
            If the series is too short, or no noise is visible in it.
        """
        series.check_usable()
        described = described or describe(series.values)
        if (count := int(np.count_nonzero(series.observed))) < SHORTEST:
            raise DataError(
                f"{series.name} has {count} samples; at least {SHORTEST} are needed to estimate errors. Compare by eye."
            )
        if described.sd == 0.0:
            raise DataError(f"No noise is visible in {series.name}, so no errors can be estimated. Leave it as it is.")
        if described.sd < 1.0 / _LARGEST or np.nanmax(np.abs(series.values)) > _LARGEST:
            raise DataError(f"The values of {series.name} are too large or too small to estimate errors. Use another unit.")
        model, rng = NoiseModel.of(series, described), np.random.default_rng(seed)
        stretches = _stretches(len(series))
        count = int(np.clip(_SAMPLES // sum(part.stop - part.start for part in stretches), 1, _MOST))
        noises = [model.sample(rng) for _ in range(max(1, count // 2))]
        added = [sign * z for z in noises for sign in ((1, -1) if count > 1 else (1,))]
        return cls(series=series, model=model, added=np.array(added), stretches=stretches)

    def __len__(self) -> int:
        return len(self.added)

    def noisier(self, k: int = 0) -> Series:
        """The series with more noise; its gaps stay gaps."""
        return replace(self.series, values=self.series.values + np.sqrt(ADDED) * self.added[k])

    def cut(self, values: Float64Array) -> Float64Array:
        """The judged part of an array of shape (..., n)."""
        return np.concatenate([values[..., part] for part in self.stretches], axis=-1)

    @property
    def places(self) -> NDArray[np.int64]:
        """The samples that `cut` gives."""
        return np.concatenate([np.arange(part.start, part.stop) for part in self.stretches])


def _stretches(n: int) -> tuple[slice, ...]:
    if n <= _WHOLE:
        return (slice(0, n),)
    starts = np.linspace(0, n - _STRETCH, _STRETCHES).astype(int)
    return tuple(slice(int(start), int(start) + _STRETCH) for start in starts)
