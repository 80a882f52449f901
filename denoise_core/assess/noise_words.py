"""The noise of a series in one line, and its power spectrum in the unit of a chart."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.formatting import format_value
from denoise_core.noise import Noise
from denoise_core.noise.dependence import grows_with_signal
from denoise_core.noise.power_spectrum import relative_power
from denoise_core.noise.time_frequency import BINS, FRAME
from denoise_core.series import Estimate, Float64Array, Series

SURE = 0.15  # error of the log of the level
_EDGE_DB, _BAND = -10.0, 0.85  # below the mean power in the band; share of all frequencies that a limited band leaves empty


def noise_in_words(noise: Noise, series: Series, estimate: Estimate | None = None) -> str:
    """Such as "Noise: about 0.012 V, band-limited to 5 kHz, lag-1 autocorrelation 0.84; sure".

    With an `estimate`, whether the noise grows with the signal too.
    """
    if noise.sd == 0.0:
        return "Noise: none is visible"
    said = [_level(noise, series.unit), _colour(noise, series)]
    if noise.power is not None or noise.correlation:
        said.append(f"lag-1 autocorrelation {noise.lag1:.2f}")
    if estimate is not None and grows_with_signal(estimate.seen_of(series).values - estimate.values, estimate.values):
        said.append("grows with the signal")
    elif noise.levels is not None:
        low, high = float(noise.levels.min()), float(noise.levels.max())
        said.append(f"level varies from {format_value(low, '')} to {format_value(high, series.unit)}")
    sure = noise.agree and noise.level_error <= SURE and not noise.doubt
    return f"Noise: {', '.join(said)}; {'sure' if sure else 'unsure'}"


def noise_density(noise: Noise, frequency: Float64Array, *, step: float) -> Float64Array:
    """One-sided power density of the noise at these frequencies, as `assess.spectra` has it; shape as `frequency`."""
    if noise.power is not None:
        shape = relative_power(noise.power)
    elif noise.correlation:
        shape = relative_power(1.0 / np.abs(1.0 - noise.correlation * np.exp(-2j * np.pi * np.arange(BINS) / FRAME)) ** 2)
    else:
        shape = np.ones(BINS)
    at = np.interp(frequency * step, np.arange(BINS) / FRAME, np.log(shape))
    return np.asarray(2.0 * step * noise.sd**2 * np.exp(at), dtype=np.float64)


def _level(noise: Noise, unit: str) -> str:
    value = format_value(noise.sd, unit)
    return {"stated": f"{value} as stated", "stretch": f"{value} as measured in the marked stretch"}.get(
        noise.source, f"about {value}"
    )


def _colour(noise: Noise, series: Series) -> str:
    if noise.power is None:
        return "autocorrelated" if noise.correlation else "white"
    decibels = 10.0 * np.log10(relative_power(noise.power))
    edge = int(np.flatnonzero(decibels > _EDGE_DB)[-1])
    if edge > _BAND * (BINS - 1) or decibels[: edge + 1].min() < _EDGE_DB:
        return "autocorrelated"
    rate = series.time.rate_hz
    return (
        f"band-limited to {edge / FRAME:.2g} of the sampling rate"
        if rate is None
        else f"band-limited to {_hertz(edge * rate / FRAME)}"
    )


def _hertz(frequency: float) -> str:
    return f"{frequency / 1000.0:.2g} kHz" if frequency >= 1000.0 else f"{frequency:.2g} Hz"
