"""A series made fit for the network, and the way back: size, gaps, spikes. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from denoise_core import noise
from denoise_core.instant.noise_envelope import levels_along, moves_far
from denoise_core.noise.describer import USUAL_ERROR
from denoise_core.noise.spikes import find_spikes
from denoise_core.series import Float32Array, Float64Array, Series

_UPPER, _LOUD = 0.15, 1.5  # cycles per sample; power in units of the noise's from which on there is signal
_MANY_SPIKES = 0.004  # share of samples; fewer may be peaks of the signal, and stay


@dataclass(frozen=True)
class Fitted:
    """What the network is to denoise; all arrays of shape (n,).

    Parameters
    ----------
    values
        Within about -1 .. 1, around 0; gaps and spikes bridged.
    mask
        False where the network is to know that the value was not measured.
    levels
        The noise sd at each sample; 0 everywhere if no noise can be seen.
    bridged
        What bridging spikes took off.
    power
        Power spectrum of the noise, of shape (BINS,); None where it is white.
    level_error
        Sd of the error of the log of `levels`.
    moving
        Whether the level moves far within few samples.
    exponent
        ``series == ldexp(scaled values, exponent) + offset``.
    """

    values: Float64Array
    mask: NDArray[np.bool_]
    levels: Float64Array
    bridged: Float64Array
    power: Float64Array | None
    level_error: float
    moving: bool
    exponent: int

    @classmethod
    def of(cls, series: Series, *, white: bool = False) -> Fitted:
        """A series of at least 8 numbers that vary; `white`: its noise is, whatever it looks like."""
        values, observed, exponent = _sized(series)
        described = noise.describe(np.where(observed, values, np.nan))
        # Where the noise moves far, a burst of it looks like spikes.
        spiky = described.spikes >= _MANY_SPIKES and not moves_far(values)
        mask = observed & ~find_spikes(np.where(observed, values, np.nan)) if spiky else observed
        calm = _bridged(values, mask)
        bridged = np.where(observed, values - calm, 0.0) if mask is not observed else np.broadcast_to(0.0, len(values))
        levels, moving = levels_along(calm, described) if described.sd > 0.0 else (np.zeros(len(series)), False)
        power = None if moving else described.power
        if white and power is not None:
            power, levels = None, levels * (described.estimates["differences"] / described.sd)
        error = USUAL_ERROR if moving else described.level_error
        return cls(calm, mask, levels, bridged, power, error, moving, exponent)

    @property
    def usual(self) -> bool:
        """Whether the noise is white and the signal, as most are, quieter than it at the upper frequencies."""
        if self.power is not None:
            return False
        n = len(self.values)
        window = np.hanning(n + 2)[1:-1]
        heard = np.abs(np.fft.rfft(window * self.values / np.maximum(self.levels, np.finfo(float).tiny))) ** 2
        return bool(np.mean(heard[int(_UPPER * n) :]) < _LOUD * np.sum(window**2))

    def weaker(self, share: float) -> Fitted:
        """The same with noise that is `share` times as strong as described."""
        return replace(self, levels=share * self.levels)

    def removed(self, noises: Float32Array) -> Float64Array:
        """What is to be taken off the series where the network found `noises`."""
        return np.ldexp(noises.astype(np.float64) + self.bridged, self.exponent)

    def error(self, variances: Float32Array) -> Float64Array:
        """Sd of the error of the estimate of the series, from the network's variances."""
        return np.ldexp(np.sqrt(variances, dtype=np.float64), self.exponent)

    def noise_sd(self, powers: Float32Array) -> float:
        """Sd of the series' noise, from the noise variances that the network found."""
        return float(np.ldexp(np.sqrt(np.mean(powers, dtype=np.float64)), self.exponent))


def _sized(series: Series) -> tuple[Float64Array, NDArray[np.bool_], int]:
    """Values within -1 .. 1 around their median, by a power of two, so that no digit is lost and no square overflows."""
    observed = series.observed
    exponent = int(np.frexp(np.nanmax(np.abs(series.values)))[1])
    values = np.ldexp(series.values, -exponent)
    centred = values - np.median(values[observed])
    finer = int(np.frexp(np.nanmax(np.abs(centred)))[1])
    return np.ldexp(_bridged(centred, observed), -finer), observed, exponent + finer


def _bridged(values: Float64Array, mask: NDArray[np.bool_]) -> Float64Array:
    """Straight lines where the mask is False."""
    if mask.all():
        return values
    index = np.arange(len(values))
    return np.interp(index, index[mask], values[mask])
