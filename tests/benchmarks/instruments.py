"""The suite "instruments": noise as instruments make it, on series with known truth, by seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.signal import butter, lfilter, sosfilt, sosfreqz

from denoise_core.series import Float64Array
from tests.benchmarks import repeating

N = 2048
SNRS = (3, 10)
_SETTLE = 512  # samples discarded before a filter's noise is used

Rng = np.random.Generator


class Pair(NamedTuple):
    """What is to be found, and what was recorded."""

    clean: Float64Array
    noisy: Float64Array


def crossing_chirps(n: int, rng: Rng) -> Float64Array:
    """One rises and one falls over most of the band, beside a steady tone that starts late."""
    place = np.arange(n) / n
    rising = np.sin(2 * np.pi * n * (0.03 * place + 0.18 * place**2) + rng.uniform(0, 6))
    falling = np.sin(2 * np.pi * n * (0.44 * place - 0.16 * place**2) + rng.uniform(0, 6))
    return rising + 0.7 * falling + 0.5 * np.sin(0.9 * np.arange(n)) * (place > rng.uniform(0.4, 0.6))


def knocks(n: int, rng: Rng) -> Float64Array:
    """Sharp knocks at even distances beside a hum of three tones."""
    index = np.arange(n)
    total = 0.4 * sum(np.sin(f * index + rng.uniform(0, 6)) for f in (0.11, 0.55, 1.9))
    for at in np.arange(rng.uniform(0, 90), n, 97.0):
        after = np.maximum(index - at, 0.0)
        total += 3.0 * (index >= at) * np.exp(-after / 2.5) * np.cos(1.7 * after)
    return np.asarray(total)


SERIES: dict[str, Callable[[int, Rng], Float64Array]] = {
    **repeating.SERIES,
    "crossing chirps": crossing_chirps,
    "knocks": knocks,
}


def band_limited(rng: Rng, order: int, cut: float, n: int = N) -> Float64Array:
    """White noise behind a Butterworth low-pass with its cut-off at `cut` of the rate; of variance 1."""
    sections = butter(order, 2 * cut, output="sos")
    _, response = sosfreqz(sections, 4096)
    white = rng.standard_normal(n + _SETTLE)
    return np.asarray(sosfilt(sections, white)[_SETTLE:] / np.sqrt(np.mean(np.abs(response) ** 2)))


def resonant(rng: Rng) -> Float64Array:
    """AR(2) noise with a broad resonance, of variance 1."""
    radius, frequency = 0.85, rng.uniform(0.08, 0.35)
    weights = [1.0, -2 * radius * np.cos(2 * np.pi * frequency), radius**2]
    gain = 1.0 / np.abs(np.polyval(weights[::-1], np.exp(-1j * np.linspace(0, np.pi, 4097))))
    noise = lfilter([1.0], weights, rng.standard_normal(N + _SETTLE))[_SETTLE:]
    return np.asarray(noise / np.sqrt(np.mean(gain**2)))


def pink(rng: Rng) -> Float64Array:
    """Power 1 / f above 1 / 1024 of the rate, of variance 1."""
    shape = np.maximum(np.fft.rfftfreq(2 * N), 1 / 1024) ** -0.5
    shape /= np.sqrt(np.mean(shape**2))
    spectrum = shape * (rng.standard_normal(len(shape)) + 1j * rng.standard_normal(len(shape)))
    return np.asarray(np.fft.irfft(spectrum, n=2 * N)[:N] * np.sqrt(N))


def _additive(make: Callable[[Rng], Float64Array]) -> Callable[[Float64Array, float, Rng], Pair]:
    return lambda clean, sd, rng: Pair(clean, clean + sd * make(rng))


def _quantise(clean: Float64Array, sd: float, rng: Rng) -> Pair:
    """White noise, and steps of 1.5 of its sd."""
    return Pair(clean, np.round((clean + sd * rng.standard_normal(N)) / (1.5 * sd)) * 1.5 * sd)


def _counts(clean: Float64Array, sd: float, rng: Rng) -> Pair:
    """Poisson counts whose mean is the signal above a dark level, as many as make the noise so strong on average."""
    above = clean - clean.min() + 0.1 * np.ptp(clean)
    rate = above * above.mean() / sd**2
    return Pair(rate, rng.poisson(rate).astype(np.float64))


def _signal_dependent(clean: Float64Array, sd: float, rng: Rng) -> Pair:
    """White noise that is stronger where the signal is large."""
    level = 0.3 + np.abs(clean - np.median(clean)) / clean.std()
    return Pair(clean, clean + sd * level / np.sqrt(np.mean(level**2)) * rng.standard_normal(N))


def _with_hum(clean: Float64Array, sd: float, rng: Rng) -> Pair:
    """White noise; mains hum with an overtone belongs to what was recorded, and stays unless its removal is asked for."""
    index = np.arange(N)
    hum = np.sin(2 * np.pi * 0.05 * index + rng.uniform(0, 6)) + 0.4 * np.sin(2 * np.pi * 0.15 * index + rng.uniform(0, 6))
    return Pair(clean + sd * hum, clean + sd * (hum + rng.standard_normal(N)))


def _with_drift(clean: Float64Array, sd: float, rng: Rng) -> Pair:
    """White noise; a baseline that wanders belongs to what was recorded, likewise."""
    drift = np.interp(np.arange(N), np.linspace(0, N, 6), np.cumsum(rng.standard_normal(6)) * clean.std())
    return Pair(clean + drift, clean + drift + sd * rng.standard_normal(N))


NOISES: dict[str, Callable[[Float64Array, float, Rng], Pair]] = {
    "white": _additive(lambda rng: rng.standard_normal(N)),
    "low-pass 2 at 5 %": _additive(lambda rng: band_limited(rng, 2, 0.05)),
    "low-pass 4 at 10 %": _additive(lambda rng: band_limited(rng, 4, 0.10)),
    "low-pass 4 at 25 %": _additive(lambda rng: band_limited(rng, 4, 0.25)),
    "low-pass 8 at 45 %": _additive(lambda rng: band_limited(rng, 8, 0.45)),
    "AR(2)": _additive(resonant),
    "pink": _additive(pink),
    "quantised": _quantise,
    "counts": _counts,
    "follows the signal": _signal_dependent,
    "humming": _with_hum,
    "drifting": _with_drift,
}


NAMES = tuple(f"{name}|{noise}" for noise in NOISES for name in SERIES)
"""Of the scenarios: series and noise."""


def pair(name: str, snr: float, noise: str, seed: int) -> Pair:
    """One series of the suite, of N samples."""
    rng = np.random.default_rng([seed, N, 3])
    clean = SERIES[name](N, rng)
    return NOISES[noise](clean, float(clean.std()) / snr, rng)
