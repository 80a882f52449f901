"""Whether the noise is autocorrelated, and up to which lag: an AR(1) fit to its spectrum."""

from __future__ import annotations

from functools import cache

import numpy as np

from denoise_core.noise.spectrum import Floor, expected_power
from denoise_core.series import Float64Array

# The blind gap is the least lag at which the noise's autocorrelation, rho ** lag, has fallen below SMALL.
SMALL = 0.1
MOST_GAP = 64  # samples

# At the end of the grid noise is as smooth as a random walk, or as a signal: then only the upper frequencies count.
_GRID = np.round(np.concatenate([np.arange(0.0, 0.9, 0.02), np.arange(0.9, 0.955, 0.01)]), 3)
_IMPROVEMENT = 10.0  # of chi-squared, by which AR(1) must fit better than white: more than 3 sds of one parameter
_LEAST = 0.25  # a correlation below this costs next to nothing at a gap of 1, and a signal may cause it
_MODEL_ERROR = 0.06  # of a bin's log power: no noise is exactly AR(1), and some signal is always left
_PLAUSIBLE = 3.09  # of a Gaussian: one fit in a thousand is that bad by chance
_SURPRISE = 2.4  # sds: the mean of three bins' excess over the prediction of the fit above them, times root three
_NEIGHBOURS = (1.0, 0.52, 0.13, 0.03)  # correlation of bins under Hann's window


def ar1_of(floor: Floor) -> tuple[float, float]:
    """Correlation of neighbouring samples and marginal sd of the noise with this spectrum; (0, sd) if it may be white.

    AR(1) is accepted where it fits clearly better than white noise at the frequencies that are SURELY_NOISE. Then the fit is
    extended down as far as one such shape explains the spectrum: below, the signal is in it.
    """
    misfits, _ = _misfits(floor, floor.upper)
    if misfits[0] - misfits.min() < _IMPROVEMENT or misfits.min() > _largest_misfit(len(floor.power) - floor.upper - 2):
        return 0.0, floor.white_sd
    correlation, sd = _least_plausible(floor, _reach(floor))
    if correlation == _GRID[-1]:
        correlation, sd = _least_plausible(floor, floor.upper)
    return (correlation, sd) if correlation >= _LEAST else (0.0, floor.white_sd)


def _least_plausible(floor: Floor, lowest: int) -> tuple[float, float]:
    """Of the correlations within one sd of the best the least, since a signal can only add to it; and the sd with it."""
    misfits, levels = _misfits(floor, lowest)
    least = int(np.argmax(misfits <= misfits.min() + 1.0))
    return float(_GRID[least]), float(np.exp(levels[least] / 2))


def _largest_misfit(freedom: int) -> float:
    """Chi-squared at _PLAUSIBLE, after Wilson and Hilferty 1931, doi:10.1073/pnas.17.12.684."""
    spread = np.sqrt(2.0 / (9.0 * freedom))
    return float(freedom * (1.0 - spread**2 + _PLAUSIBLE * spread) ** 3)


def _reach(floor: Floor) -> int:
    """The lowest bin down to which each is predicted by the AR(1) fit to those above it."""
    surprises: list[float] = []
    misfits, levels = _misfits(floor, floor.upper)
    for lowest in range(floor.upper - 1, -1, -1):
        best = int(np.argmin(misfits))
        excess = np.log(floor.power[lowest]) - _shapes(floor.length)[best, lowest] - levels[best]
        before = misfits[best]
        misfits, levels = _misfits(floor, lowest)
        surprises = [*surprises[-2:], float(np.copysign(np.sqrt(max(misfits.min() - before, 0.0)), excess))]
        if sum(surprises) > _SURPRISE * np.sqrt(len(surprises)):
            return lowest + len(surprises)
    return 0


def _misfits(floor: Floor, lowest: int) -> tuple[Float64Array, Float64Array]:
    """Chi-squared and best log power of each correlation in _GRID, over the bins from `lowest` on; shapes (grid,)."""
    logs = np.log(floor.power[lowest:]) - _shapes(floor.length)[:, lowest:]
    certainty = _certainty(floor, len(floor.power) - lowest)
    levels = logs @ certainty.sum(axis=0) / certainty.sum()
    rest = logs - levels[:, None]
    return np.einsum("gi,ij,gj->g", rest, certainty, rest, optimize=True), levels


def _certainty(floor: Floor, count: int) -> Float64Array:
    """Inverse covariance of `count` neighbouring bins' log powers."""
    apart = np.abs(np.arange(count)[:, None] - np.arange(count))
    shared = np.array([*_NEIGHBOURS, 0.0])[np.minimum(apart, len(_NEIGHBOURS))]
    return np.asarray(np.linalg.inv(floor.error**2 * shared + _MODEL_ERROR**2 * np.eye(count)), dtype=np.float64)


@cache
def _shapes(length: int) -> Float64Array:
    """Log power of AR(1) noise of sd 1 at the bins of a segment, for each correlation in _GRID; shape (grid, bins)."""
    return np.log([expected_power(rho ** np.arange(length)) for rho in _GRID])


def gap_for(correlation: float, n: int) -> int:
    """Least lag at which ``correlation ** lag < SMALL``; at most MOST_GAP and an eighth of n, at least 1."""
    lag = int(np.floor(np.log(SMALL) / np.log(correlation))) + 1 if correlation > 0 else 1
    return max(1, min(lag, MOST_GAP, n // 8))
