"""A series normalised for the network, and the way back: size, gaps, spikes, prewhitening of its noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core import noise
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.whitening import unwhiten, unwhiten_sd, whiten
from denoise_core.instant.noise_envelope import local_noise_sd, varies_widely
from denoise_core.noise.spikes import find_spikes
from denoise_core.series import Float32Array, Float64Array, Series

_WHITENING = 0.95  # of the noise's lag-1 autocorrelation as estimated: whitening by more than is there costs more
_MANY_SPIKES = 0.004  # share of samples; fewer may be peaks of the signal, and stay


@dataclass(frozen=True)
class NormalisedSeries:
    """What the network is to denoise; all arrays of shape (n,).

    Parameters
    ----------
    values
        Within about -1 .. 1, around 0; gaps and spikes interpolated, the noise made white.
    mask
        False where the network is to know that the value was not measured.
    levels
        The noise sd at each sample; 0 everywhere if no noise is visible.
    spikes
        What interpolating over spikes removed.
    prewhitening
        The coefficient of the prewhitening filter; 0 for none.
    exponent
        ``series == ldexp(scaled values, exponent) + offset``.
    """

    values: Float64Array
    mask: NDArray[np.bool_]
    levels: Float64Array
    spikes: Float64Array
    prewhitening: float
    exponent: int

    @classmethod
    def of(cls, series: Series, *, white: bool = False) -> NormalisedSeries:
        """A series of at least 8 numbers that vary; `white`: take its noise as white, whatever the estimate."""
        values, observed, exponent = _scale(series)
        described = noise.describe(np.where(observed, values, np.nan))
        # Where the noise level varies widely, a burst of it looks like spikes.
        spiky = described.spikes >= _MANY_SPIKES and not varies_widely(values)
        mask = observed & ~find_spikes(np.where(observed, values, np.nan)) if spiky else observed
        calm, rho = interpolate_gaps(values, missing=~mask), 0.0 if white else _WHITENING * described.correlation
        spikes = np.where(observed, values - calm, 0.0) if mask is not observed else np.broadcast_to(0.0, len(values))
        if rho:
            calm = whiten(calm, rho, middle=0.0)
            mask = mask & np.concatenate([mask[:1], mask[:-1]])
            described = noise.describe(np.where(mask, calm, np.nan))
        levels = local_noise_sd(calm, described) if described.sd > 0.0 else np.zeros(len(series))
        if white and described.correlation:
            levels *= described.estimates["differences"] / described.sd
        return cls(calm, mask, levels, spikes, rho, exponent)

    def to_residual(self, network_noise: Float32Array) -> Float64Array:
        """What is to be subtracted from the series, from the noise that the network predicts."""
        whole = network_noise.astype(np.float64)
        whole = unwhiten(whole, self.prewhitening, middle=0.0) if self.prewhitening else whole
        return np.ldexp(whole + self.spikes, self.exponent)

    def to_error_sd(self, variance: Float32Array) -> Float64Array:
        """Sd of the error of the estimate of the series, from the network's variances."""
        sd = np.sqrt(variance, dtype=np.float64)
        return np.ldexp(unwhiten_sd(sd, self.prewhitening) if self.prewhitening else sd, self.exponent)

    def to_noise_sd(self, power: Float32Array) -> float:
        """Sd of the series' noise, from the noise variances that the network predicts."""
        return float(np.ldexp(np.sqrt(np.mean(power, dtype=np.float64) / (1.0 - self.prewhitening**2)), self.exponent))


def _scale(series: Series) -> tuple[Float64Array, NDArray[np.bool_], int]:
    """Values within -1 .. 1 around their median, by a power of two, so that no digit is lost and no square overflows."""
    observed = series.observed
    exponent = int(np.frexp(np.nanmax(np.abs(series.values)))[1])
    values = np.ldexp(series.values, -exponent)
    centred = values - np.median(values[observed])
    finer = int(np.frexp(np.nanmax(np.abs(centred)))[1])
    return np.ldexp(interpolate_gaps(centred), -finer), observed, exponent + finer
