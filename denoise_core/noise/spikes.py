"""Which samples are spikes: single ones that stand out from their neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.noise.envelope import local_levels
from denoise_core.noise.white_level import ROUNDING, level
from denoise_core.series import Float64Array

SPIKE_SDS = 5.0  # above the highest of four neighbours, which lies one sd above their level
# A peak of the signal climbs before its top, a spike does not: it must exceed its four neighbours by twice what these differ.
# Without this the eleven cusps of Bumps are spikes.
_STEEPNESS = 2.0
_SHORTEST = 32  # samples; below, a peak is as likely
_ROUNDS = 4  # the noise is measured again without the spikes found

_REACH = 6  # samples before and after a spike
# Of the sum of squares of what is common to the surroundings of the spikes, in units of chance: 43 at most where spikes were
# added at random to the test signals, but for one of vibration (83); 117 and more for 21 of 23 trains of knocks and impulses.
_COMMON = 60.0
# Variance of what is left over that of its noise: 0.5 to 1.3 for trains of impulses, 1.8 and more for the test signals at SNR 1.
_NOTHING_ELSE = 1.35
_TESTED_SAMPLES = 2**18
_EVEN = 6.0  # above the log of n / 2: random places have so great a power at one of n / 2 frequencies once in 400 records


def find_spikes(values: Float64Array) -> NDArray[np.bool_]:
    """True where ``y[t]`` lies SPIKE_SDS of the local noise above, or below, all of ``y[t-2], y[t-1], y[t+1], y[t+2]``.

    These four are taken without the slope of the line through them, so that a spike is found on a steep flank as well.
    The first and last two samples and those beside a missing one are never called spikes; shape (n,).
    """
    found = np.zeros(len(values), dtype=bool)
    if len(values) < _SHORTEST:
        return found
    excess, spread = _excess_over_neighbours(values)
    least = max(_smallest_step(values) / 2, ROUNDING * float(np.nanmax(np.abs(values), initial=0.0)))
    for _ in range(_ROUNDS):
        calm = np.where(found, np.nan, values)
        usual = np.maximum(local_levels(calm), max(level(calm), least))
        now = (excess > SPIKE_SDS * usual) & (excess > _STEEPNESS * spread)
        if not (now & ~found).any():
            break
        found = now
    return found


def are_events(values: Float64Array, found: NDArray[np.bool_]) -> bool:
    """Whether the spikes are the tops of knocks, pulses or the like, and so belong to the signal.

    They are where the samples around them have something in common, or where they come at nearly even intervals: disturbances do
    not know of each other. And where the record holds nothing else but noise: without them, nothing would be left.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Gaps interpolated.
    found : bool array of shape (n,)
        Of `find_spikes`.
    """
    if found.any() and _is_noise(np.where(found, np.nan, values)):
        return True
    places = np.flatnonzero(found)
    places = places[(places >= _REACH) & (places < len(values) - _REACH)]
    if len(places) < 2:
        return False
    offsets = np.delete(np.arange(-_REACH, _REACH + 1), _REACH)
    around = values[places[:, None] + offsets]
    signs = np.sign(values[places] - np.median(around, axis=1))
    line = np.vander(offsets, 2).astype(float)
    shapes = signs[:, None] * (around - around @ (line @ np.linalg.pinv(line)))
    by_chance = np.mean(np.var(shapes, axis=0, ddof=1)) / len(places)
    common = float(np.sum(np.mean(shapes, axis=0) ** 2))
    return common > _COMMON * by_chance or _are_even(found[:_TESTED_SAMPLES])


def _is_noise(values: Float64Array) -> bool:
    return float(np.nanvar(values)) < _NOTHING_ELSE * level(values) ** 2


def _are_even(found: NDArray[np.bool_]) -> bool:
    """Whether spikes come at nearly even intervals, by the greatest power in the spectrum of their places.

    Of random places the power over their number is exponential, of mean 1, at each frequency.
    """
    number, n = int(np.count_nonzero(found)), len(found)
    spectrum = np.fft.rfft(found - number / n)
    return bool(np.max(np.abs(spectrum)) ** 2 > number * (np.log(n / 2) + _EVEN))


def share_of(found: NDArray[np.bool_]) -> float:
    """Share of spikes: of those at random places ``(1 - share)**4`` have no other among their four neighbours, and are found."""
    share = float(np.mean(found))
    return min(1.0, share / (1.0 - share) ** 4) if share < 1.0 else 1.0


def _excess_over_neighbours(values: Float64Array) -> tuple[Float64Array, Float64Array]:
    """By how much each sample exceeds the range of its four neighbours, and the width of that range; shapes (n,)."""
    padded = np.pad(values, 2, constant_values=np.nan)
    around = np.stack([padded[shift : shift + len(values)] for shift in (0, 1, 3, 4)])
    offsets = np.array([-2.0, -1.0, 1.0, 2.0])[:, None]
    around -= offsets * np.sum(offsets * around, axis=0) / np.sum(offsets**2)
    highest, lowest = around.max(axis=0), around.min(axis=0)
    return np.maximum(values - highest, lowest - values), highest - lowest


def _smallest_step(values: Float64Array) -> float:
    """The least difference between neighbours that is not zero: of counts 1, of numbers with all their digits next to nothing."""
    steps = np.abs(np.diff(values))
    steps = steps[steps > ROUNDING * np.nanmax(np.abs(values), initial=0.0)]
    return float(steps.min()) if steps.size else 0.0
