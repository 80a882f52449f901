"""Synthetic signals with known truth, and their noise: what the network is pretrained on.

The benchmark is excluded: no row resembles one of `excluded_benchmark.FUNCTIONS` (or its mirror image) over its whole length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.instant.augmentation import SIGNED_ROWS
from denoise_core.instant.conditioning import CONDITIONS
from denoise_core.instant.guess import GUESS_ROWS, guess_rows
from denoise_core.instant.nonlocal_features import FEATURES, nonlocal_features
from denoise_core.instant.pretraining import multicomponent, shapes, waves
from denoise_core.instant.pretraining.coloured_noise import ColouredNoise, draw_noise
from denoise_core.instant.pretraining.excluded_benchmark import resemblance
from denoise_core.instant.pretraining.guesses import draw_guesses
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
    **multicomponent.KINDS,
}
WEIGHTS = {"steps": 2.0, "bumps": 3.0, "polynomials": 1.5, "broken lines": 1.5, "smooth": 2.0, "chirps": 1.5, "cycles": 1.5}
WEIGHTS |= multicomponent.WEIGHTS
"""How often a kind is drawn; 1 where it is not named."""

MAX_RESEMBLANCE = 0.97
"""A row that correlates more than this with an excluded function is not used."""

SNR = (0.5, 20.0)
"""Of three rows of four; the others have one of `HIGH_SNR`."""
HIGH_SNR = (8.0, 40.0)

_WITH_FEATURES, _WITH_GUESS, _COUNTS, _ROUNDED = 0.65, 0.5, 0.14, 0.06  # shares of the rows
LEVELS = (-4.0, 2.5)
"""Least and greatest log of the noise sd, relative to the window's."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`inputs` (count, INPUTS, length) and `condition` (count, CONDITIONS) of the network; signal and log of the noise sd."""

    inputs: Float32Array
    condition: Float32Array
    clean: Float32Array
    level: Float32Array

    def mirrored(self) -> Batch:
        """The same rows turned over and backwards."""
        inputs = self.inputs[:, :, ::-1].copy()
        inputs[:, SIGNED_ROWS] *= -1.0
        return replace(self, inputs=inputs, clean=-self.clean[:, ::-1].copy(), level=self.level[:, ::-1].copy())


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
    """Noise on rows of sd 1, as the network sees them: in units of the noise, around a robust centre.

    In more than half of the rows it is coloured, and its spectrum and level are stated with errors. In a quarter of the rows the
    noise level varies, and may be stated correctly, wrongly or as constant; in a tenth samples are missing; some are Poisson
    counts, or rounded; some have no non-local features; half come with a guess. With `snr`, of shape (count, 1), the rows are
    plain: white noise of constant level, nothing missing, no errors, no guess.
    """
    count, length = clean.shape
    plain = snr is not None
    snr = _draw_snr(rng, count) if snr is None else snr
    level = np.zeros((count, length)) if plain else log_envelope(rng, clean)
    drawn = _plain_noise(rng, count, length) if plain else draw_noise(rng, clean, snr)
    signal, noise, unit = clean * snr, np.exp(level) * drawn.noise, drawn.unit
    if not plain:
        white = np.array([power is None for power in drawn.power])
        for row in np.flatnonzero(white & (rng.random(count) < _COUNTS)):
            signal[row], noise[row], level[row] = _poisson(rng, clean[row])
    if not plain:
        noise = _rounded(rng, signal + noise) - signal
    noisy, signal = (signal + noise) / unit, signal / unit
    centre = np.median(noisy, axis=1, keepdims=True)
    noisy, signal = noisy - centre, signal - centre
    mask = np.ones((count, length)) if plain else draw_mask(rng, count, length)
    filled = np.array([interpolate_gaps(row, missing=gaps) for row, gaps in zip(noisy, mask == 0, strict=True)])
    features = np.zeros((count, FEATURES, length))
    for row in np.flatnonzero(plain | (rng.random(count) < _WITH_FEATURES)):
        features[row] = nonlocal_features(filled[row], drawn.power[row])
    stated = level if plain else _stated_level(rng, level)
    guessed = np.zeros((count, GUESS_ROWS, length))
    if not plain:
        guess, sd = draw_guesses(rng, signal * unit, noise)
        present = rng.random((count, 1, 1)) < _WITH_GUESS
        guessed = present * guess_rows(filled - guess / unit, sd / unit)
    inputs = np.concatenate([np.stack([filled, mask, stated], axis=1), features, guessed], axis=1)
    return Batch(
        inputs=inputs.astype(np.float32),
        condition=drawn.condition.astype(np.float32),
        clean=signal.astype(np.float32),
        level=(level - np.log(unit)).astype(np.float32),
    )


def _draw_snr(rng: Rng, count: int) -> Float64Array:
    high = rng.random((count, 1)) < 0.25
    return np.where(high, log_uniform(rng, *HIGH_SNR, count), log_uniform(rng, *SNR, count))


def _rounded(rng: Rng, noisy: Float64Array) -> Float64Array:
    """Some rows to whole steps of a third to three noise sd, as recorders do."""
    step = log_uniform(rng, 0.3, 3.0, len(noisy))
    return np.where(rng.random((len(noisy), 1)) < _ROUNDED, np.round(noisy / step) * step, noisy)


def _plain_noise(rng: Rng, count: int, length: int) -> ColouredNoise:
    """White noise of sd 1, correctly stated."""
    noise, condition = rng.standard_normal((count, length)), np.zeros((count, CONDITIONS))
    return ColouredNoise(noise=noise, condition=condition, power=[None] * count, unit=np.ones((count, 1)))


def _poisson(rng: Rng, clean: Float64Array) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Counts whose mean is the signal: signal, noise and log of its local sd, in units of the noise's sd; (length,) each."""
    above = clean - clean.min()
    dark = rng.uniform(0.0, 0.7) if rng.random() < 0.5 else 0.0
    rate = float(np.exp(rng.uniform(np.log(0.3), np.log(300.0)))) * (dark + (1.0 - dark) * above / above.mean())
    unit = np.sqrt(rate.mean())
    level = np.clip(0.5 * np.log(np.maximum(rate, 1e-9) / rate.mean()), *LEVELS)
    return rate / unit, (rng.poisson(rate) - rate) / unit, level


def log_envelope(rng: Rng, clean: Float64Array) -> Float64Array:
    """Log of the noise sd, its mean square 1; zero in three rows of four; in some it follows the signal."""
    count, length = clean.shape
    moves, kind = rng.random((count, 1)) < 0.25, rng.random((count, 1))
    makers = (waves.smooth, shapes.steps, shapes.bumps, shapes.pulse_trains)
    shape = np.select([kind < share for share in (0.3, 0.5, 0.65, 0.75)], [make(rng, count, length) for make in makers], clean)
    shape = standardise(shape)
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


def draw_mask(rng: Rng, count: int, length: int) -> Float64Array:
    """1 where measured: single samples and stretches are missing in one row of ten."""
    gappy = rng.random((count, 1)) < 0.1
    single = rng.random((count, length)) < log_uniform(rng, 0.005, 0.3, count)
    long = waves.smooth(rng, count, length)
    stretch = long > np.quantile(long, 1.0 - rng.uniform(0.01, 0.2, (count, 1))[0, 0], axis=1, keepdims=True)
    missing = gappy & np.where(rng.random((count, 1)) < 0.5, single, stretch)
    missing[:, length // 2] = False
    return (~missing).astype(float)
