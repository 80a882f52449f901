"""The prior on a series of any length, scale and offset, with gaps. Knows no training, no truth; imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core import noise
from denoise_core.errors import DataError
from denoise_core.instant.levels import levels_along
from denoise_core.instant.passes import Pass, passes, predict
from denoise_core.series import Estimate, Floats, Series

_LARGEST = 1e305  # of a value: the sum of a few such is still a number
_WINDOW, _OVERLAP = 4096, 1024  # samples; the network sees 460 to each side
_AT_ONCE = 4  # windows in one call: enough for its speed, little for the memory
_FARTHEST = 2000.0  # noise sd from the centre; what lies further out is shown to the network there
_MOST_MOVING = 2.5  # log of the noise sd relative to the window's, as in training


@dataclass(frozen=True)
class _Scaled:
    """A series brought to a common size, gaps bridged: ``series == ldexp(values, exponent) + offset``."""

    values: Floats
    observed: NDArray[np.bool_]
    exponent: int

    @classmethod
    def of(cls, series: Series) -> _Scaled:
        """Within -1 .. 1; by a power of two, so that no digit is lost and no square overflows."""
        observed = series.observed
        exponent = int(np.frexp(np.nanmax(np.abs(series.values)))[1])
        values = np.ldexp(series.values, -exponent)
        centred = values - np.median(values[observed])
        finer = int(np.frexp(np.nanmax(np.abs(centred)))[1])
        index = np.arange(len(values))
        bridged = centred if observed.all() else np.interp(index, index[observed], centred[observed])
        return cls(values=np.ldexp(bridged, -finer), observed=observed, exponent=exponent + finer)


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
    scaled = _Scaled.of(series)
    described = noise.describe(np.where(scaled.observed, scaled.values, np.nan))
    removed, sd, level = np.zeros(len(series)), np.zeros(len(series)), 0.0
    if described.sd > 0.0:
        levels = levels_along(scaled.values, described)
        removed, sd = _predicted(scaled, levels)
        level = float(np.sqrt(np.mean(levels**2)))
    return Estimate(
        values=series.values - np.ldexp(removed, scaled.exponent),
        method="instant",
        sd=np.where(scaled.observed, np.ldexp(sd, scaled.exponent), np.nan),
        noise_sd=float(np.ldexp(level, scaled.exponent)) or None,
    )


def _predicted(scaled: _Scaled, levels: Floats) -> tuple[Floats, Floats]:
    """Noise, and sd of the error of what remains without it, cross-faded from window to window; shape (n,) each."""
    n = len(levels)
    removed, variance, looks = np.zeros(n), np.zeros(n), passes(n)
    starts = [0, *range(_WINDOW - _OVERLAP, n - _OVERLAP, _WINDOW - _OVERLAP)]
    for group in _alike(starts, n):
        windows = [slice(start, min(start + _WINDOW, n)) for start in group]
        for window, noises, variances in zip(windows, *_in_windows(scaled, levels, windows, looks), strict=True):
            weights = _fading(len(noises), first=window.start == 0, last=window.stop == n)
            removed[window] += weights * noises
            variance[window] += weights * variances
    return removed, np.sqrt(variance)


def _alike(starts: list[int], n: int) -> Iterator[list[int]]:
    """Starts of whole windows, a few at a time, and that of a shorter last one."""
    whole = [start for start in starts if start + _WINDOW <= n]
    yield from (whole[i : i + _AT_ONCE] for i in range(0, len(whole), _AT_ONCE))
    yield from ([start] for start in starts[len(whole) :])


def _fading(length: int, *, first: bool, last: bool) -> Floats:
    """Weights of a window that add up to 1 with those of its neighbours."""
    weights, rise = np.ones(length), (np.arange(_OVERLAP) + 0.5) / _OVERLAP
    if not first:
        weights[:_OVERLAP] = rise
    if not last:
        weights[-_OVERLAP:] = rise[::-1]
    return weights


def _in_windows(scaled: _Scaled, levels: Floats, windows: list[slice], looks: list[Pass]) -> tuple[Floats, Floats]:
    """Noise and variance of the error in windows of one length, in the scaled series' unit; (windows, length) each."""
    units = np.array([np.sqrt(np.mean(levels[window] ** 2)) for window in windows])
    inputs = np.stack([_inputs(scaled, levels, window, unit) for window, unit in zip(windows, units, strict=True)])
    noises, variances = predict(inputs, looks)
    return noises * units[:, None], variances * units[:, None] ** 2


def _inputs(scaled: _Scaled, levels: Floats, window: slice, unit: float) -> Floats:
    """(3, length): as the network was trained."""
    values = scaled.values[window]
    centred = np.clip((values - np.median(values)) / unit, -_FARTHEST, _FARTHEST)
    moving = np.clip(np.log(levels[window] / unit), -_MOST_MOVING, _MOST_MOVING)
    return np.stack([centred, scaled.observed[window].astype(float), moving])
