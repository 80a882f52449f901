"""Synthetic signals with known truth, and their noise: what the prior learns from. Knows no network.

The benchmark's functions stay out: no row resembles one of `left_out.FUNCTIONS` (or its mirror image) over its whole length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core.instant.noise_colour import TOLD
from denoise_core.instant.nonlocal_features import HINTS, hints
from denoise_core.instant.pretraining import multicomponent, shapes, waves
from denoise_core.instant.pretraining.coloured_noise import draw_noise
from denoise_core.instant.pretraining.excluded_benchmark import resemblance
from denoise_core.instant.pretraining.shapes import Rng, log_uniform, scaled
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
    **multicomponent.KINDS,
}
WEIGHTS = {"steps": 2.0, "bumps": 3.0, "polynomials": 1.5, "broken lines": 1.5, "smooth": 2.0, "chirps": 1.5, "cycles": 1.5}
WEIGHTS |= multicomponent.WEIGHTS
"""How often a kind is drawn; 1 where it is not named."""

MOST_ALIKE = 0.97
"""A row that correlates more than this with a function that is left out is not used."""

SNR = (0.5, 20.0)

_WITH_HINTS, _COUNTED = 0.65, 0.1  # shares of the rows
LEVELS = (-4.0, 2.5)
"""Least and greatest log of the noise sd, relative to the window's."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`inputs` (count, INPUTS, length) and `told` (count, TOLD) as the network takes them; signal, log of the noise sd."""

    inputs: Float32Array
    told: Float32Array
    clean: Float32Array
    level: Float32Array


def clean_signals(rng: Rng, count: int, length: int) -> Float64Array:
    """Rows of mean 0 and sd 1, of every kind, alone or two or three together; shape (count, length)."""
    total = scaled(_drawn(rng, count, length))
    for share in (0.4, 0.12):
        joined = rng.random((count, 1)) < share
        total = np.where(joined, total + log_uniform(rng, 0.15, 1.5, count) * scaled(_drawn(rng, count, length)), total)
    total = scaled(_measured(rng, scaled(total)))
    total *= rng.choice([-1.0, 1.0], (count, 1))
    alike = (resemblance(total) > MOST_ALIKE) | (np.std(total, axis=1) < 0.5)
    if alike.any():
        total[alike] = clean_signals(rng, int(alike.sum()), length)
    return total


def _drawn(rng: Rng, count: int, length: int) -> Float64Array:
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


def _measured(rng: Rng, values: Float64Array) -> Float64Array:
    """What instruments do: saturate, round, answer to the logarithm; most rows stay as they are."""
    count, fate = len(values), rng.random((len(values), 1))
    low, high = -rng.uniform(0.3, 2.0, (count, 1)), rng.uniform(0.3, 2.0, (count, 1))
    step = log_uniform(rng, 0.1, 1.0, count)
    bent = np.exp(np.clip(values, -4, 3) * rng.uniform(0.4, 1.2, (count, 1)))
    return np.select(
        [fate < 0.06, fate < 0.1, fate < 0.15], [np.clip(values, low, high), np.round(values / step) * step, bent], values
    )


def batch(rng: Rng, clean: Float64Array, *, snr: Float64Array | None = None) -> Batch:
    """White noise on rows of sd 1, as the network sees them: in units of the noise, around a robust centre.

    In more than half of the rows it is coloured instead, and its colour and level are told with errors. In a quarter of the rows
    the noise level moves, and may be stated truly, wrongly or as constant; in a tenth samples are missing; some are counts; some
    come without hints. With `snr`, of shape (count, 1), the rows are plain: nothing is coloured, moves, misses or errs.
    """
    count, length = clean.shape
    plain = snr is not None
    size = log_uniform(rng, *SNR, count) if snr is None else snr
    level = np.zeros((count, length)) if plain else moving_levels(rng, clean)
    if plain:
        noise, unit, told = rng.standard_normal((count, length)), np.ones((count, 1)), np.zeros((count, TOLD))
        powers: list[Float64Array | None] = [None] * count
    else:
        drawn = draw_noise(rng, clean, size)
        noise, unit, told, powers = drawn.noise, drawn.unit, drawn.told, drawn.power
    signal, noise = clean * size, np.exp(level) * noise
    if not plain:
        counted = np.array([power is None for power in powers]) & (rng.random(count) < _COUNTED)
        _count(rng, np.flatnonzero(counted), clean, signal, noise, level)
    noisy, signal = (signal + noise) / unit, signal / unit
    centre = np.median(noisy, axis=1, keepdims=True)
    noisy, signal = noisy - centre, signal - centre
    mask = np.ones((count, length)) if plain else _present(rng, count, length)
    filled = np.where(mask > 0, noisy, _bridged(noisy, mask))
    beyond = np.zeros((count, HINTS, length))
    for row in np.flatnonzero(plain | (rng.random(count) < _WITH_HINTS)):
        beyond[row] = hints(filled[row], powers[row])
    stated = level if plain else _stated(rng, level)
    inputs = np.concatenate([np.stack([filled, mask, stated], axis=1), beyond], axis=1)
    true = level - np.log(unit)
    return Batch(
        inputs=inputs.astype(np.float32),
        told=told.astype(np.float32),
        clean=signal.astype(np.float32),
        level=true.astype(np.float32),
    )


