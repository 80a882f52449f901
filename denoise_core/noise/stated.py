"""The noise as a person corrects it: measured in a stretch that holds nothing else, or of a level that is stated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from denoise_core.config import NoiseConfig
from denoise_core.dsp.autocorrelation import autocorrelations
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.errors import DataError
from denoise_core.noise import description
from denoise_core.noise.ar_model import MOST_GAP
from denoise_core.noise.description import Noise
from denoise_core.noise.excerpt import excerpt
from denoise_core.noise.fusion import correlation_length
from denoise_core.noise.power_spectrum import autocovariance, relative_power
from denoise_core.noise.spectrum import periodograms, segments
from denoise_core.noise.spikes import find_spikes, share_of
from denoise_core.noise.time_frequency import BINS, FRAME
from denoise_core.series import Float64Array, Series

FEWEST = 32
"""Samples of a stretch that the noise can be measured in."""
_BY_CHANCE = 3.5  # sd of an autocorrelation of white noise at one lag
_LONG = 8 * FRAME  # samples, from which on the spectrum is measured directly
_MOST_ORDER = 16
_STATED_ERROR = 0.05  # of the log of a stated level
_RANGE = (1e-6, 2.0)  # of a stated level over the sd of the recording
_REPEATS, _REPEATS_FROM = 0.3, 32  # autocorrelation, and lag in samples
_MOVES = 5.0  # variance of the means of blocks over what noise of this autocorrelation makes of them
_LOOKS_LIKE_NOISE = 0.6  # sd of the noise found within the stretch over that of all of it

NO_STATEMENT = NoiseConfig()


def describe(values: Float64Array, *, only_noise: slice | None = None, level: float | None = None) -> Noise:
    """The noise in `values` of shape (n,), from them alone or as corrected; see `description.describe`.

    Parameters
    ----------
    only_noise : slice, optional
        A stretch of `values` that holds nothing but noise. Level, spectrum and autocorrelation are measured there and count for
        all of the record.
    level : float, optional
        The standard deviation of the noise, in the unit of the values.

    Raises
    ------
    DataError
        If the stretch holds fewer than 32 numbers or does not vary, or the level cannot be that of this record.
    """
    if only_noise is None:
        noise = description.describe(values)
    else:
        noise = _measure(np.asarray(values, dtype=np.float64)[only_noise], spikes=_share_of_spikes(values))
    return noise if level is None else _with_level(noise, level, values)


def describe_series(series: Series, stated: NoiseConfig = NO_STATEMENT) -> Noise:
    """The noise of a series, as far as `stated` says nothing from it alone.

    Raises
    ------
    DataError
        As `describe`; also if the stretch lies outside the series.
    """
    only_noise = None if stated.stretch is None else stretch_of(series, *stated.stretch)
    return describe(series.values, only_noise=only_noise, level=stated.level or None)


def check_statement(series: Series, stated: NoiseConfig) -> None:
    """DataError where the stretch or the level cannot be right; costs little."""
    if stated.stretch is not None:
        stretch_of(series, *stated.stretch)
    if stated.level:
        _check_level(stated.level, series.values)


def stretch_of(series: Series, start: float, stop: float) -> slice:
    """The samples from `start` to `stop`, in the unit of its time; DataError where they lie outside, or it is too short."""
    times = series.time.values
    chosen = slice(int(np.searchsorted(times, start)), int(np.searchsorted(times, stop, side="right")))
    said = f"The stretch from {start:g} to {stop:g} {series.time.unit}"
    if stop < times[0] or start > times[-1]:
        raise DataError(
            f"{said} lies outside the recording, which is from {times[0]:g} to {times[-1]:g}. Mark a stretch within it."
        )
    count = int(np.count_nonzero(series.observed[chosen]))
    if count < FEWEST:
        raise DataError(f"{said} holds {count} samples; at least {FEWEST} are needed to measure the noise. Mark a longer one.")
    return chosen


def _with_level(noise: Noise, level: float, values: Float64Array) -> Noise:
    """The same noise as strong as stated; where it varies along the record, it does so in proportion."""
    _check_level(level, values)
    levels = None if noise.levels is None or noise.sd == 0.0 else noise.levels * (level / noise.sd)
    return replace(
        noise,
        sd=level,
        estimates=dict.fromkeys(noise.estimates, level),
        agree=True,
        levels=levels,
        level_error=_STATED_ERROR,
        lowered=0.0,
        source="stated",
    )


def _check_level(level: float, values: Float64Array) -> None:
    spread = float(np.nanstd(np.asarray(values, dtype=np.float64) / _size(values))) * _size(values)
    if not _RANGE[0] * spread <= level <= _RANGE[1] * spread:
        wrong = "more than all of the recording varies" if level > spread else "next to nothing"
        raise DataError(
            f"A noise level of {level:g} is {wrong} (its standard deviation is {spread:.3g}). State it in the unit of the values."
        )


def _size(values: Float64Array) -> float:
    return float(np.nanmax(np.abs(values), initial=0.0)) or 1.0


def _share_of_spikes(values: Float64Array) -> float:
    part, _ = excerpt(np.asarray(values, dtype=np.float64))
    part = np.where(np.isfinite(part), part, np.nan) / _size(part)
    return share_of(find_spikes(part))


def _measure(part: Float64Array, *, spikes: float) -> Noise:
    """What a stretch of noise alone says of it; that its level varies along the record is not known from there."""
    count = int(np.count_nonzero(np.isfinite(part)))
    if count < FEWEST:
        raise DataError(
            f"The stretch holds {count} samples; at least {FEWEST} are needed to measure the noise. Mark a longer one."
        )
    size = _size(part)
    calm = _without_spikes(np.where(np.isfinite(part), part, np.nan) / size)
    missing = np.isnan(calm)
    filled = interpolate_gaps(calm)
    line = np.polynomial.Polynomial.fit(np.flatnonzero(~missing), calm[~missing], 1)
    level = filled - line(np.arange(len(filled)))
    variance = float(np.sum(level[~missing] ** 2)) / (count - 2)
    if variance <= 1e-24:
        raise DataError("The stretch does not vary, so there is no noise in it to measure. Mark another one.")
    power = _power(np.where(missing, np.nan, level))
    rho = np.array([1.0]) if power is None else autocovariance(power) / autocovariance(power)[0]
    error = 0.5 * np.sqrt(2.0 * (2.0 * float(np.sum(rho**2)) - 1.0) / count)
    sd = float(np.sqrt(variance)) * size
    first_order = power is not None and abs(rho[2] - rho[1] ** 2) < 0.1 and rho[1] > 0.0
    return Noise(
        sd=sd,
        estimates=dict.fromkeys(("differences", "wavelet", "spectrum"), sd),
        agree=True,
        correlation=float(rho[1]) if first_order else 0.0,
        gap=1 if power is None else max(1, min(correlation_length(power), MOST_GAP)),
        spikes=spikes,
        power=power,
        level_error=float(error),
        source="stretch",
        doubt=_doubt(np.where(missing, np.nan, level), rho),
    )


def _without_spikes(part: Float64Array) -> Float64Array:
    calm = np.where(find_spikes(part), np.nan, part)
    return calm if np.count_nonzero(~np.isnan(calm)) >= max(FEWEST, 0.8 * np.count_nonzero(~np.isnan(part))) else part


def _power(part: Float64Array) -> Float64Array | None:
    """Its power spectrum, of mean 1, shape (BINS,); None where its autocorrelation is that of white noise."""
    count = int(np.count_nonzero(~np.isnan(part)))
    lags = autocorrelations(part, longest_lag=min(_MOST_ORDER, count // 4))
    if np.nanmax(np.abs(lags)) < _BY_CHANCE / np.sqrt(count):
        return None
    missing = np.isnan(part)
    frames = segments(interpolate_gaps(part), FRAME, missing=missing)
    if count < _LONG or len(frames) < 2 * _LONG // FRAME - 1:
        return _ar_power(np.nan_to_num(lags), count)
    power = periodograms(frames).mean(axis=0)
    power[:2] = power[2]  # a straight line is taken out of each frame
    return relative_power(power)


def _ar_power(lags: Float64Array, count: int) -> Float64Array:
    """By an autoregressive model of the order with the least Akaike criterion.

    References
    ----------
    Akaike 1974, A new look at the statistical model identification, doi:10.1109/TAC.1974.1100705
    """
    rho = np.concatenate([[1.0], lags])
    best: tuple[float, Float64Array] = (np.inf, np.ones(1))
    for order in range(1, len(lags) + 1):
        matrix = rho[np.abs(np.arange(order)[:, None] - np.arange(order))]
        weights = np.linalg.lstsq(matrix, rho[1 : order + 1], rcond=1e-8)[0]
        left = 1.0 - float(weights @ rho[1 : order + 1])
        if left <= 0.0:
            break
        best = min(best, (count * np.log(left) + 2.0 * order, np.concatenate([[1.0], -weights])), key=lambda one: one[0])
    return relative_power(1.0 / np.maximum(np.abs(np.fft.rfft(best[1], FRAME)) ** 2, 1e-6)[:BINS])


def _doubt(part: Float64Array, rho: Float64Array) -> str:
    """Why the stretch holds more than noise, in a whole sentence; "" where it looks like noise alone."""
    reason = _repeats(part) or _moves(part, rho) or _holds_signal(part)
    return f"This stretch does not look like noise alone: {reason}." if reason else ""


def _repeats(part: Float64Array) -> str:
    longest = len(part) // 4
    if longest <= _REPEATS_FROM:
        return ""
    lags = np.nan_to_num(autocorrelations(part, longest_lag=longest))[_REPEATS_FROM:]
    if lags.max() < max(_REPEATS, 5.0 / np.sqrt(np.count_nonzero(~np.isnan(part)))):
        return ""
    return "it repeats itself"


def _moves(part: Float64Array, rho: Float64Array) -> str:
    """By the means of eight blocks, against those of noise with this autocorrelation at its first few lags."""
    blocks = [block[~np.isnan(block)] for block in np.array_split(part, 8)]
    means = np.array([block.mean() for block in blocks if block.size])
    length = np.count_nonzero(~np.isnan(part)) / 8.0
    correlated = 2.0 * float(np.sum(np.maximum(rho[: max(2, int(length) // 2)], 0.0))) - 1.0
    expected = float(np.nanvar(part)) * min(correlated / length, 1.0)
    return "its mean moves up and down" if float(np.var(means)) > _MOVES * expected else ""


def _holds_signal(part: Float64Array) -> str:
    """By the noise that is found within it as within any record, where that is certain."""
    found = description.describe(part)
    share = found.sd / float(np.nanstd(part))
    if len(part) < _LONG or not found.agree or share > _LOOKS_LIKE_NOISE:
        return ""
    return f"only {100.0 * share**2:.0f} % of its variance is irregular"
