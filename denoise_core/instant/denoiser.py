"""The pretrained network on a series of any length, scale and offset, with gaps. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from denoise_core.dsp.autocorrelation import autocorrelations
from denoise_core.errors import DataError
from denoise_core.instant.augmentation import (
    GENERAL,
    SMOOTH_IN_VARYING,
    SMOOTH_IN_WHITE,
    WITH_GUESS,
    PassKinds,
    passes_for,
    predict,
    single_pass,
)
from denoise_core.instant.conditioning import CONDITIONS, condition
from denoise_core.instant.counts import are_counts, restore, stabilise
from denoise_core.instant.effort import FULL_EFFORT_TO, OVERLAP, WINDOW, Effort, efforts
from denoise_core.instant.guess import GUESS_ROWS, Guess, guess_rows
from denoise_core.instant.nonlocal_features import FEATURES, nonlocal_features
from denoise_core.instant.normalisation import NormalisedSeries
from denoise_core.instant.restraint import Restrained, restrain
from denoise_core.instant.signal_dependence import level_by_value
from denoise_core.noise import Noise
from denoise_core.noise.local_level import LARGE_VARIATION, local_power
from denoise_core.noise.power_spectrum import whiten_by_spectrum
from denoise_core.noise.spectrum_estimator import TYPICAL_ERROR
from denoise_core.series import Estimate, Float32Array, Float64Array, Series

_AT_ONCE = 4  # windows in one call: enough for the network's speed, little for the memory
_FARTHEST = 2000.0  # noise sd from the centre; values further out are clipped for the network
_LOG_SD_RANGE = (-4.0, 2.5)  # of the noise sd relative to the window's, as in training
_REPEAT_FROM = 0.12  # rms of the log between the noise level as stated and as estimated, from which the network runs again
_LEAST_LEVEL = 1e-3  # of the stated level: in a stretch without noise the network finds none
# Where the noise level varies widely it is stated higher at first: a level read off few samples errs by half, and too low a one
# costs more. Then the residual says how strong the noise is. The benchmark gains on v4 at SNR 3, 1 by it: 12.4, 13.7 not 10.5,
# 11.5 dB; on v2, v3 and v5 it changes by 0.2 at most.
_AT_FIRST, _NEAR = 1.5, 5.0  # times; samples, sd of the weights
# With the right whitening, 17 series of 2,048 samples left at most 0.15 at such lags, one of days 0.18; with a wrong one, two of
# days left 0.24 and 0.32.
_AUTOCORRELATED = 0.2
_SHORTEST_PERIOD = 32  # samples, from where on AR(1) noise of a correlation of 0.9 is autocorrelated by less than 0.04
_TESTED_SAMPLES = 65_536
_WEAKER = (0.6, 0.36)  # times the noise level as estimated


def denoise(series: Series, *, guess: Estimate | None = None, noise: Noise | None = None) -> Estimate:
    """The noise-free series as estimated by a network trained on synthetic signals only; no training, no settings.

    ``denoise(a * y + b).values == a * denoise(y).values + b`` to float precision, for a of either sign: the network gets the
    series in units of its noise, and its negative too. But counts (whole numbers whose variance is their mean) are made to have
    a noise of constant level first.

    Parameters
    ----------
    series
        8 samples or more; missing ones stay missing in the estimate. Windows are processed one after the other: beyond a few
        arrays of the series' length, the memory needed does not grow with it.
    guess
        Another method's estimate of the same series, with its sd: it is weighed against what the network sees.
    noise : Noise, optional
        Its noise, where a person has stated or marked it; estimated by default.

    Returns
    -------
    Estimate
        With the sd of its error. Where no noise is visible the series is its own estimate, with an sd of 0.

    Raises
    ------
    DataError
        If the series has fewer than 8 numbers, or all are equal, or one is too large; or the guess is of another length.
    """
    series.check_usable()
    if guess is not None and len(guess.values) != len(series):
        raise DataError(f"The guess has {len(guess.values)} samples and {series.name} {len(series)}. Make both of one series.")
    if guess is None and noise is None and are_counts(series.values):
        return _denoise_counts(series)
    guessed = None if guess is None else Guess.of(guess, series)
    normalised = NormalisedSeries.of(series, guessed, stated=noise)
    residual, variance, power = _run(normalised)
    for fallback in _fallbacks(series, normalised, guessed):
        if not _is_periodic(residual, normalised.power):
            break
        normalised = fallback
        residual, variance, power = _run(normalised)
    if noise is None and (following := _follow_signal(normalised, residual, variance)) is not None:
        normalised = following
        residual, variance, power = _run(normalised)
    restrained = _restrain(normalised, residual, variance, power)
    return Estimate(
        values=series.values - normalised.to_residual(restrained.noise),
        method="instant",
        sd=np.where(series.observed, normalised.to_error_sd(restrained.variance), np.nan),
        noise_sd=(normalised.to_noise_sd(power) or None) if noise is None else noise.sd,
        notes=restrained.notes,
    )


def _denoise_counts(series: Series) -> Estimate:
    stabilised = replace(series, values=stabilise(series.values))
    normalised = NormalisedSeries.of(stabilised).with_white_noise(1.0)
    noise, variance, _ = _run(normalised)
    restrained = _restrain(normalised, noise, variance, variance)
    estimate = stabilised.values - normalised.to_residual(restrained.noise)
    values = restore(estimate)
    return Estimate(
        values=values,
        method="instant",
        # The slope of the way back is half of the stabilised value.
        sd=np.where(series.observed, 0.5 * np.abs(estimate) * normalised.to_error_sd(restrained.variance), np.nan),
        noise_sd=float(np.sqrt(np.nanmean(values))) or None,
        notes=(
            "These are counts: their noise is taken to be as large as the root of their mean, wherever that is.",
            *restrained.notes,
        ),
    )


def _follow_signal(series: NormalisedSeries, noise: Float32Array, variance: Float32Array) -> NormalisedSeries | None:
    """The same with a noise level that follows the first estimate, if it does; not for long series, as it takes a second run."""
    if series.varies or len(series.values) > FULL_EFFORT_TO or not series.levels.any():
        return None
    estimate, squares = series.values - noise, noise.astype(np.float64) ** 2 + variance
    levels = level_by_value(estimate[series.mask], squares[series.mask], series.power)
    if levels is None:
        return None
    return replace(series, levels=np.interp(np.arange(len(estimate)), np.flatnonzero(series.mask), levels))


def _restrain(series: NormalisedSeries, noise: Float32Array, variance: Float32Array, power: Float32Array) -> Restrained:
    if not series.levels.any():
        return Restrained(noise, variance)
    # Levels that vary within few samples are read off few of them: the network's own may be closer.
    levels = np.maximum(series.levels, np.sqrt(power)) if series.varies else series.levels
    # A guess knows more of the signal than the description of the noise does.
    known = series.guess is not None
    level_error, lowered = (TYPICAL_ERROR, 0.0) if known else (series.level_error, series.lowered)
    return restrain(noise, variance, levels, series.power, level_error, lowered)


def _fallbacks(series: Series, normalised: NormalisedSeries, guess: Guess | None) -> Iterator[NormalisedSeries]:
    """What to try where signal was taken for coloured noise: the noise weaker than estimated, then white."""
    if normalised.power is None or normalised.stated:
        return
    if len(series) <= FULL_EFFORT_TO:
        yield from (normalised.with_weaker_noise(share) for share in _WEAKER)
    yield NormalisedSeries.of(series, guess, white=True)


def _is_periodic(noise: Float32Array, power: Float64Array | None) -> bool:
    """Whether it is autocorrelated at long lags although whitened: then signal was taken for noise of that spectrum."""
    part = noise[:_TESTED_SAMPLES].astype(np.float64)
    tested = part / max(float(np.max(np.abs(part))), 1e-300)
    if power is not None:
        tested = whiten_by_spectrum(tested, power)
    longest = len(tested) // 4
    if longest <= _SHORTEST_PERIOD:
        return False
    correlations = autocorrelations(tested, longest_lag=longest)[_SHORTEST_PERIOD:]
    return bool(np.nanmax(correlations, initial=0.0) > max(_AUTOCORRELATED, 5.0 / np.sqrt(len(tested))))


def _run(series: NormalisedSeries) -> Float32Array:
    """Noise, variance of the estimate's error and variance of the noise; cross-faded windows, (3, n)."""
    n = len(series.values)
    joined = np.zeros((3, n), dtype=np.float32)  # of ten million samples half a gigabyte is much
    if not series.levels.any():
        return joined
    for windows, effort in zip(_batches(n), efforts(n), strict=False):
        for window, part in zip(windows, _run_windows(series, windows, effort), strict=True):
            joined[:, window] += part * _crossfade(part.shape[1], first=window.start == 0, last=window.stop == n)
    return joined


