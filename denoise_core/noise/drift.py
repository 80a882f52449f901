"""Drift of the baseline: what moves more slowly than the signal does, as far as the two can be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.series import Float64Array

# Numbers of half waves over the record that a drift may have at most; a faster one is not slow.
_WAVES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96)
_BLOCKS_PER_WAVE = 16
_FEWEST_SAMPLES, _FEWEST_BLOCKS = 64, 24
# Mean power up to the drift's fastest wave, over that of the valley above it: there must be a drift, ...
_STANDS_OUT = 12.0
# ... and from the valley on the power must not go on falling: steps and slow curves have no valley.
_MOST_FALL = 2.5
_SIGNAL, _MEDIAN = 6.0, 0.455  # power of a signal over that of the noise; median over mean of the power of one cosine of noise
_FEWEST_REGULAR, _LINE = 6, 0.5  # half waves, and share of the power in one line, of what repeats regularly
# From so many half waves on, power without a share below half the main frequency is that of an oscillation, not of a drift.
_OSCILLATES, _RED = 12, 0.2
_WORTH_IT = 0.1  # sd of a drift over the sd of all else
_ROUNDS, _HUBER = 6, 1.5


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Drift found in a record of n samples.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Around its own median, so that the recording keeps its level; also where it has gaps.
    size : float
        From the lowest to the highest of `values`, in the unit of the record.
    shortest_period : float
        Samples in the shortest wave that counts as drift.
    doubt : str
        A whole sentence where it may be the signal, else "".
    """

    values: Float64Array
    size: float
    shortest_period: float
    doubt: str

    def in_words(self, unit: str) -> str:
        """Such as "drift of 0.4 mV"."""
        return f"drift of {f'{self.size:.2g} {unit}'.rstrip()}"


def find_drift(values: Float64Array) -> Drift | None:
    """The drift in `values`; None where none stands out, or where a slow signal leaves no gap in frequency below it.

    It is the robust fit of a line and of the cosines of up to K half waves over the record, with the smallest K from which on the
    power spectrum no longer falls.

    Parameters
    ----------
    values : float64 array of shape (n,)
        NaN counts as missing.

    References
    ----------
    Huber 1964, Robust estimation of a location parameter, doi:10.1214/aoms/1177703732
    """
    present = np.isfinite(values)
    if np.count_nonzero(present) < max(_FEWEST_SAMPLES, len(values) // 4):
        return None
    middle = float(np.median(values[present]))
    size = float(np.max(np.abs(values[present] - middle)))
    if not 0.0 < size < np.inf:
        return None
    places, blocks = _block_means(np.where(present, (values - middle) / size, np.nan))
    if len(blocks) < _FEWEST_BLOCKS:
        return None
    waves = _count_waves(places, blocks)
    if waves is None:
        return None
    count, doubt = waves
    fitted = _robust_fit(_basis(places, len(values), count), blocks)
    curve = np.interp(np.arange(len(values)), places, fitted)
    curve -= np.median(curve)
    rest = (values[present] - middle) / size - curve[present]
    if float(np.std(curve)) < _WORTH_IT * float(np.std(rest)):
        return None
    return Drift(values=curve * size, size=float(np.ptp(curve)) * size, shortest_period=2.0 * len(values) / count, doubt=doubt)


def _block_means(values: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Middles and means of `_BLOCKS_PER_WAVE` blocks for each of the fastest waves, or of fewer; none without a number."""
    n = len(values)
    count = min(n, _BLOCKS_PER_WAVE * _WAVES[-1])
    edges = np.linspace(0, n, count + 1).astype(np.int64)
    present = np.isfinite(values)
    numbers = np.add.reduceat(present, edges[:-1])
    sums = np.add.reduceat(np.where(present, values, 0.0), edges[:-1])
    middles = 0.5 * (edges[:-1] + edges[1:] - 1)
    known = numbers > 0
    return np.asarray(middles[known], dtype=np.float64), np.asarray(sums[known] / numbers[known], dtype=np.float64)


def _count_waves(places: Float64Array, blocks: Float64Array) -> tuple[int, str] | None:
    """The fewest half waves that describe a drift, and the doubt about it; None where there is none."""
    power = _wave_powers(places, blocks)
    for count in _WAVES:
        if 9 * count >= len(power):
            return None
        low, valley, beyond = power[1 : count // 2 + 1], power[count + 1 : 3 * count + 1], power[3 * count + 1 : 9 * count + 1]
        floor = float(np.mean(valley))
        if floor > _MOST_FALL * float(np.mean(beyond)) or float(np.mean(low)) < _STANDS_OUT * floor:
            continue
        top = int(np.argmax(low)) + 1
        if top >= _OSCILLATES and float(np.sum(low[: top // 2])) < _RED * float(np.sum(low)):
            return None
        return count, _doubt(power, count)
    return None


_NOTHING_ELSE = "Apart from it there is only noise, so it may be the signal itself: then keep it."
_REGULAR = "It goes up and down regularly, so it may be part of the signal: then keep it."


def _doubt(power: Float64Array, count: int) -> str:
    """Why it may be the signal, in a whole sentence; "" where something else is there and the drift is irregular."""
    faster = power[3 * count + 1 :]
    smooth = np.convolve(faster, np.ones(9) / 9.0, mode="valid")
    if not smooth.size or smooth.max() < _SIGNAL * float(np.median(faster)) / _MEDIAN:
        return _NOTHING_ELSE
    low = power[1 : count + 1]
    top = int(np.argmax(low))
    line = float(np.sum(low[max(top - 1, 0) : top + 2]))
    return _REGULAR if top + 1 >= _FEWEST_REGULAR and line > _LINE * float(low.sum()) else ""


def _wave_powers(places: Float64Array, blocks: Float64Array) -> Float64Array:
    """Power of the cosines of 0, 1, 2 .. half waves over the record, without the straight line between its ends."""
    even = np.interp(np.linspace(places[0], places[-1], len(blocks)), places, blocks)
    spread = np.median(np.abs(even - np.median(even))) / GAUSSIAN_MEDIAN
    even = np.clip(even, np.median(even) - 6.0 * spread, np.median(even) + 6.0 * spread) if spread > 0.0 else even
    mirrored = np.concatenate([even, even[::-1]])
    return np.asarray(np.abs(np.fft.rfft(mirrored)) ** 2, dtype=np.float64)


def _basis(places: Float64Array, n: int, waves: int) -> Float64Array:
    """A constant, a line, and the cosines of 1 .. waves half waves over the record, at `places`; (len(places), waves + 2)."""
    along = (places + 0.5) / n
    return np.column_stack([np.ones_like(along), along - 0.5, *(np.cos(np.pi * k * along) for k in range(1, waves + 1))])


def _robust_fit(basis: Float64Array, values: Float64Array) -> Float64Array:
    """Huber's regression by repeated weighting; shape as `values`."""
    weights = np.ones(len(values))
    fitted = values
    for _ in range(_ROUNDS):
        root = np.sqrt(weights)
        fitted = basis @ np.linalg.lstsq(basis * root[:, None], values * root, rcond=1e-10)[0]
        away = np.abs(values - fitted)
        spread = float(np.median(away)) / GAUSSIAN_MEDIAN
        if spread == 0.0:
            break
        weights = np.minimum(1.0, _HUBER * spread / np.maximum(away, 1e-300))
    return fitted
