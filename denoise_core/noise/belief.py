"""Which of the descriptions of the noise to believe, and how far."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from denoise_core.noise.describer import Spectrum
from denoise_core.noise.minimum_statistics import BLOCK, expected_quiet_variance
from denoise_core.noise.power_spectrum import autocovariance, difference_gain, mean_power, relative_power
from denoise_core.noise.time_frequency import BINS, FRAME
from denoise_core.series import Float64Array

_WHITE = 0.5  # probability from which noise is taken to be white
_AR1_ERROR = 0.2  # of the log of the level, and of each log power, where the fit of an AR(1) process is believed
_MOST = 1.1  # times the noise's expected differences of order 6
_QUIETER = 1.25  # times the noise that quiet stretches allow
_UNSURE = 0.7  # error of the log of the level, from which on the level is taken to be lower by as much
_SURE = 0.15  # error of the log of the level
SMALL = 0.1  # of an autocorrelation


class Belief(NamedTuple):
    """What is held to be true: sd, its log's error, and the power spectrum, of mean ``sd ** 2``; None where it is white."""

    sd: float
    error: float
    power: Float64Array | None

    @property
    def sure(self) -> bool:
        """Whether the level is known to about 15 %."""
        return self.error <= _SURE


def believe(spectrum: Spectrum, correlation: float, ar1_sd: float, *, differences: float, quiet: float | None) -> Belief:
    """The network's description, joined with the fit of an AR(1) process where that was believed: `correlation` is not 0.

    Low frequencies are where signals are, and there the shape of an AR(1) process says more than what is seen. Two measures bound
    the level, since a signal makes them larger, and hardly anything makes them smaller.
    Where next to nothing is known, there is less noise.

    Parameters
    ----------
    differences
        The median of differences of order 6, as a Gaussian sd.
    quiet
        `quiet_variance`.
    """
    belief = _joined(spectrum, correlation, ar1_sd)
    shape = np.ones(BINS) if belief.power is None else relative_power(belief.power)
    most = _MOST * differences / float(np.sqrt(mean_power(shape * difference_gain())))
    if quiet is not None:
        most = min(most, _QUIETER * float(np.sqrt(quiet / expected_quiet_variance(autocovariance(shape)[:BLOCK]))))
    most = min(most, belief.sd * float(np.exp(-max(0.0, belief.error - _UNSURE))))
    if belief.sd <= most:
        return belief
    return Belief(most, belief.error, None if belief.power is None else belief.power * (most / belief.sd) ** 2)


def _joined(spectrum: Spectrum, correlation: float, ar1_sd: float) -> Belief:
    if spectrum.white > _WHITE:
        return Belief(spectrum.sd, spectrum.sd_error, None)
    if correlation == 0.0:
        return Belief(spectrum.sd, spectrum.sd_error, spectrum.power)
    share = spectrum.sd_error**2 / (spectrum.sd_error**2 + _AR1_ERROR**2)
    sd = float(np.exp((1.0 - share) * np.log(spectrum.sd) + share * np.log(ar1_sd)))
    shares = spectrum.power_error**2 / (spectrum.power_error**2 + _AR1_ERROR**2)
    ar1 = ar1_sd**2 * (1.0 - correlation**2) / np.abs(1.0 - correlation * np.exp(-2j * np.pi * np.arange(BINS) / FRAME)) ** 2
    power = np.exp((1.0 - shares) * np.log(spectrum.power) + shares * np.log(ar1))
    return Belief(sd, min(spectrum.sd_error, _AR1_ERROR), power * (sd**2 / mean_power(power)))


def memory(power: Float64Array) -> int:
    """The lag from which on the autocorrelation of noise with this spectrum stays SMALL, in samples."""
    lags = autocovariance(power)
    long = np.flatnonzero(np.abs(lags) > SMALL * lags[0])
    return int(long[-1]) + 1
