"""Single pulses in the residual: neighbours that lie to the same side by more than noise does, at any of several durations."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.findings.finding import Evidence
from denoise_core.assess.findings.normalised import Normalised, pool
from denoise_core.series import Float64Array

_LENGTHS = (4, 8, 16, 32, 64, 128)  # samples
_PLACES = 200


def lost_pulses(given: Normalised) -> Evidence:
    """The duration at which a mean stands out most beyond the greatest that chance makes of so many."""
    found = [_means(given.residual, length) for length in _LENGTHS if 8 * length <= len(given)]
    length, size = max(found, key=lambda one: float(one[1].max()) - _by_chance(len(one[1])))
    best = float(size.max()) - _by_chance(len(size))
    above = np.flatnonzero(size > _by_chance(len(size)) + max(1.0, 0.5 * best))[:_PLACES]
    return Evidence(
        kind="pulses",
        strength=max(0.0, best),
        amplitude=float(size.max()) / float(np.sqrt(length)),
        scale=float(length),
        count=_count(above),
        places=above * (length // 2) + length // 2,
    )


def _means(residual: Float64Array, length: int) -> tuple[int, Float64Array]:
    """Size of the mean over stretches of half overlap, of sd 1 in white noise."""
    half = pool(residual, length // 2)
    return length, np.abs(half[1:] + half[:-1]) / np.sqrt(2.0)


def _by_chance(number: int) -> float:
    return float(np.sqrt(2.0 * np.log(number)))


def _count(places: np.ndarray) -> int:
    """Neighbours count once."""
    return int(np.count_nonzero(np.diff(places, prepend=-9) > 1))
