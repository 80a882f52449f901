"""Power spectra of a series before and after, by Welch's method. Knows no truth, no verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.series import Estimate, Float64Array, Series

# Seven half-overlapping segments at least, so that chance peaks stay small; longer ones than this only slow a chart down.
_SEGMENTS = 4
_LONGEST_SEGMENT = 4096


@dataclass(frozen=True, kw_only=True)
class Spectra:
    """Power spectral densities over the same frequencies, each of shape (m,), in unit**2 per frequency unit.

    `frequency_unit` is "Hz" where the time axis is in seconds, else "cycles/sample" or such as "cycles/year".
    """

    frequency: Float64Array
    raw: Float64Array
    denoised: Float64Array
    residual: Float64Array
    frequency_unit: str


def spectra(noisy: Series, estimate: Estimate) -> Spectra:
    """Welch spectra of the series, of the estimate and of what was removed; gaps are bridged by straight lines."""
    step = noisy.time.step
    frequency, raw = psd(bridged(noisy.values), step=step)
    _, denoised = psd(bridged(estimate.values), step=step)
    _, residual = psd(bridged(noisy.values - estimate.values), step=step)
    return Spectra(frequency=frequency, raw=raw, denoised=denoised, residual=residual, frequency_unit=frequency_unit(noisy))


def frequency_unit(series: Series) -> str:
    """The unit of ``1 / series.time.step``."""
    return "Hz" if series.time.unit == "s" else f"cycles/{series.time.unit}"


def psd(values: Float64Array, *, step: float = 1.0) -> tuple[Float64Array, Float64Array]:
    """Frequencies and one-sided power density, without the mean (frequency 0); shapes (m,).

    ``sum(density) * frequency[0]`` is about ``var(values)``.

    References
    ----------
    Welch 1967, doi:10.1109/TAU.1967.1161901
    """
    segment = min(max(len(values) // _SEGMENTS, 8), _LONGEST_SEGMENT, len(values))
    frequency, density = _welch(values, segment=segment, step=step)
    return frequency[1:], density[1:]


def bridged(values: Float64Array) -> Float64Array:
    """Gaps filled by straight lines, level at the ends; shape (n,)."""
    index, present = np.arange(len(values)), ~np.isnan(values)
    return values if present.all() else np.interp(index, index[present], values[present])


def _welch(values: Float64Array, *, segment: int, step: float) -> tuple[Float64Array, Float64Array]:
    """What `scipy.signal.welch` gives with its defaults; that import alone would cost the first page 0.9 s and 70 MB."""
    frames = np.lib.stride_tricks.sliding_window_view(values, segment)[:: segment - segment // 2]
    taper = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(segment) / segment)
    transformed = np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * taper)
    density = np.mean(np.abs(transformed) ** 2, axis=0) * step / np.sum(taper**2)
    density[1 : None if segment % 2 else -1] *= 2.0
    return np.asarray(np.fft.rfftfreq(segment, d=step), dtype=np.float64), np.asarray(density, dtype=np.float64)
