"""A series made fit for the network, and the way back: size, gaps, spikes, the colour of its noise. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core import noise
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.whitening import unwhiten, unwhiten_sd, whiten
from denoise_core.instant.noise_envelope import levels_along, moves_far
from denoise_core.noise.spikes import find_spikes
from denoise_core.series import Float32Array, Float64Array, Series

_WHITENING = 0.95  # of the correlation found between neighbours of the noise: whitening with more than is there costs more
_MANY_SPIKES = 0.004  # share of samples; fewer may be peaks of the signal, and stay


@dataclass(frozen=True)
class Fitted:
    """What the network is to denoise; all arrays of shape (n,).

    Parameters
    ----------
    values
        Within about -1 .. 1, around 0; gaps and spikes bridged, the noise made white.
    mask
        False where the network is to know that the value was not measured.
    levels
        The noise sd at each sample; 0 everywhere if no noise can be seen.
    bridged
        What bridging spikes took off.
    whitening
        How much of each value's predecessor was taken off.
    exponent
        ``series == ldexp(scaled values, exponent) + offset``.
    """

    values: Float64Array
    mask: NDArray[np.bool_]
    levels: Float64Array
    bridged: Float64Array
    whitening: float
    exponent: int

    @classmethod
    def of(cls, series: Series, *, white: bool = False) -> Fitted:
        """A series of at least 8 numbers that vary; `white`: its noise is, whatever it looks like."""
        values, observed, exponent = _sized(series)
        described = noise.describe(np.where(observed, values, np.nan))
        # Where the noise moves far, a burst of it looks like spikes.
        spiky = described.spikes >= _MANY_SPIKES and not moves_far(values)
        mask = observed & ~find_spikes(np.where(observed, values, np.nan)) if spiky else observed
        calm, whitening = interpolate_gaps(values, missing=~mask), 0.0 if white else _WHITENING * described.correlation
        bridged = np.where(observed, values - calm, 0.0) if mask is not observed else np.broadcast_to(0.0, len(values))
        if whitening:
            calm = whiten(calm, whitening, middle=0.0)
            mask = mask & np.concatenate([mask[:1], mask[:-1]])
            described = noise.describe(np.where(mask, calm, np.nan))
        levels = levels_along(calm, described) if described.sd > 0.0 else np.zeros(len(series))
        if white and described.correlation:
            levels *= described.estimates["differences"] / described.sd
        return cls(calm, mask, levels, bridged, whitening, exponent)

    def removed(self, noises: Float32Array) -> Float64Array:
        """What is to be taken off the series where the network found `noises`."""
        whole = noises.astype(np.float64)
        whole = unwhiten(whole, self.whitening, middle=0.0) if self.whitening else whole
        return np.ldexp(whole + self.bridged, self.exponent)

    def error(self, variances: Float32Array) -> Float64Array:
        """Sd of the error of the estimate of the series, from the network's variances."""
        sd = np.sqrt(variances, dtype=np.float64)
        return np.ldexp(unwhiten_sd(sd, self.whitening) if self.whitening else sd, self.exponent)

    def noise_sd(self, powers: Float32Array) -> float:
        """Sd of the series' noise, from the noise variances that the network found."""
        return float(np.ldexp(np.sqrt(np.mean(powers, dtype=np.float64) / (1.0 - self.whitening**2)), self.exponent))


def _sized(series: Series) -> tuple[Float64Array, NDArray[np.bool_], int]:
    """Values within -1 .. 1 around their median, by a power of two, so that no digit is lost and no square overflows."""
    observed = series.observed
    exponent = int(np.frexp(np.nanmax(np.abs(series.values)))[1])
    values = np.ldexp(series.values, -exponent)
    centred = values - np.median(values[observed])
    finer = int(np.frexp(np.nanmax(np.abs(centred)))[1])
    return np.ldexp(interpolate_gaps(centred), -finer), observed, exponent + finer
