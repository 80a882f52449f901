"""Power spectra of noise at the BINS frequencies of a frame: mean power, autocovariance, whitening."""

from __future__ import annotations

from functools import cache

import numpy as np

from denoise_core.noise.time_frequency import BINS, FRAME
from denoise_core.noise.white_level import DIFFERENCE
from denoise_core.series import Float64Array

LEAST_POWER = 1e-6  # relative to the mean power
_LEAST_DIVISOR = 0.01  # likewise: at frequencies with hardly any noise next to nothing is known of it


def mean_power(power: Float64Array) -> float:
    """Variance of noise with this spectrum; the first and last bins count half, as they stand for half a bin."""
    return float((np.sum(power[1:-1]) + 0.5 * (power[0] + power[-1])) / (BINS - 1))


def relative_power(power: Float64Array) -> Float64Array:
    """Of mean power 1 over the frequencies, and at least LEAST_POWER; shape (BINS,)."""
    return np.maximum(power / mean_power(power), LEAST_POWER)


def autocovariance(power: Float64Array) -> Float64Array:
    """Of noise with this spectrum, at lags 0 .. FRAME / 2; shape (BINS,)."""
    return np.asarray(np.fft.irfft(power, n=FRAME)[:BINS])


def noise_with(power: Float64Array, n: int, rng: np.random.Generator) -> Float64Array:
    """Gaussian noise of n samples and sd 1 with this spectrum; shape (n,)."""
    size = n // 2 + 1
    shape = np.interp(np.linspace(0.0, BINS - 1.0, size), np.arange(BINS), relative_power(power))
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * np.sqrt(shape), n=n)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)), dtype=np.float64)


@cache
def difference_gain() -> Float64Array:
    """Power of `white_level.DIFFERENCE` at each frequency; shape (BINS,)."""
    return np.asarray(np.abs(np.fft.rfft(DIFFERENCE, n=FRAME)) ** 2)


def whiten_by_spectrum(values: Float64Array, power: Float64Array) -> Float64Array:
    """`values` less their mean, divided by the root of the power at each frequency; shape (n,), NaN where missing.

    Missing values count as the mean.
    """
    present = ~np.isnan(values)
    centred = np.where(present, values - np.mean(values[present]), 0.0)
    spectrum = np.fft.rfft(centred)
    relative = np.maximum(relative_power(power), _LEAST_DIVISOR)
    spectrum /= np.sqrt(np.exp(np.interp(np.linspace(0.0, BINS - 1.0, len(spectrum)), np.arange(BINS), np.log(relative))))
    return np.where(present, np.fft.irfft(spectrum, n=len(values)), np.nan)
