"""Kinds of synthetic signal with power at all frequencies: several chirps, tones, impulses, knocks, machines.

Each kind is a function ``(rng, count, length) -> (count, length)``, of any level and size.
"""

from __future__ import annotations

import numpy as np

from denoise_core.instant.pretraining.shapes import Rng, log_uniform, standardise
from denoise_core.instant.pretraining.waves import amplitude_envelope, wander
from denoise_core.series import Float64Array

_HIGHEST = 0.49  # cycles per sample


def _frequency_tracks(rng: Rng, count: int, length: int) -> Float64Array:
    """Instantaneous frequencies between 0 and the highest: linear, curved, sinusoidal, wandering or constant."""
    place = np.linspace(-1.0, 1.0, length)
    middle, kind = rng.uniform(0.02, 0.48, (count, 1)), rng.random((count, 1))
    slope = rng.uniform(-0.25, 0.25, (count, 1))
    linear = slope * place
    curved = slope * np.sign(place - 2) * np.abs((place + 1.05) / 2.0) ** rng.uniform(0.3, 3.0, (count, 1))
    sinusoidal = rng.uniform(0.01, 0.15, (count, 1)) * np.sin(
        np.pi * rng.uniform(0.5, 6.0, (count, 1)) * place + rng.uniform(0.0, 2 * np.pi, (count, 1))
    )
    wandering = rng.uniform(0.01, 0.1, (count, 1)) * wander(rng, count, length)
    tracks = middle + np.select([kind < 0.4, kind < 0.55, kind < 0.75, kind < 0.9], [linear, curved, sinusoidal, wandering], 0.0)
    # Frequencies beyond an edge of the band are reflected at it.
    return np.asarray(_HIGHEST - np.abs(_HIGHEST - np.abs(tracks) % (2 * _HIGHEST)))


def _oscillations(rng: Rng, frequency: Float64Array) -> Float64Array:
    """Oscillations of these frequencies; some fade, some last for only a part of the window."""
    count, length = frequency.shape
    wave = np.sin(2 * np.pi * (np.cumsum(frequency, axis=1) + rng.random((count, 1))))
    place = np.linspace(0.0, 1.0, length)
    begin, lasts = rng.uniform(-0.2, 0.7, (count, 1)), rng.uniform(0.15, 1.0, (count, 1))
    edge = log_uniform(rng, 1.0 / length, 0.1, count)
    on = np.clip((place - begin) / edge, 0.0, 1.0) * np.clip((begin + lasts - place) / edge, 0.0, 1.0)
    bell = np.exp(-0.5 * ((place - begin - lasts / 2) / (0.35 * lasts)) ** 2)
    kind = rng.random((count, 1))
    strength = np.select([kind < 0.25, kind < 0.45, kind < 0.6], [on, bell, amplitude_envelope(rng, count, length)], 1.0)
    return np.asarray(wave * strength)


def multi_chirps(rng: Rng, count: int, length: int) -> Float64Array:
    """One to five chirps over the whole band; in four rows of ten their frequencies run parallel."""
    total, wanted = np.zeros((count, length)), rng.integers(1, 6, (count, 1))
    shared, parallel = _frequency_tracks(rng, count, length), rng.random((count, 1)) < 0.4
    for number in range(5):
        own = _frequency_tracks(rng, count, length)
        shifted = np.clip(shared + rng.uniform(-0.3, 0.3, (count, 1)), 0.003, _HIGHEST)
        oscillation = _oscillations(rng, np.where(parallel, shifted, own))
        total += (number < wanted) * log_uniform(rng, 0.3, 1.0, count) * oscillation
    return total


def tones(rng: Rng, count: int, length: int) -> Float64Array:
    """One to six steady tones anywhere in the band, some beginning or ending within the window."""
    total, wanted = np.zeros((count, length)), rng.integers(1, 7, (count, 1))
    for number in range(6):
        frequency = np.broadcast_to(rng.uniform(0.005, _HIGHEST, (count, 1)), (count, length))
        total += (number < wanted) * log_uniform(rng, 0.2, 1.0, count) * _oscillations(rng, frequency)
    return total


def impulses(rng: Rng, count: int, length: int) -> Float64Array:
    """Single samples, doublets and very short decays at random or equal intervals, half of them with chirps."""
    every = log_uniform(rng, 8.0, length / 2.0, count)
    even = np.floor((np.arange(length) + rng.uniform(0, 1, (count, 1)) * every) / every)
    regular = np.diff(even, axis=1, prepend=even[:, :1]) > 0
    places = np.where(rng.random((count, 1)) < 0.5, regular, rng.random((count, length)) < 1.0 / every)
    strength = np.where(rng.random((count, 1)) < 0.5, 1.0, rng.standard_normal((count, length)))
    taps = np.arange(9)
    kernel = np.exp(-taps / log_uniform(rng, 0.2, 3.0, count)) * np.cos(np.pi * taps * rng.uniform(0.0, 1.0, (count, 1)))
    total = np.zeros((count, length))
    for tap in taps:
        total[:, tap:] += kernel[:, tap : tap + 1] * (places * strength)[:, : length - tap]
    chirps = (rng.random((count, 1)) < 0.5) * log_uniform(rng, 0.1, 2.0, count)
    return standardise(total) + chirps * standardise(multi_chirps(rng, count, length))


