"""Kinds of synthetic signal made of frequencies and random processes.

Each kind is a function ``(rng, count, length) -> (count, length)``, of any level and size.
"""

from __future__ import annotations

import numpy as np

from denoise_core.instant.pretraining.shapes import Rng, bursts, log_uniform, standardise
from denoise_core.series import Float64Array


def _random_phases(rng: Rng, amplitude: Float64Array, length: int) -> Float64Array:
    """Gaussian process by its spectrum; made twice as long and cut, so that its ends do not meet."""
    shape = amplitude.shape
    spectrum = amplitude * (rng.standard_normal(shape) + 1j * rng.standard_normal(shape))
    spectrum[:, 0] = 0.0
    return np.fft.irfft(spectrum, n=2 * length, axis=1)[:, :length]


def _frequencies(length: int) -> Float64Array:
    return np.asarray(np.fft.rfftfreq(2 * length), dtype=np.float64)


def smooth(rng: Rng, count: int, length: int) -> Float64Array:
    """Gaussian processes from rough to analytic: Matern spectra of many orders, and squared exponentials."""
    relative = _frequencies(length) / log_uniform(rng, 0.6 / length, 0.1, count)
    matern = (1.0 + relative**2) ** (-0.5 * rng.uniform(0.75, 4.0, (count, 1)))
    return _random_phases(rng, np.where(rng.random((count, 1)) < 0.3, np.exp(-(relative**2)), matern), length)


def fractal(rng: Rng, count: int, length: int) -> Float64Array:
    """Power-law spectra, as of drifting sensors and turbulent flows."""
    frequency = np.maximum(_frequencies(length), 0.5 / length)
    return _random_phases(rng, frequency ** -rng.uniform(0.8, 2.0, (count, 1)), length)


def walks(rng: Rng, count: int, length: int) -> Float64Array:
    """Sums of Gaussian, rare or heavy-tailed steps, some summed twice."""
    heavy = np.clip(rng.standard_t(1.5, (count, length)), -200, 200)
    rare = rng.standard_normal((count, length)) * (rng.random((count, length)) < log_uniform(rng, 0.01, 0.5, count))
    kind = rng.random((count, 1))
    walk = np.cumsum(np.where(kind < 0.3, heavy, np.where(kind < 0.6, rare, rng.standard_normal((count, length)))), axis=1)
    return np.where(rng.random((count, 1)) < 0.3, np.cumsum(walk - walk.mean(axis=1, keepdims=True), axis=1), walk)


def resonances(rng: Rng, count: int, length: int) -> Float64Array:
    """One to three narrow bands, as AR(2) processes have them."""
    frequency = _frequencies(length)
    power = np.zeros((count, len(frequency)))
    for number in range(3):
        centre, width = log_uniform(rng, 0.005, 0.4, count), log_uniform(rng, 0.0003, 0.02, count)
        present = (rng.random((count, 1)) < 0.5) | (number == 0)
        power += present * rng.uniform(0.1, 1.0, (count, 1)) / (1.0 + ((frequency - centre) / width) ** 2) ** 2 / width
    return _random_phases(rng, np.sqrt(power), length)


def wander(rng: Rng, count: int, length: int) -> Float64Array:
    """A slow Gaussian process of sd 1, up to a few turns to the row."""
    relative = _frequencies(length) / log_uniform(rng, 0.4 / length, 6.0 / length, count)
    return standardise(_random_phases(rng, np.exp(-(relative**2)), length))


def amplitude_envelope(rng: Rng, count: int, length: int) -> Float64Array:
    """Slowly varying amplitude, steady in half of the rows."""
    depth = rng.uniform(0.2, 1.2, (count, 1)) * (rng.random((count, 1)) < 0.5)
    return np.exp(depth * wander(rng, count, length))


def chirps(rng: Rng, count: int, length: int) -> Float64Array:
    """Oscillations whose frequency rises, falls or wanders over up to three octaves, with a varying amplitude."""
    place = np.linspace(-1.0, 1.0, length)
    octaves = rng.uniform(-1.8, 1.8, (count, 1)) * np.sign(place) * np.abs(place) ** rng.uniform(0.7, 1.6, (count, 1))
    wandering = rng.uniform(0.1, 0.9, (count, 1)) * wander(rng, count, length)
    octaves = np.where(rng.random((count, 1)) < 0.4, wandering, octaves)
    frequency = np.minimum(log_uniform(rng, 0.003, 0.15, count) * 2.0**octaves, 0.4)
    phase = 2 * np.pi * (np.cumsum(frequency, axis=1) + rng.random((count, 1)))
    return np.sin(phase) * amplitude_envelope(rng, count, length)


