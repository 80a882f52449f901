"""A series normalised for the network, and the way back: size, gaps, spikes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from denoise_core import noise
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.instant.guess import Guess
from denoise_core.noise.local_level import local_noise_sd, varies_widely
from denoise_core.noise.spectrum_estimator import TYPICAL_ERROR
from denoise_core.noise.spikes import are_events, find_spikes
from denoise_core.series import Float32Array, Float64Array, Series

_UPPER, _SIGNAL_FROM = 0.15, 1.5  # cycles per sample; power in units of the noise's, from which on there is signal
_TESTED_SAMPLES = 2**18
_MANY_SPIKES, _FEWEST_SPIKES = 0.004, 12  # share of samples, and number; fewer may be peaks of the signal, and stay


@dataclass(frozen=True)
class NormalisedSeries:
    """What the network is to denoise; all arrays of shape (n,).

    Parameters
    ----------
    values
        Within about -1 .. 1, around 0; gaps and spikes interpolated.
    mask
        False where the network is to know that the value was not measured.
    levels
        The noise sd at each sample; 0 everywhere if no noise is visible.
    spikes
        What interpolating over spikes removed.
    power
        Power spectrum of the noise, of shape (BINS,); None where it is white.
    level_error
        Sd of the error of the log of `levels`.
    varies
        Whether the noise level varies widely within few samples.
    exponent
        ``series == ldexp(scaled values, exponent) + offset``.
    guess
        Of the same scale; None if there is none.
    stated
        Whether the noise is what a person says it is, and so is not to be measured again.
    lowered
        Log of the factor by which `levels` were lowered since they are hardly known.
    """

    values: Float64Array
    mask: NDArray[np.bool_]
    levels: Float64Array
    spikes: Float64Array
    power: Float64Array | None
    level_error: float
    varies: bool
    exponent: int
    guess: Guess | None = None
    stated: bool = False
    lowered: float = 0.0

    @classmethod
    def of(
        cls, series: Series, guess: Guess | None = None, *, white: bool = False, stated: noise.Noise | None = None
    ) -> NormalisedSeries:
        """A series of at least 8 numbers that vary; `white`: take its noise as white, whatever the estimate.

        `stated` is its noise in the unit of the series, where it is not to be estimated.
        """
        values, observed, exponent = _scale(series)
        described = noise.describe(np.where(observed, values, np.nan)) if stated is None else stated.scaled(-exponent)
        # Where the noise level varies widely, a burst of it looks like spikes.
        spiky = described.spikes >= _MANY_SPIKES and not varies_widely(values)
        mask = observed & ~_disturbances(values, observed) if spiky else observed
        calm = interpolate_gaps(values, missing=~mask)
        spikes = np.where(observed, values - calm, 0.0) if mask is not observed else np.broadcast_to(0.0, len(values))
        levels, varies = local_noise_sd(calm, described) if described.sd > 0.0 else (np.zeros(len(series)), False)
        power = None if varies else described.power
        if white and power is not None:
            # Where signal was taken for noise, the noise is no stronger than that.
            power, levels = None, levels * min(1.0, described.estimates["differences"] / described.sd)
        error, lowered = (TYPICAL_ERROR, 0.0) if varies else (described.level_error, described.lowered)
        if guess is not None:
            guess = Guess(np.ldexp(guess.noise, -exponent) - spikes, np.ldexp(guess.sd, -exponent))
        return cls(calm, mask, levels, spikes, power, error, varies, exponent, guess, stated is not None, lowered)

    @cached_property
    def is_smooth_in_white_noise(self) -> bool:
        """Whether the noise is white and the signal, as most are, weaker than it at the upper frequencies."""
        if self.power is not None:
            return False
        relative = self.values[:_TESTED_SAMPLES] / np.maximum(self.levels[:_TESTED_SAMPLES], np.finfo(float).tiny)
        n = len(relative)
        window = np.hanning(n + 2)[1:-1]
        power = np.abs(np.fft.rfft(window * relative)) ** 2
        return bool(np.mean(power[int(_UPPER * n) :]) < _SIGNAL_FROM * np.sum(window**2))

    def with_white_noise(self, sd: float) -> NormalisedSeries:
        """The same with white noise of a constant, known sd, in the unit of the series."""
        levels = np.full(len(self.values), np.ldexp(sd, -self.exponent))
        return replace(self, levels=levels, power=None, level_error=TYPICAL_ERROR, lowered=0.0, varies=False)

    def with_weaker_noise(self, share: float) -> NormalisedSeries:
        """The same with noise that is taken to be `share` times as strong."""
        return replace(self, levels=share * self.levels)

    def to_residual(self, network_noise: Float32Array | Float64Array) -> Float64Array:
        """What is to be subtracted from the series, from the noise that the network predicts."""
        return np.ldexp(network_noise.astype(np.float64) + self.spikes, self.exponent)

    def to_error_sd(self, variance: Float32Array | Float64Array) -> Float64Array:
        """Sd of the error of the estimate of the series, from the network's variances."""
        return np.ldexp(np.sqrt(variance, dtype=np.float64), self.exponent)

    def to_noise_sd(self, power: Float32Array) -> float:
        """Sd of the series' noise, from the noise variances that the network predicts."""
        return float(np.ldexp(np.sqrt(np.mean(power, dtype=np.float64)), self.exponent))


def _disturbances(values: Float64Array, observed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Spikes that are many and do not belong to the signal."""
    found = find_spikes(np.where(observed, values, np.nan))
    if np.count_nonzero(found) < _FEWEST_SPIKES or are_events(values, found):
        return np.zeros_like(found)
    return found


def _scale(series: Series) -> tuple[Float64Array, NDArray[np.bool_], int]:
    """Values within -1 .. 1 around their median, by a power of two, so that no digit is lost and no square overflows."""
    observed = series.observed
    exponent = int(np.frexp(np.nanmax(np.abs(series.values)))[1])
    values = np.ldexp(series.values, -exponent)
    centred = values - np.median(values[observed])
    finer = int(np.frexp(np.nanmax(np.abs(centred)))[1])
    return np.ldexp(interpolate_gaps(centred), -finer), observed, exponent + finer