def _batches(n: int) -> Iterator[list[slice]]:
    """Whole windows, a few at a time, and a shorter last one."""
    hop = WINDOW - OVERLAP
    windows = [slice(start, min(start + WINDOW, n)) for start in (0, *range(hop, n - OVERLAP, hop))]
    whole = len(windows) - (windows[-1].stop - windows[-1].start < WINDOW)
    yield from (windows[i : min(i + _AT_ONCE, whole)] for i in range(0, whole, _AT_ONCE))
    if whole < len(windows):
        yield windows[whole:]


def _crossfade(length: int, *, first: bool, last: bool) -> Float64Array:
    """Weights of a window that add up to 1 with those of its neighbours."""
    weights, rise = np.ones(length), (np.arange(OVERLAP) + 0.5) / OVERLAP
    if not first:
        weights[:OVERLAP] = rise
    if not last:
        weights[-OVERLAP:] = rise[::-1]
    return weights


def _run_windows(series: NormalisedSeries, windows: list[slice], effort: Effort) -> Float64Array:
    """The rows of `_run` in windows of one length: (windows, 3, length).

    Where the noise level turns out to differ from the stated one, the network runs again with the new one.
    """
    stated = np.stack([series.levels[window] for window in windows])
    if series.stated:
        return _predict(series, windows, stated, effort)
    varying = np.ptp(np.log(stated), axis=1) > np.log(LARGE_VARIATION)
    results = _predict(series, windows, stated * np.where(varying, _AT_FIRST, 1.0)[:, None], effort)
    if not effort.single_pass:
        for i in np.flatnonzero(varying):
            results[i, 2] = local_power(results[i, 0] ** 2, _NEAR)
        levels = np.maximum(np.sqrt(results[:, 2]), _LEAST_LEVEL * stated)
        again = np.flatnonzero(varying | (np.mean(np.log(levels / stated) ** 2, axis=1) > _REPEAT_FROM**2))
        if again.size:
            results[again] = _predict(series, [windows[i] for i in again], levels[again], effort)
    return results