def rotating(rng: Rng, count: int, length: int) -> Float64Array:
    """A machine whose speed wanders or changes: harmonics up to the end of the band, and sidebands."""
    base = log_uniform(rng, 2.0 / length, 0.1, count)
    rise = rng.uniform(-0.6, 0.6, (count, 1)) * (rng.random((count, 1)) < 0.4) * np.linspace(0.0, 1.0, length)
    pitch = base * (1.0 + rise + rng.uniform(0.0, 0.06, (count, 1)) * wander(rng, count, length))
    phase = 2 * np.pi * np.cumsum(pitch, axis=1)
    total, fall, depth = np.zeros((count, length)), rng.uniform(0.0, 1.2, (count, 1)), rng.uniform(0.0, 0.8, (count, 1))
    for order in rng.choice(24, 10, replace=False) + 1:
        size = (
            (rng.random((count, 1)) < 0.7) * rng.standard_normal((count, 1)) * float(order) ** -fall * (base * order < _HIGHEST)
        )
        sideband = 1.0 + depth * np.sin(phase / 3.0 + rng.uniform(0, 2 * np.pi, (count, 1)))
        total += size * sideband * np.sin(order * phase + rng.uniform(0, 2 * np.pi, (count, 1)))
    return total * amplitude_envelope(rng, count, length)


def knocks(rng: Rng, count: int, length: int) -> Float64Array:
    """Quickly decaying oscillations at nearly even distances, so close that there is no pause; with tones, with drift."""
    every = log_uniform(rng, 12.0, 300.0, count)
    jitter = rng.uniform(0.0, 0.05, (count, 1)) * (rng.random((count, 1)) < 0.4)
    turn = np.arange(length) / every + rng.random((count, 1)) + jitter * wander(rng, count, length)
    since = (turn % 1.0) * every
    decay, frequency = log_uniform(rng, 1.0, 25.0, count), rng.uniform(0.02, _HIGHEST, (count, 1))
    number = np.clip(np.floor(turn).astype(np.int64) + 1, 0, length)
    strength = 1.0 + rng.uniform(0.0, 0.4, (count, 1)) * (rng.random((count, 1)) < 0.5) * rng.standard_normal((count, length + 1))
    ringing = np.exp(-since / decay) * np.cos(2 * np.pi * frequency * since + rng.choice([0.0, -np.pi / 2], (count, 1)))
    total = standardise(np.take_along_axis(strength, number, axis=1) * ringing)
    total += (rng.random((count, 1)) < 0.6) * log_uniform(rng, 0.1, 1.5, count) * standardise(tones(rng, count, length))
    return total + (rng.random((count, 1)) < 0.5) * log_uniform(rng, 0.2, 4.0, count) * wander(rng, count, length)


def unceasing(rng: Rng, count: int, length: int) -> Float64Array:
    """One waveform with power at all frequencies, repeated every few samples without a pause; with drift."""
    turn = np.arange(length) / log_uniform(rng, 5.0, 120.0, count) + rng.random((count, 1))
    turn += rng.uniform(0.0, 0.5, (count, 1)) * (rng.random((count, 1)) < 0.4) * wander(rng, count, length)
    orders = np.arange(1, 65)
    sizes = orders ** -rng.uniform(0.0, 1.5, (count, 1))
    spectrum = sizes * (rng.standard_normal((count, 64)) + 1j * rng.standard_normal((count, 64)))
    wave = np.fft.irfft(np.concatenate([np.zeros((count, 1)), spectrum], axis=1), n=2048, axis=1)
    total = standardise(np.take_along_axis(wave, (turn % 1.0 * 2048).astype(np.int64) % 2048, axis=1))
    return total + (rng.random((count, 1)) < 0.4) * log_uniform(rng, 0.2, 4.0, count) * wander(rng, count, length)


KINDS = {
    "multi chirps": multi_chirps,
    "tones": tones,
    "impulses": impulses,
    "rotating": rotating,
    "knocks": knocks,
    "unceasing": unceasing,
}
WEIGHTS = {"multi chirps": 3.0, "tones": 1.0, "impulses": 0.9, "rotating": 1.0, "knocks": 2.0, "unceasing": 1.0}
