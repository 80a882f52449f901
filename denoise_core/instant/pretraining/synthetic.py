"""Synthetic signals with known truth, and their noise: what the network is pretrained on.

The benchmark is excluded: no row resembles one of `excluded_benchmark.FUNCTIONS` (or its mirror image) over its whole length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.instant.nonlocal_features import nonlocal_features
from denoise_core.instant.pretraining import shapes, waves
from denoise_core.instant.pretraining.excluded_benchmark import resemblance
from denoise_core.instant.pretraining.shapes import Rng, log_uniform, standardise
from denoise_core.series import Float32Array, Float64Array

KINDS: dict[str, Callable[[Rng, int, int], Float64Array]] = {
    "steps": shapes.steps,
    "polynomials": shapes.polynomials,
    "broken lines": shapes.broken_lines,
    "bumps": shapes.bumps,
    "pulse trains": shapes.pulse_trains,
    "cycles": waves.cycles,
    "heartbeats": shapes.heartbeats,
    "bursts": shapes.bursts,
    "tooth waves": shapes.tooth_waves,
    "smooth": waves.smooth,
    "fractal": waves.fractal,
    "walks": waves.walks,
    "resonances": waves.resonances,
    "chirps": waves.chirps,
    "harmonics": waves.harmonics,
    "machines": waves.machines,
    "drifts": waves.drifts,
    "intermittent": waves.intermittent,
}
WEIGHTS = {"steps": 2.0, "bumps": 3.0, "polynomials": 1.5, "broken lines": 1.5, "smooth": 2.0, "chirps": 1.5, "cycles": 1.5}
"""How often a kind is drawn; 1 where it is not named."""

MAX_RESEMBLANCE = 0.97
"""A row that correlates more than this with an excluded function is not used."""

SNR = (0.5, 20.0)

LEVELS = (-4.0, 2.5)
"""Least and greatest log of the noise sd, relative to the window's."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`inputs` (count, 8, length) as the network takes them; in the same unit the signal and the log of the noise's sd."""

    inputs: Float32Array
    clean: Float32Array
    level: Float32Array


def clean_signals(rng: Rng, count: int, length: int) -> Float64Array:
    """Rows of mean 0 and sd 1, of every kind, alone or two or three together; shape (count, length)."""
    total = standardise(_draw(rng, count, length))
    for share in (0.4, 0.12):
        joined = rng.random((count, 1)) < share
        total = np.where(joined, total + log_uniform(rng, 0.15, 1.5, count) * standardise(_draw(rng, count, length)), total)
    total = standardise(_instrument(rng, standardise(total)))
    total *= rng.choice([-1.0, 1.0], (count, 1))
    rejected = (resemblance(total) > MAX_RESEMBLANCE) | (np.std(total, axis=1) < 0.5)
    if rejected.any():
        total[rejected] = clean_signals(rng, int(rejected.sum()), length)
    return total


def _draw(rng: Rng, count: int, length: int) -> Float64Array:
    weights = np.array([WEIGHTS.get(name, 1.0) for name in KINDS])
    chosen = rng.choice(len(KINDS), count, p=weights / weights.sum())
    total = np.empty((count, length))
    for number, kind in enumerate(KINDS.values()):
        rows = np.flatnonzero(chosen == number)
        if rows.size:
            total[rows] = kind(rng, rows.size, length)
    backwards = rng.random(count) < 0.5
    total[backwards] = total[backwards, ::-1]
    return total


def _instrument(rng: Rng, values: Float64Array) -> Float64Array:
    """Effects of instruments: saturation, rounding, a logarithmic response; most rows stay as they are."""
    count, fate = len(values), rng.random((len(values), 1))
    low, high = -rng.uniform(0.3, 2.0, (count, 1)), rng.uniform(0.3, 2.0, (count, 1))
    step = log_uniform(rng, 0.1, 1.0, count)
    bent = np.exp(np.clip(values, -4, 3) * rng.uniform(0.4, 1.2, (count, 1)))
    return np.select(
        [fate < 0.06, fate < 0.1, fate < 0.15], [np.clip(values, low, high), np.round(values / step) * step, bent], values
    )


def batch(rng: Rng, clean: Float64Array, *, snr: Float64Array | None = None) -> Batch:
    """White noise on rows of sd 1, as the network sees them: in units of the noise, around a robust centre.

    In a quarter of the rows the noise level varies, and may be stated correctly, wrongly or as constant; in a tenth samples are
    missing; the stated unit errs, in one row of ten by much; one row of ten has no non-local features. With `snr`, of shape
    (count, 1), the rows are plain: constant level, nothing missing, no errors.
    """
    count, length = clean.shape
    plain = snr is not None
    level = np.zeros((count, length)) if plain else _log_envelope(rng, count, length)
    signal = clean * (log_uniform(rng, *SNR, count) if snr is None else snr)
    noisy = signal + np.exp(level) * rng.standard_normal((count, length))
    unit = np.ones((count, 1)) if plain else np.exp(_unit_error(rng, count))
    noisy, signal = noisy / unit, signal / unit
    centre = np.median(noisy, axis=1, keepdims=True)
    noisy, signal = noisy - centre, signal - centre
    mask = np.ones((count, length)) if plain else _mask(rng, count, length)
    filled = np.array([interpolate_gaps(row, missing=gaps) for row, gaps in zip(noisy, mask == 0, strict=True)])
    features = np.stack([nonlocal_features(row) for row in filled]) * (plain | (rng.random((count, 1, 1)) < 0.9))
    stated = level if plain else _stated_level(rng, level)
    inputs = np.concatenate([np.stack([filled, mask, stated], axis=1), features], axis=1)
    true = level - np.log(unit)
    return Batch(inputs=inputs.astype(np.float32), clean=signal.astype(np.float32), level=true.astype(np.float32))


def _unit_error(rng: Rng, count: int) -> Float64Array:
    """Log of the error of the stated noise level; shape (count, 1)."""
    return np.where(rng.random((count, 1)) < 0.1, 0.25, 0.04) * rng.standard_normal((count, 1))


def _log_envelope(rng: Rng, count: int, length: int) -> Float64Array:
    """Log of the noise sd, its mean square 1; zero in three rows of four."""
    moves, kind = rng.random((count, 1)) < 0.25, rng.random((count, 1))
    makers = (waves.smooth, shapes.steps, shapes.bumps, shapes.pulse_trains)
    shape = np.select(
        [kind < share for share in (0.4, 0.65, 0.85, 1.0)], [standardise(make(rng, count, length)) for make in makers]
    )
    shape *= rng.choice([-1.0, 1.0], (count, 1))
    above = shape - shape.min(axis=1, keepdims=True)
    by_variance = 0.5 * np.log(above / np.maximum(above.max(axis=1, keepdims=True), 1e-9) + log_uniform(rng, 1e-4, 1.0, count))
    level = np.where(rng.random((count, 1)) < 0.5, by_variance, rng.uniform(0.1, 1.0, (count, 1)) * shape)
    level = np.clip(level - 0.5 * np.log(np.mean(np.exp(2 * level), axis=1, keepdims=True)), *LEVELS)
    return np.asarray(moves * (level - 0.5 * np.log(np.mean(np.exp(2 * level), axis=1, keepdims=True))))


def _stated_level(rng: Rng, level: Float64Array) -> Float64Array:
    """The level as stated: constant, correct, or off by a slowly varying error; constant rows seldom err."""
    count, length = level.shape
    moves, kind = (level != 0.0).any(axis=1, keepdims=True), rng.random((count, 1))
    error = rng.uniform(0.1, 0.5, (count, 1)) * standardise(waves.smooth(rng, count, length))
    erring = level + error * np.where(moves, kind > 0.6, kind > 0.88)
    stated = np.where(moves & (kind < 0.3), 0.0, np.clip(erring, *LEVELS))
    return np.asarray(stated - 0.5 * np.log(np.mean(np.exp(2 * stated), axis=1, keepdims=True)))


def _mask(rng: Rng, count: int, length: int) -> Float64Array:
    """1 where measured: single samples and stretches are missing in one row of ten."""
    gappy = rng.random((count, 1)) < 0.1
    single = rng.random((count, length)) < log_uniform(rng, 0.005, 0.3, count)
    long = waves.smooth(rng, count, length)
    stretch = long > np.quantile(long, 1.0 - rng.uniform(0.01, 0.2, (count, 1))[0, 0], axis=1, keepdims=True)
    missing = gappy & np.where(rng.random((count, 1)) < 0.5, single, stretch)
    missing[:, length // 2] = False
    return (~missing).astype(float)