def _predict(series: NormalisedSeries, windows: list[slice], stated: Float64Array, effort: Effort) -> Float64Array:
    """The network's prediction for windows whose noise sd is taken to be `stated`, (windows, length)."""
    units = np.sqrt(np.mean(stated**2, axis=1))[:, None]
    inputs = np.stack(
        [_inputs(series, *each, effort.thinning) for each in zip(windows, stated / units, units[:, 0], strict=True)]
    )
    conditions = np.broadcast_to(condition(series.power, series.level_error), (len(inputs), CONDITIONS))
    passes = (single_pass if effort.single_pass else passes_for)(inputs, _pass_kinds(series))
    noise, variance, log_sd = predict(inputs, conditions, passes)
    return np.stack([noise * units, variance * units**2, np.exp(2.0 * log_sd) * units**2], axis=1)


def _pass_kinds(series: NormalisedSeries) -> PassKinds:
    if series.guess is not None:
        return WITH_GUESS
    if not series.is_smooth_in_white_noise:
        return GENERAL
    return SMOOTH_IN_VARYING if series.varies else SMOOTH_IN_WHITE


def _inputs(series: NormalisedSeries, window: slice, relative: Float64Array, unit: float, thinning: int) -> Float64Array:
    """(INPUTS, length): as the network was trained."""
    values = series.values[window]
    centred = np.clip((values - np.median(values)) / unit, -_FARTHEST, _FARTHEST)
    features = nonlocal_features(centred, series.power, thinning) if thinning else np.zeros((FEATURES, len(values)))
    plain = np.stack([centred, series.mask[window].astype(float), np.clip(np.log(relative), *_LOG_SD_RANGE)])
    guessed = np.zeros((GUESS_ROWS, len(values)))
    if series.guess is not None:
        guessed = guess_rows(series.guess.noise[window] / unit, series.guess.sd[window] / unit)
    return np.concatenate([plain, features, guessed])
