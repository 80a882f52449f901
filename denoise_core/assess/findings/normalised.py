"""Residual and estimate in units of the noise, white as far as the noise is described."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core.assess.findings.calibration import NoiseClass
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.dsp.whitening import whiten
from denoise_core.noise import Noise
from denoise_core.noise.power_spectrum import whiten_by_spectrum
from denoise_core.noise.spikes import are_events, find_spikes
from denoise_core.series import Estimate, Float64Array

_BLOCK = 256  # samples over which the level of the residual is measured
_QUIETEST, _LOUDEST = 0.5, 8.0  # of the level of all
CLIPPED = 5.0  # sds: a large value is no evidence of lost signal by its size alone
SHORTEST = 64  # samples


@dataclass(frozen=True, kw_only=True)
class Normalised:
    """A residual that would be white noise of sd 1 if nothing were lost, and the estimate after the same operations.

    Parameters
    ----------
    residual, estimate : float64 arrays of shape (n,)
    unit : float64 array of shape (n,)
        What an amplitude of 1 is at each sample, in the unit of the series.
    noise_class : str
        Whether the noise is described as "white" and of one level, "coloured", or white and of a "varying" level.
    error_energy : float
        Sum of the squares of the error that the method states; 0 where it states none.
    """

    residual: Float64Array
    estimate: Float64Array
    unit: Float64Array
    noise_class: NoiseClass
    error_energy: float = 0.0

    def __len__(self) -> int:
        return len(self.residual)

    def octaves(self) -> Iterator[tuple[int, Float64Array, Float64Array]]:
        """Step in samples, residual and estimate, each time at half the sampling rate; the residual stays of sd 1."""
        step, residual, estimate = 1, self.residual, self.estimate
        while len(residual) >= SHORTEST // 2:
            yield step, residual, estimate
            step, residual, estimate = 2 * step, pool(residual, 2), pool(estimate, 2)


def pool(values: Float64Array, size: int) -> Float64Array:
    """Sums of `size` neighbours over the root of it, so that white noise stays as strong; shape (n // size,)."""
    return np.asarray(values[: len(values) // size * size].reshape(-1, size).sum(axis=1) / np.sqrt(size))


def normalise(noisy: Float64Array, estimate: Estimate, noise: Noise | None) -> Normalised | None:
    """None where too few samples are left, or where nothing was removed; `noisy` has shape (n,) and is NaN where missing.

    Spikes count as missing, unless they are the tops of events: that one was removed is no evidence of lost signal.
    """
    residual = noisy - estimate.values
    n, missing = len(residual), np.isnan(residual) | _spikes(noisy)
    if n - np.count_nonzero(missing) < SHORTEST:
        return None
    described = np.ones(n) if noise is None or noise.sd == 0.0 else np.maximum(noise.along(n), 1e-6 * noise.sd)
    flat = _whiten(np.where(missing, np.nan, residual) / described, noise)
    kept = _whiten(interpolate_gaps(np.where(missing, np.nan, estimate.values)) / described, noise)
    flat = np.where(missing, 0.0, flat - np.nanmedian(flat))
    level = _level(flat, missing)
    if level is None:
        return None
    flat = np.clip(flat / level, -CLIPPED, CLIPPED)
    unit = described * level
    return Normalised(
        residual=flat,
        estimate=(kept - np.nanmean(kept)) / level,
        unit=unit,
        noise_class=_class_of(noise),
        error_energy=0.0 if estimate.sd is None else float(np.nansum((estimate.sd / unit)[~missing] ** 2)),
    )


def _spikes(noisy: Float64Array) -> NDArray[np.bool_]:
    found = find_spikes(noisy)
    return np.zeros_like(found) if found.any() and are_events(interpolate_gaps(noisy), found) else found


def _class_of(noise: Noise | None) -> NoiseClass:
    if noise is None or (noise.power is None and noise.correlation == 0.0):
        return "white" if noise is None or noise.levels is None else "varying"
    return "coloured"


def _whiten(values: Float64Array, noise: Noise | None) -> Float64Array:
    if noise is not None and noise.power is not None:
        return whiten_by_spectrum(values, noise.power)
    if noise is not None and noise.correlation:
        white = whiten(values, noise.correlation, middle=float(np.nanmean(values)))
        return np.asarray(white / np.sqrt(1.0 - noise.correlation**2))
    return values


def _level(values: Float64Array, missing: np.ndarray) -> Float64Array | None:
    """Robust sd around each sample, of blocks, in which bursts of noise that were not described are levelled out."""
    n = len(values)
    whole = float(np.median(np.abs(values[~missing]))) / GAUSSIAN_MEDIAN
    if whole == 0.0:
        return None
    count = max(1, n // _BLOCK)
    size = np.where(missing, np.nan, np.abs(values))[: n // count * count].reshape(count, -1)
    known = np.count_nonzero(~np.isnan(size), axis=1) >= size.shape[1] // 4
    levels = np.full(count, whole)
    levels[known] = np.nanmedian(size[known], axis=1) / GAUSSIAN_MEDIAN
    smooth = np.convolve(np.pad(levels, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    middles = (np.arange(count) + 0.5) * size.shape[1]
    return np.asarray(np.interp(np.arange(n), middles, np.clip(smooth, _QUIETEST * whole, _LOUDEST * whole)))
