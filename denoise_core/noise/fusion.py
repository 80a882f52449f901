"""The noise spectrum as estimated by the network, fused with the AR(1) fit, and bounded by simpler estimates of the level."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from denoise_core.noise.ar_model import SMALL
from denoise_core.noise.minimum_statistics import BLOCK, expected_minimum_variance
from denoise_core.noise.power_spectrum import autocovariance, difference_gain, mean_power, relative_power
from denoise_core.noise.spectrum_estimator import TYPICAL_ERROR, NoiseSpectrum
from denoise_core.noise.time_frequency import BINS, FRAME
from denoise_core.series import Float64Array

_WHITE = 0.5  # probability from which noise is taken to be white
# Of the log of the level, and of each log power, where an AR(1) fit was accepted. With 0.8, synthetic records with coloured noise
# gain 0.15 dB, but the memory of AR(1) noise beside heartbeats is told three times too long.
_AR1_ERROR = 0.3
_MOST_BY_DIFFERENCES = 1.1  # times the noise sd by the differences of order 6
_BY_CHANCE = 2.5  # over the root of the samples: two sds of that figure for white noise, whose shape leaves no other doubt
_MOST_BY_MINIMUM = 1.25  # times the noise sd that minimum statistics allow
_UNCERTAIN = 1.2  # error of the log of the level, from which on the level is taken to be lower by what is beyond
_CERTAIN = 0.15  # error of the log of the level


class FusedEstimate(NamedTuple):
    """The noise sd, the error of its log, and the power spectrum, of mean ``sd ** 2``; None where the noise is white.

    The sd was lowered by a factor of ``exp(lowered)`` where it is very uncertain.
    """

    sd: float
    error: float
    power: Float64Array | None
    lowered: float = 0.0

    @property
    def certain(self) -> bool:
        """Whether the level is known to about 15 %."""
        return self.error <= _CERTAIN


def fuse(
    spectrum: NoiseSpectrum, correlation: float, ar1_sd: float, *, differences: float, samples: int, least: float | None
) -> FusedEstimate:
    """The network's estimate, fused with the AR(1) fit where that was accepted: `correlation` is not 0.

    Signals lie at low frequencies, and there the shape of an AR(1) process is more reliable than what is measured. Two measures
    bound the level, since a signal makes them larger, and hardly anything makes them smaller. A very uncertain
    level is lowered, which does less harm.

    Parameters
    ----------
    differences
        Noise sd by the median of the differences of order 6, if it were white.
    samples
        By which that was measured.
    least
        `minimum_variance`.
    """
    fused = _fuse_ar1(spectrum, correlation, ar1_sd)
    chance = _BY_CHANCE / float(np.sqrt(samples))
    if fused.power is None and differences > 0.0:  # two estimates that hardly depend on each other
        apart = float(np.hypot(np.log(fused.sd / differences), 0.5 * chance))
        fused = fused._replace(error=min(fused.error, max(apart, TYPICAL_ERROR)))
    shape = np.ones(BINS) if fused.power is None else relative_power(fused.power)
    most = differences / float(np.sqrt(mean_power(shape * difference_gain())))
    most *= _MOST_BY_DIFFERENCES if fused.power is not None else min(_MOST_BY_DIFFERENCES, 1.0 + chance)
    if least:  # some stretches of counts and rounded records are constant
        most = min(most, _MOST_BY_MINIMUM * float(np.sqrt(least / expected_minimum_variance(autocovariance(shape)[:BLOCK]))))
    possible = min(most, fused.sd)
    if possible == 0.0:
        return FusedEstimate(0.0, fused.error, None)
    cautious = fused.sd * float(np.exp(-max(0.0, fused.error - _UNCERTAIN)))
    sd = min(possible, cautious)
    power = None if fused.power is None else fused.power * (sd / fused.sd) ** 2
    return FusedEstimate(sd, fused.error, power, lowered=float(np.log(possible / sd)))


def _fuse_ar1(spectrum: NoiseSpectrum, correlation: float, ar1_sd: float) -> FusedEstimate:
    if spectrum.white > _WHITE:
        return FusedEstimate(spectrum.sd, spectrum.sd_error, None)
    if correlation == 0.0:
        return FusedEstimate(spectrum.sd, spectrum.sd_error, spectrum.power)
    share = spectrum.sd_error**2 / (spectrum.sd_error**2 + _AR1_ERROR**2)
    sd = float(np.exp((1.0 - share) * np.log(spectrum.sd) + share * np.log(ar1_sd)))
    shares = spectrum.power_error**2 / (spectrum.power_error**2 + _AR1_ERROR**2)
    ar1 = ar1_sd**2 * (1.0 - correlation**2) / np.abs(1.0 - correlation * np.exp(-2j * np.pi * np.arange(BINS) / FRAME)) ** 2
    power = np.exp((1.0 - shares) * np.log(spectrum.power) + shares * np.log(ar1))
    error = float((spectrum.sd_error**-2 + _AR1_ERROR**-2) ** -0.5)
    return FusedEstimate(sd, error, power * (sd**2 / mean_power(power)))


def correlation_length(power: Float64Array) -> int:
    """Samples from which on the autocorrelation of noise with this spectrum stays within `SMALL`."""
    lags = autocovariance(power)
    above = np.flatnonzero(np.abs(lags) > SMALL * lags[0])
    return int(above[-1]) + 1 if above.size else 1
