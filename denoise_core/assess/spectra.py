"""Power spectra of a series before and after, by Welch's method."""

from __future__ import annotations

from dataclasses import dataclass

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.spectrum import psd
from denoise_core.series import Estimate, Float64Array, Series


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
    per = "Hz" if noisy.time.unit == "s" else f"cycles/{noisy.time.unit}"
    return Spectra(
        frequency=frequency,
        raw=raw,
        denoised=denoised,
        residual=residual,
        frequency_unit=per,
        density_unit=f"{noisy.unit}²/{per if per == 'Hz' else f'({per})'}" if noisy.unit else "",
    )
