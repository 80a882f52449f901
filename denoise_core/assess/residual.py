"""What the residual looks like: size, autocorrelation, spectral peak, tails, level over time. It passes no judgement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.dsp.autocorrelation import autocorrelations
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.dsp.spectrum import psd
from denoise_core.dsp.whitening import whiten
from denoise_core.errors import DataError
from denoise_core.noise import Noise, level
from denoise_core.noise.power_spectrum import autocovariance, whiten_by_spectrum
from denoise_core.noise.spikes import are_events, find_spikes
from denoise_core.series import Estimate, Float64Array, Series

_LONGEST_LAG = 1000
_LEVEL_BLOCKS = 8
_LONGEST_DELAY = 3
_CLEARLY_LESS = 0.1
_SPIKE_SDS = 4.0  # of the noise, which a sample of the residual exceeds where a spike was removed


@dataclass(frozen=True, kw_only=True)
class Residual:
    """Numbers about ``noisy - estimate`` over the n samples that are present.

    Parameters
    ----------
    sd, noise_sd : float
        Spread of what was removed, and the noise level it should have; in the unit of the series.
    calm_sd : float
        As `sd`, without the samples that are spikes in the recording, where such are described: the level of the noise does not
        count them either.
    removed_share : float
        ``var(residual) / var(noisy)``.
    autocorrelation, lag : float, int
        The largest in size over lags 1 .. min(n / 4, 1000), with its sign, and where it is (in samples). Positive for lost
        signal; a smoother that removes noise alone leaves a negative one at a short lag.
    chance : float
        The size that white noise of n samples stays below at all lags together in 99 of 100 cases.
    peak_frequency, peak_db : float
        Where the spectrum stands out most above its own floor (in 1 / time unit), and by how much.
    correlation : float
        With the estimate; 0 where only noise was removed.
    tail_weight : float
        Excess kurtosis, 0 for Gaussian noise, 3 for Laplacian.
    level_ratio : float
        Largest through smallest spread among 8 equal stretches.
    delay : int
        By how many samples the estimate lags behind (negative: leads), 0 unless shifting it would explain clearly more.
    prewhitening : float
        Lag-1 autocorrelation of the noise itself, removed by prewhitening with its spectrum (or AR(1) fit) before autocorrelation
        and spectrum of the residual were measured, so that such noise passes for white.
    removed_spikes, kept_spikes : int
        Spikes in the recording, where such are described, that are in the residual, and those that are not. Tops of knocks and
        the like are none of the latter.
    """

    samples: int
    sd: float
    calm_sd: float
    noise_sd: float
    removed_share: float
    autocorrelation: float
    lag: int
    chance: float
    peak_frequency: float
    peak_db: float
    correlation: float
    tail_weight: float
    level_ratio: float
    delay: int
    prewhitening: float = 0.0
    removed_spikes: int = 0
    kept_spikes: int = 0


def diagnose(noisy: Series, estimate: Estimate, *, noise: Noise | None = None) -> Residual:
    """The numbers of `Residual`; nan for what cannot be computed, such as the autocorrelation of a residual of zeros.

    Parameters
    ----------
    noise : Noise, optional
        What `noise.describe` said of the series; without it the noise is taken to be white.

    Raises
    ------
    DataError
        If series and estimate differ in length, or fewer than 8 samples are present in both.
    """
    residual = _difference(noisy, estimate)
    present = residual[~np.isnan(residual)]
    values = noisy.values[~np.isnan(residual)]
    rho, whitened = _whiten(residual, noise)
    correlations = autocorrelations(whitened, longest_lag=min(present.size // 4, _LONGEST_LAG))
    lag = int(np.argmax(np.nan_to_num(np.abs(correlations)))) + 1
    frequency, peak_db = spectral_peak(whitened, step=noisy.time.step)
    noise_sd = _noise_sd(noisy, noise) if estimate.noise_sd is None else estimate.noise_sd
    spikes = np.zeros(len(residual), dtype=bool) if noise is None or noise.spikes == 0.0 else find_spikes(noisy.values)
    removed = spikes & (np.abs(residual) > _SPIKE_SDS * noise_sd)
    kept = np.count_nonzero(spikes & ~removed) if spikes.any() and not are_events(interpolate_gaps(noisy.values), spikes) else 0
    return Residual(
        samples=present.size,
        sd=float(np.std(present)),
        calm_sd=float(np.nanstd(np.where(spikes, np.nan, residual))),
        noise_sd=noise_sd,
        removed_share=_divide(float(np.var(present)), float(np.var(values))),
        autocorrelation=float(correlations[lag - 1]),
        lag=lag,
        chance=float(np.sqrt(2.0 * np.log(2.0 * len(correlations) / 0.01) / present.size)),
        peak_frequency=frequency,
        peak_db=peak_db,
        correlation=_correlation(present, values - present),
        tail_weight=_excess_kurtosis(present),
        level_ratio=_level_ratio(present),
        delay=_delay(interpolate_gaps(noisy.values), interpolate_gaps(estimate.values)),
        prewhitening=rho,
        removed_spikes=int(np.count_nonzero(removed)),
        kept_spikes=int(kept),
    )


def _noise_sd(noisy: Series, noise: Noise | None) -> float:
    """That of white noise, unless it is known to be autocorrelated, of which `level` sees a part."""
    return level(noisy.values) if noise is None or _is_white(noise) else noise.sd


def _is_white(noise: Noise) -> bool:
    return noise.correlation == 0.0 and noise.power is None


def _whiten(residual: Float64Array, noise: Noise | None) -> tuple[float, Float64Array]:
    """Lag-1 autocorrelation of the noise itself, and the residual prewhitened by its spectrum or AR(1) fit; shape (n,)."""
    if noise is None or _is_white(noise):
        return 0.0, residual
    if noise.power is None:
        return noise.correlation, whiten(residual, noise.correlation, middle=float(np.nanmean(residual)))
    lags = autocovariance(noise.power)
    return noise.correlation or float(lags[1] / lags[0]), whiten_by_spectrum(residual, noise.power)


def spectral_peak(values: Float64Array, *, step: float) -> tuple[float, float]:
    """Frequency of the spectrum's highest peak above its floor, and that height in dB; nan where there is no power.

    The floor is the running median, but nowhere below the median of all: a bump at the bottom of a hole is no oscillation.
    """
    frequency, density = psd(interpolate_gaps(values), step=step)
    nearby = _running_median(density, size=max(len(density) // 8, 9) | 1)
    floor = np.maximum(nearby, np.median(density))
    if not np.all(floor > 0.0):
        return float("nan"), float("nan")
    height = density / floor
    top = int(np.argmax(height))
    return float(frequency[top]), float(10.0 * np.log10(height[top]))


def _difference(noisy: Series, estimate: Estimate) -> Float64Array:
    if len(estimate.values) != len(noisy):
        raise DataError(f"The estimate has {len(estimate.values)} samples, but {noisy.name} has {len(noisy)}.")
    difference = noisy.values - estimate.values
    if (count := int(np.count_nonzero(~np.isnan(difference)))) < 8:
        raise DataError(f"Only {count} samples of {noisy.name} are present; at least 8 are needed to judge a result.")
    return difference


def _running_median(values: Float64Array, *, size: int) -> Float64Array:
    """Of the `size` values (odd) around each; the edge values are repeated."""
    padded = np.pad(values, size // 2, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, size), axis=1))


def _correlation(a: Float64Array, b: Float64Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    return _divide(float(np.mean(a * b)), float(np.std(a) * np.std(b)))


def _excess_kurtosis(values: Float64Array) -> float:
    deviation = values - values.mean()
    square = (deviation / (np.abs(deviation).max() or 1.0)) ** 2  # in units of the largest: fourth powers would overflow
    return _divide(float(np.mean(square**2)), float(np.mean(square)) ** 2) - 3.0


def _level_ratio(values: Float64Array) -> float:
    """Spikes are cut at three times the robust spread of all, so that a single one does not look like a noisier stretch."""
    size = np.abs(values - np.median(values))
    size = np.minimum(size, 3.0 * np.median(size) / GAUSSIAN_MEDIAN)
    levels = [float(np.sqrt(np.mean(block**2))) for block in np.array_split(size, _LEVEL_BLOCKS)]
    return _divide(max(levels), min(levels))


def _delay(noisy: Float64Array, estimate: Float64Array) -> int:
    """The shift k that makes ``noisy[t] - estimate[t + k]`` smallest, if by more than chance and `_CLEARLY_LESS`."""
    clearly = max(_CLEARLY_LESS, 3.0 / np.sqrt(len(noisy)))
    left = {0: float(np.var(noisy - estimate))}
    for k in range(1, min(_LONGEST_DELAY, len(noisy) // 4) + 1):
        left[k] = float(np.var(noisy[:-k] - estimate[k:]))
        left[-k] = float(np.var(noisy[k:] - estimate[:-k]))
    best = min(left, key=lambda k: left[k])
    return best if left[best] < (1.0 - clearly) * left[0] else 0


def _divide(above: float, below: float) -> float:
    return above / below if below > 0.0 else float("nan")
