"""The second suite: repeating and real-like series with known truth, by seed. Knows none of our methods."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from denoise_core.series import Float64Array
from denoise_core.signals import ecg_like, vibration

SNRS = (1, 3, 10)
LENGTHS = (2048, 20_000)


def ringing(n: int, rng: np.random.Generator) -> Float64Array:
    """Two resonances struck again and again at uneven times, each blow of another strength."""
    place, total = np.arange(n), np.zeros(n)
    at = -200.0
    while at < n:
        after = np.maximum(place - at, 0.0) * (place >= at)
        strength = rng.lognormal(0.0, 0.4) * (place >= at)
        total += strength * (np.exp(-after / 40) * np.sin(0.31 * after) + 0.5 * np.exp(-after / 15) * np.sin(0.92 * after))
        at += 180 * rng.uniform(0.6, 1.4)
    return total


def energy(n: int, rng: np.random.Generator) -> Float64Array:
    """Hourly consumption of a building: days with a morning and an evening peak, quieter weekends, weather that drifts."""
    hour, day = np.arange(n) % 24, np.arange(n) // 24
    shape = 0.3 + np.exp(-0.5 * ((hour - 8) / 1.5) ** 2) + 1.4 * np.exp(-0.5 * ((hour - 19) / 2.0) ** 2)
    busy = np.where(day % 7 < 5, 1.0, 0.6) * (1.0 + 0.15 * rng.standard_normal(n // 24 + 1)[day])
    weather = np.interp(np.arange(n), np.arange(0, n + 72, 72), np.cumsum(rng.standard_normal(len(range(0, n + 72, 72)))))
    return np.asarray(shape * busy + 0.3 * weather)


SERIES: dict[str, Callable[[int, np.random.Generator], Float64Array]] = {
    "heartbeats": ecg_like,
    "vibration": vibration,
    "ringing": ringing,
    "energy": energy,
}


def pair(name: str, n: int, snr: float, seed: int) -> tuple[Float64Array, Float64Array]:
    """Clean and noisy, both of shape (n,)."""
    rng = np.random.default_rng([seed, n])
    clean = SERIES[name](n, rng)
    return clean, clean + clean.std() / snr * rng.standard_normal(n)