def harmonics(rng: Rng, count: int, length: int) -> Float64Array:
    """A tone with up to eight overtones, steady or with a wandering pitch."""
    base = log_uniform(rng, 1.2 / length, 0.12, count)
    pitch = base * (1.0 + (rng.random((count, 1)) < 0.5) * rng.uniform(0.0, 0.08, (count, 1)) * wander(rng, count, length))
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(pitch, (count, length)), axis=1)
    total, fall = np.zeros((count, length)), rng.uniform(0.3, 2.0, (count, 1))
    for order in range(1, 9):
        heard = (rng.random((count, 1)) < 0.6) | (order == 1)
        size = heard * rng.standard_normal((count, 1)) * order**-fall * (base * order < 0.4)
        total += size * np.sin(order * phase + rng.uniform(0, 2 * np.pi, (count, 1)))
    return total * amplitude_envelope(rng, count, length)


def cycles(rng: Rng, count: int, length: int) -> Float64Array:
    """A random waveform repeated, as of days, strokes or turns: cycles vary in amplitude, and some (weekends) stand apart."""
    turn = np.arange(length) / log_uniform(rng, 8.0, length / 4.0, count) + rng.random((count, 1))
    turn += rng.uniform(0.0, 0.3, (count, 1)) * (rng.random((count, 1)) < 0.4) * wander(rng, count, length)
    number = np.floor(turn - turn.min(axis=1, keepdims=True)).astype(np.int64)
    strength = 1.0 + rng.uniform(0.0, 0.4, (count, 1)) * rng.standard_normal((count, number.max() + 1))
    week, apart = rng.integers(2, 9, (count, 1)), rng.uniform(-0.5, 1.0, (count, 1))
    strength *= np.where((np.arange(strength.shape[1]) % week == 0) & (rng.random((count, 1)) < 0.4), apart, 1.0)
    orders = np.arange(1, 33)
    sizes = 1.0 / (1.0 + (orders / log_uniform(rng, 1.0, 16.0, count)) ** 2) ** rng.uniform(0.5, 2.0, (count, 1))
    spectrum = sizes * (rng.standard_normal((count, 32)) + 1j * rng.standard_normal((count, 32)))
    wave = np.fft.irfft(np.concatenate([np.zeros((count, 1)), spectrum], axis=1), n=1024, axis=1)
    shape = np.take_along_axis(standardise(wave), (turn % 1.0 * 1024).astype(np.int64), axis=1)
    level = rng.uniform(0.0, 2.0, (count, 1))
    return (shape + level) * np.take_along_axis(strength, number, axis=1)


def machines(rng: Rng, count: int, length: int) -> Float64Array:
    """Rotating machines: a few tones of one shaft, its impacts, a resonance."""
    parts = (harmonics, bursts, resonances)
    return sum(
        (rng.uniform(0, 1, (count, 1)) * standardise(part(rng, count, length)) for part in parts), np.zeros((count, length))
    )


def drifts(rng: Rng, count: int, length: int) -> Float64Array:
    """Slow changes: relaxations, transitions from one state to another, power laws."""
    place = (np.arange(length) + 0.5) / length - rng.uniform(0.0, 0.9, (count, 1))
    speed = log_uniform(rng, 2.0, 60.0, count)
    after = np.maximum(place, 0.0)
    relaxing = np.where(place > 0, np.exp(-after * speed), rng.uniform(-0.5, 1.5, (count, 1)))
    transition = np.tanh(place * speed)
    power = np.abs(place + 0.02) ** rng.uniform(0.2, 2.0, (count, 1))
    kind = rng.integers(0, 3, (count, 1))
    return np.select([kind == 0, kind == 1], [relaxing, transition], power) + 0.3 * wander(rng, count, length)


def intermittent(rng: Rng, count: int, length: int) -> Float64Array:
    """Oscillation or roughness that comes and goes between pauses."""
    active = wander(rng, count, length) > rng.uniform(-0.5, 1.0, (count, 1))
    fading = np.maximum(wander(rng, count, length) + rng.uniform(-0.5, 0.5, (count, 1)), 0.0)
    inner = np.where(
        rng.random((count, 1)) < 0.5, standardise(chirps(rng, count, length)), standardise(smooth(rng, count, length))
    )
    return inner * np.where(rng.random((count, 1)) < 0.5, active, fading)
