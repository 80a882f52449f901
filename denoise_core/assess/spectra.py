"""Power spectra of a series before and after, by Welch's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.spectrum import psd
from denoise_core.errors import DataError
from denoise_core.series import Estimate, Float64Array, Series, TimeAxis


@dataclass(frozen=True, kw_only=True)
class Spectra:
    """Power spectral densities over the same frequencies, each of shape (m,), in unit**2 per frequency unit.

    `frequency_unit` is "Hz" where the time axis is in seconds, else "cycles/sample" or such as "cycles/year"; `density_unit` is
    "mV²/Hz" for a series in mV, and empty where the unit of the series is unknown.
    """

    frequency: Float64Array
    raw: Float64Array
    denoised: Float64Array
    residual: Float64Array
    frequency_unit: str
    density_unit: str


def spectra(noisy: Series, estimate: Estimate) -> Spectra:
    """Welch spectra of the series, of the estimate and of the residual; gaps are filled by straight lines."""
    step = noisy.time.step
    frequency, raw = psd(interpolate_gaps(noisy.values), step=step)
    _, denoised = psd(interpolate_gaps(estimate.values), step=step)
    _, residual = psd(interpolate_gaps(noisy.values - estimate.values), step=step)
    return Spectra(
        frequency=frequency,
        raw=raw,
        denoised=denoised,
        residual=residual,
        frequency_unit=frequency_unit(noisy.time),
        density_unit=density_unit(noisy),
    )


def frequency_unit(time: TimeAxis) -> str:
    """Such as "Hz" for a time axis in seconds, else "cycles/year"."""
    return "Hz" if time.unit == "s" else f"cycles/{time.unit}"


def density_unit(series: Series) -> str:
    """Such as "mV²/Hz", "(m/s²)²/Hz"; "" where the unit of the series is unknown."""
    per = frequency_unit(series.time)
    square = f"{series.unit}²" if series.unit.isalpha() else f"({series.unit})²"
    return f"{square}/{per if per == 'Hz' else f'({per})'}" if series.unit else ""


def check_length(series: Series, *, fewest: int, what: str) -> None:
    """Raise DataError where fewer than `fewest` samples are present; `what` needs them."""
    present = int(np.count_nonzero(series.observed))
    if present < fewest:
        raise DataError(f"{what} needs at least {fewest} samples; here are {present}.")
