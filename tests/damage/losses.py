"""What a damage of full size takes out of a signal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from denoise_core.series import Float64Array
from tests.damage.signals import Rng, Signal

Harm = Callable[[Signal, Rng], Float64Array]
"""Gives an array of shape (n,)."""


def attenuation(signal: Signal, rng: Rng) -> Float64Array:
    del rng
    return signal.part


def averaging(signal: Signal, rng: Rng) -> Float64Array:
    return signal.part - uniform_filter1d(signal.part, int(2 ** rng.uniform(2.5, 5)))


def blurring(signal: Signal, rng: Rng) -> Float64Array:
    return signal.part - gaussian_filter1d(signal.part, 2 ** rng.uniform(1, 4))


def clipping(signal: Signal, rng: Rng) -> Float64Array:
    limit = rng.uniform(0.3, 0.8) * np.abs(signal.part).max()
    return signal.part - np.clip(signal.part, -limit, limit)


def saturation(signal: Signal, rng: Rng) -> Float64Array:
    limit = rng.uniform(0.5, 1.2) * np.abs(signal.part).max()
    return signal.part - limit * np.tanh(signal.part / limit)


def fading(signal: Signal, rng: Rng) -> Float64Array:
    """The more, the later."""
    return signal.part * np.linspace(0.0, 1.0, len(signal.part)) ** rng.uniform(0.5, 2.0)


def weakening(signal: Signal, rng: Rng) -> Float64Array:
    """Every third event or so, in part."""
    return _some(signal, rng.random(len(signal.peaks)) < 0.35)


def weakening_for_a_while(signal: Signal, rng: Rng) -> Float64Array:
    """All events of one stretch, in part."""
    first = int(rng.integers(0, max(1, len(signal.peaks) - 3)))
    chosen = np.zeros(len(signal.peaks), dtype=bool)
    chosen[first : first + max(2, len(signal.peaks) // 4)] = True
    return _some(signal, chosen)


def missed_events(signal: Signal, rng: Rng) -> Float64Array:
    """One to three events altogether."""
    chosen = np.zeros(len(signal.peaks), dtype=bool)
    chosen[rng.permutation(len(signal.peaks))[: rng.integers(1, 4)]] = True
    return _some(signal, chosen)


IN_FULL = frozenset({missed_events})
"""Damages that are not scaled to a size that is drawn."""


def _some(signal: Signal, chosen: np.ndarray) -> Float64Array:
    """The part about the chosen events: each ends half way to its neighbours."""
    peaks = np.array(signal.peaks)
    nearest = np.searchsorted((peaks[1:] + peaks[:-1]) / 2, np.arange(len(signal.part)))
    return np.where(chosen[nearest], signal.part, 0.0)
