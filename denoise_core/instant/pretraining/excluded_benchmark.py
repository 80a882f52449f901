"""The functions that must not be among the training signals: those of the benchmark, and HeaviSine.

Seven functions as Xing, Carbonetto and Stephens use them (JMLR 22, 2021), after Donoho and Johnstone; ``t = (1 .. n) / n``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from denoise_core.series import Float64Array

_PLACES = np.array([0.1, 0.13, 0.15, 0.23, 0.25, 0.4, 0.44, 0.65, 0.76, 0.78, 0.81])


def _spikes(t: Float64Array) -> Float64Array:
    pulses = ((0.75, 500, 0.23), (1.5, 2000, 0.33), (3.0, 8000, 0.47), (2.25, 16000, 0.69), (0.5, 32000, 0.83))
    total = sum((h * np.exp(-k * (t - at) ** 2) for h, k, at in pulses), np.zeros(len(t)))
    return np.asarray((1.0 + total) / 5.0)


def _bumps(t: Float64Array) -> Float64Array:
    height = 2.97 / 5 * np.array([4, 5, 3, 4, 5, 4.2, 2.1, 4.3, 3.1, 5.1, 4.2])
    width = np.array([0.005, 0.005, 0.006, 0.01, 0.01, 0.03, 0.01, 0.01, 0.005, 0.008, 0.005])
    return np.asarray((1.0 + (height / (1.0 + np.abs(t[:, None] - _PLACES) / width) ** 4).sum(axis=1)) / 5.0)


def _blocks(t: Float64Array) -> Float64Array:
    height = 2.88 / 5 * np.array([4, -5, 3, -4, 5, -4.2, 2.1, 4.3, -3.1, 2.1, -4.2])
    f = (height * (1.0 + np.sign(t[:, None] - _PLACES)) / 2.0).sum(axis=1)
    return np.asarray(0.2 + 0.6 * (f - f.min()) / (f - f.min()).max())


def _angles(t: Float64Array) -> Float64Array:
    pieces = [2 * t + 0.5, -12 * (t - 0.15) + 0.8, 0 * t + 0.2, 6 * (t - 0.5) + 0.2]
    pieces += [-10 * (t - 0.6) + 0.8, -0.5 * (t - 0.65) + 0.3, 2 * (t - 0.85) + 0.2]
    s = np.select([t <= end for end in (0.15, 0.2, 0.5, 0.6, 0.65, 0.85)], pieces[:-1], pieces[-1])
    return np.asarray((1.0 + 0.6 * (5 * s / np.ptp(s) - 1.6) - 0.0419569) / 5.0)


def _doppler(t: Float64Array) -> Float64Array:
    f = np.sqrt(t * (1 - t)) * np.sin(2 * np.pi * 1.05 / (t + 0.05))
    return np.asarray((1.0 + 3.0 * (f - f.min()) / np.ptp(f)) / 5.0)


def _blip(t: Float64Array) -> Float64Array:
    left = 0.32 + 0.6 * t + 0.3 * np.exp(-100 * (t - 0.3) ** 2)
    return np.where(t <= 0.8, left, -0.28 + 0.6 * t + 0.3 * np.exp(-100 * (t - 1.3) ** 2))


def _corner(t: Float64Array) -> Float64Array:
    middle, right = 187.161 * (0.125 - t**3) * t**4, 3708.470441 * (t - 1) ** 3
    f = np.select([t <= 0.5, t <= 0.8], [623.87 * t**3 * (1 - 2 * t), middle], right)
    f = 0.6 * f / np.ptp(f)
    return np.asarray(f - f.min() + 0.2)


def _heavisine(t: Float64Array) -> Float64Array:
    return np.asarray(4 * np.sin(4 * np.pi * t) - np.sign(t - 0.3) - np.sign(0.72 - t))


SEVEN: dict[str, Callable[[Float64Array], Float64Array]] = {
    "spikes": _spikes,
    "bumps": _bumps,
    "blocks": _blocks,
    "angles": _angles,
    "doppler": _doppler,
    "blip": _blip,
    "corner": _corner,
}
FUNCTIONS = {**SEVEN, "heavisine": _heavisine}


@cache
def _spectra(length: int) -> np.ndarray[tuple[int, ...], np.dtype[np.complex128]]:
    """Conjugate spectra of the functions at sd 1, forwards and backwards; (2 * functions, length / 2 + 1)."""
    t = np.arange(1, length + 1) / length
    rows = np.stack([f(t) for f in FUNCTIONS.values()])
    rows = (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
    return np.asarray(np.conj(np.fft.rfft(np.concatenate([rows, rows[:, ::-1]]), axis=1)))


def resemblance(signals: Float64Array) -> Float64Array:
    """Greatest correlation, in absolute value, of each row with any function at any circular shift; shape (count,).

    Rows of `signals` (count, length) have mean 0; those without variation resemble nothing.
    """
    length = signals.shape[1]
    size = np.maximum(signals.std(axis=1), 1e-12) * length
    spectra, greatest = np.fft.rfft(signals, axis=1), np.zeros(len(signals))
    for function in _spectra(length):
        match = np.abs(np.fft.irfft(spectra * function, n=length, axis=1)).max(axis=1)
        greatest = np.maximum(greatest, match / size)
    return greatest