def _count(
    rng: Rng, rows: NDArray[np.int64], clean: Float64Array, signal: Float64Array, noise: Float64Array, level: Float64Array
) -> None:
    """Makes these rows counts: integers whose mean is the signal, in units of their noise."""
    for row in rows:
        above = clean[row] - clean[row].min()
        dark = rng.uniform(0.0, 0.7) if rng.random() < 0.5 else 0.0
        rate = float(np.exp(rng.uniform(np.log(0.3), np.log(300.0)))) * (dark + (1.0 - dark) * above / above.mean())
        unit = np.sqrt(rate.mean())
        signal[row], noise[row] = rate / unit, (rng.poisson(rate) - rate) / unit
        level[row] = np.clip(0.5 * np.log(np.maximum(rate, 1e-9) / rate.mean()), *LEVELS)


def moving_levels(rng: Rng, clean: Float64Array) -> Float64Array:
    """Log of the noise sd, its mean square 1; zero in three rows of four; in some it follows the signal."""
    count, length = clean.shape
    moves, kind = rng.random((count, 1)) < 0.25, rng.random((count, 1))
    makers = (waves.smooth, shapes.steps, shapes.bumps, shapes.pulse_trains)
    shape = np.select([kind < share for share in (0.3, 0.5, 0.65, 0.75)], [make(rng, count, length) for make in makers], clean)
    shape = scaled(shape)
    shape *= rng.choice([-1.0, 1.0], (count, 1))
    above = shape - shape.min(axis=1, keepdims=True)
    by_variance = 0.5 * np.log(above / np.maximum(above.max(axis=1, keepdims=True), 1e-9) + log_uniform(rng, 1e-4, 1.0, count))
    level = np.where(rng.random((count, 1)) < 0.5, by_variance, rng.uniform(0.1, 1.0, (count, 1)) * shape)
    level = np.clip(level - 0.5 * np.log(np.mean(np.exp(2 * level), axis=1, keepdims=True)), *LEVELS)
    return np.asarray(moves * (level - 0.5 * np.log(np.mean(np.exp(2 * level), axis=1, keepdims=True))))


def _stated(rng: Rng, level: Float64Array) -> Float64Array:
    """The level as it may be told: constant, as it is, or off by a slowly moving error; constant rows seldom err."""
    count, length = level.shape
    moves, kind = (level != 0.0).any(axis=1, keepdims=True), rng.random((count, 1))
    error = rng.uniform(0.1, 0.5, (count, 1)) * scaled(waves.smooth(rng, count, length))
    erring = level + error * np.where(moves, kind > 0.6, kind > 0.88)
    stated = np.where(moves & (kind < 0.3), 0.0, np.clip(erring, *LEVELS))
    return np.asarray(stated - 0.5 * np.log(np.mean(np.exp(2 * stated), axis=1, keepdims=True)))


def _present(rng: Rng, count: int, length: int) -> Float64Array:
    """1 where measured: single samples and stretches are missing in one row of ten."""
    gappy = rng.random((count, 1)) < 0.1
    single = rng.random((count, length)) < log_uniform(rng, 0.005, 0.3, count)
    long = waves.smooth(rng, count, length)
    stretch = long > np.quantile(long, 1.0 - rng.uniform(0.01, 0.2, (count, 1))[0, 0], axis=1, keepdims=True)
    missing = gappy & np.where(rng.random((count, 1)) < 0.5, single, stretch)
    missing[:, length // 2] = False
    return (~missing).astype(float)


def _bridged(values: Float64Array, mask: Float64Array) -> Float64Array:
    """Straight lines over what is missing."""
    index, bridged = np.arange(values.shape[1]), values.copy()
    for row in np.flatnonzero((mask == 0).any(axis=1)):
        seen = mask[row] > 0
        bridged[row] = np.interp(index, index[seen], values[row, seen])
    return bridged
