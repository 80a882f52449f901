"""The prior on a series of any length, scale and offset, with gaps. Knows no training, no truth; imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from denoise_core.assess.residual import autocorrelations
from denoise_core.errors import DataError
from denoise_core.instant.augmentation import MOVING_PASSES, PASSES, USUAL_PASSES, Passes, looks_at, predict
from denoise_core.instant.noise_colour import TOLD, told
from denoise_core.instant.noise_envelope import WORTH_IT, local_power
from denoise_core.instant.nonlocal_features import HINTS, hints
from denoise_core.instant.normalisation import Fitted
from denoise_core.series import Estimate, Float32Array, Float64Array, Series

_LARGEST = 1e305  # of a value: the sum of a few such is still a number
_AT_ONCE = 8192  # samples in one call: enough for the network's speed, little for the memory
_FARTHEST = 2000.0  # noise sd from the centre; what lies further out is shown to the network there
_LEVELS = (-4.0, 2.5)  # log of the noise sd relative to the window's, as in training
_OTHERWISE = 0.12  # rms of the log between the noise's level as stated and as found, from which the network is asked again
# Where noise moves far it is stated stronger at first: a level read off few samples errs by half, and too low a one costs more.
# Then what was taken off says how strong it is. The benchmark gains on v4 at SNR 3, 1 by it: 12.4, 13.7 not 10.5, 11.5 dB;
# on v2, v3 and v5 it changes by 0.2 at most.
_AT_FIRST, _NEAR = 1.5, 5.0  # times; samples, sd of the weights
# Rightly whitened, 17 series of 2,048 samples left at most 0.15 at such lags, one of days 0.18; wrongly, two of days 0.24, 0.32.
_ALIKE = 0.2
_NOT_NOISE = 32  # samples, from where on AR(1) noise of a correlation of 0.9 is alike by less than 0.04
_JUDGED = 65_536  # samples
_WEAKER = (0.6, 0.36)  # times the noise described


class Work(NamedTuple):
    """How much is done for series of up to `most` samples, so that two cores take a second or so for what a page draws at once.

    Parameters
    ----------
    window, overlap
        In samples; the network sees 460 to each side.
    once
        Whether each window is looked at once, not four times, and not again where the noise is of another strength than thought.
    hints
        Whether what comes again is looked for.
    """

    most: float
    window: int
    overlap: int
    once: bool
    hints: bool


WORKS = (
    Work(50_000, 2048, 512, once=False, hints=True),
    Work(150_000, 2048, 512, once=True, hints=True),
    Work(np.inf, 8192, 1024, once=True, hints=False),
)


def denoise(series: Series) -> Estimate:
    """The noise-free series as a network says that was trained on synthetic signals only; no training, no settings.

    ``denoise(a * y + b).values == a * denoise(y).values + b`` to float precision, for a of either sign: the network is asked
    about the series in units of its noise, and about its negative.

    Parameters
    ----------
    series
        8 samples or more; missing ones stay missing in the estimate. Windows are taken one after the other: beyond a few
        arrays of the series' length, the memory needed does not grow with it.

    Returns
    -------
    Estimate
        With the sd of its error. Where no noise can be seen the series is its own estimate, with an sd of 0.

    Raises
    ------
    DataError
        If the series has fewer than 8 numbers, or all are equal, or one lies beyond 1e305.
    """
    series.check_usable()
    if (largest := float(np.nanmax(np.abs(series.values)))) > _LARGEST:
        raise DataError(f"{series.name} reaches {largest:g}; at most {_LARGEST:g} can be computed with. Divide it by a constant.")
    fitted = Fitted.of(series)
    noises, variances, powers = _found(fitted)
    for weaker in _milder(series, fitted):
        if not _comes_again(fitted.removed(noises)):
            break
        fitted = weaker
        noises, variances, powers = _found(fitted)
    return Estimate(
        values=series.values - fitted.removed(noises),
        method="instant",
        sd=np.where(series.observed, fitted.error(variances), np.nan),
        noise_sd=fitted.noise_sd(powers) or None,
    )


def _milder(series: Series, fitted: Fitted) -> Iterator[Fitted]:
    """What to try where signal was taken for coloured noise: the noise weaker than described, then white."""
    if fitted.power is None:
        return
    if len(series) <= WORKS[0].most:
        yield from (fitted.weaker(share) for share in _WEAKER)
    yield Fitted.of(series, white=True)


def _comes_again(removed: Float64Array) -> bool:
    """Whether what was removed is alike over distances at which noise is not: then it was the signal that was coloured."""
    some = removed[:_JUDGED] / max(float(np.max(np.abs(removed[:_JUDGED]))), 1e-300)
    longest = len(some) // 4
    if longest <= _NOT_NOISE:
        return False
    alike = autocorrelations(some, longest_lag=longest)[_NOT_NOISE:]
    return bool(np.nanmax(alike, initial=0.0) > max(_ALIKE, 5.0 / np.sqrt(len(some))))


def _found(fitted: Fitted) -> Float32Array:
    """Noise, variance of the error of what remains without it, and variance of the noise; cross-faded windows, (3, n)."""
    n = len(fitted.values)
    work = next(work for work in WORKS if n <= work.most)
    found = np.zeros((3, n), dtype=np.float32)  # of ten million samples half a gigabyte is much
    if not fitted.levels.any():
        return found
    starts = [0, *range(work.window - work.overlap, n - work.overlap, work.window - work.overlap)]
    for group in _alike(starts, n, work.window):
        windows = [slice(start, min(start + work.window, n)) for start in group]
        for window, part in zip(windows, _in_windows(fitted, windows, work), strict=True):
            found[:, window] += part * _fading(part.shape[1], work.overlap, first=window.start == 0, last=window.stop == n)
    return found


def _alike(starts: list[int], n: int, length: int) -> Iterator[list[int]]:
    """Starts of whole windows, a few at a time, and that of a shorter last one."""
    whole = [start for start in starts if start + length <= n]
    count = _AT_ONCE // length
    yield from (whole[i : i + count] for i in range(0, len(whole), count))
    yield from ([start] for start in starts[len(whole) :])


def _fading(length: int, overlap: int, *, first: bool, last: bool) -> Float64Array:
    """Weights of a window that add up to 1 with those of its neighbours."""
    weights, rise = np.ones(length), (np.arange(overlap) + 0.5) / overlap
    if not first:
        weights[:overlap] = rise
    if not last:
        weights[-overlap:] = rise[::-1]
    return weights


def _in_windows(fitted: Fitted, windows: list[slice], work: Work) -> Float64Array:
    """What `_found` says, in windows of one length: (windows, 3, length).

    Where the noise turns out to be of another strength than was stated, the network is asked again.
    """
    stated = np.stack([fitted.levels[window] for window in windows])
    far = np.ptp(np.log(stated), axis=1) > np.log(WORTH_IT)
    found = _asked(fitted, windows, stated * np.where(far, _AT_FIRST, 1.0)[:, None], work)
    if not work.once:
        for i in np.flatnonzero(far):
            found[i, 2] = local_power(found[i, 0] ** 2, _NEAR)
        levels = np.sqrt(found[:, 2])
        again = np.flatnonzero(far | (np.mean(np.log(levels / stated) ** 2, axis=1) > _OTHERWISE**2))
        if again.size:
            found[again] = _asked(fitted, [windows[i] for i in again], levels[again], work)
    return found


def _asked(fitted: Fitted, windows: list[slice], stated: Float64Array, work: Work) -> Float64Array:
    """The network's answer about windows whose noise is said to be as strong as `stated`, (windows, length)."""
    units = np.sqrt(np.mean(stated**2, axis=1))[:, None]
    inputs = np.stack([_inputs(fitted, *each, work) for each in zip(windows, stated / units, units[:, 0], strict=True)])
    described = np.broadcast_to(told(fitted.power, fitted.level_error), (len(inputs), TOLD))
    answer = predict(inputs, described, looks_at(inputs, _passes(fitted), once=work.once))
    return np.stack([answer.noises * units, answer.variances * units**2, np.exp(2.0 * answer.levels) * units**2], axis=1)


def _passes(fitted: Fitted) -> Passes:
    if not fitted.usual:
        return PASSES
    return MOVING_PASSES if fitted.moving else USUAL_PASSES


def _inputs(fitted: Fitted, window: slice, relative: Float64Array, unit: float, work: Work) -> Float64Array:
    """(INPUTS, length): as the network was trained."""
    values = fitted.values[window]
    centred = np.clip((values - np.median(values)) / unit, -_FARTHEST, _FARTHEST)
    beyond = hints(centred, fitted.power) if work.hints else np.zeros((HINTS, len(values)))
    plain = np.stack([centred, fitted.mask[window].astype(float), np.clip(np.log(relative), *_LEVELS)])
    return np.concatenate([plain, beyond])
