"""The described noise of a series as a Gaussian process: samples of it, and products with its covariance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.noise import Noise
from denoise_core.noise.local_level import local_noise_sd
from denoise_core.noise.power_spectrum import relative_power
from denoise_core.noise.spikes import are_events, find_spikes
from denoise_core.series import Float64Array, Series


@dataclass(frozen=True, kw_only=True)
class NoiseModel:
    """Noise ``levels * stationary noise``, where the stationary part has variance 1 and the described spectrum.

    Parameters
    ----------
    levels : float64 array of shape (n,)
        Sd at each sample.
    power : float64 array of shape (BINS,) or None
        Spectrum of the stationary part; None where it is white.
    level_error, lowered : float
        Sd of the error of the log of the level, and log of the factor by which `levels` were lowered on that account.
    usable : bool array of shape (n,)
        False at gaps and at spikes, of which this noise says nothing.
    """

    levels: Float64Array
    power: Float64Array | None
    level_error: float
    lowered: float = 0.0
    usable: NDArray[np.bool_]

    @classmethod
    def of(cls, series: Series, described: Noise) -> NoiseModel:
        """As `noise.describe` described it."""
        usable = series.observed
        if described.spikes > 0.0:
            found = find_spikes(series.values)
            usable = usable if are_events(interpolate_gaps(series.values), found) else usable & ~found
        if described.sd == 0.0:
            return cls(levels=np.zeros(len(series)), power=None, level_error=described.level_error, usable=usable)
        levels, varies = local_noise_sd(interpolate_gaps(series.values, missing=~usable), described)
        power, lowered = (None, 0.0) if varies else (described.power, described.lowered)
        return cls(levels=levels, power=power, level_error=described.level_error, lowered=lowered, usable=usable)

    @property
    def sd(self) -> float:
        """Over the whole series."""
        return float(np.sqrt(np.mean(self.levels**2)))

    def at(self, places: NDArray[np.int64]) -> NoiseModel:
        """Of these samples alone, as if they followed each other."""
        return replace(self, levels=self.levels[places], usable=self.usable[places])

    def sample(self, rng: np.random.Generator) -> Float64Array:
        """One realisation, shape (n,)."""
        return self.levels * self._root(rng.standard_normal(len(self.levels)))

    def variance_of(self, differences: Float64Array) -> Float64Array:
        """Variance of ``differences @ noise``, for differences of shape (m, n); shape (m,)."""
        return np.asarray(np.sum(self._root(differences * self.levels) ** 2, axis=-1))

    def _root(self, values: Float64Array) -> Float64Array:
        """The symmetric root of the stationary part's (circulant) covariance, times `values`, of shape (..., n)."""
        if self.power is None:
            return values
        spectrum = np.fft.rfft(values)
        bins = np.linspace(0.0, len(self.power) - 1.0, spectrum.shape[-1])
        power = np.exp(np.interp(bins, np.arange(len(self.power)), np.log(relative_power(self.power))))
        return np.asarray(np.fft.irfft(spectrum * np.sqrt(power), n=values.shape[-1]))
