"""Clean signals with a part that damage is done to: impacts, edges, tones, slow trends, repeated pulses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import uniform_filter1d

from denoise_core import signals
from denoise_core.series import Float64Array

Rng = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A clean signal of shape (n,): the sum of its `parts`, of which damage is done to the first.

    `peaks` are the tops of what repeats in that part.
    """

    parts: tuple[Float64Array, ...]
    peaks: tuple[int, ...] = ()

    @property
    def part(self) -> Float64Array:
        return self.parts[0]

    @property
    def clean(self) -> Float64Array:
        return np.sum(self.parts, axis=0)


Make = Callable[[int, Rng], Signal]


def events(n: int, shape: Float64Array, rng: Rng, *, every: float, jitter: float, spread: float) -> Signal:
    """`shape` again and again, about `every` so many samples, of heights that differ by `spread` (sd)."""
    starts = np.cumsum(every * (1.0 + jitter * rng.standard_normal(int(2 * n / every) + 2))) - every * rng.random()
    starts = starts[(starts > 0) & (starts < n - len(shape))].astype(int)
    values = np.zeros(n)
    for start in starts:
        values[start : start + len(shape)] += shape * max(0.3, 1.0 + spread * rng.standard_normal())
    tops = tuple(int(start + np.argmax(np.abs(shape))) for start in starts)
    return Signal(parts=(values,), peaks=tops)


def over(signal: Signal, background: Float64Array) -> Signal:
    return replace(signal, parts=(*signal.parts, background))


def _time(n: int) -> Float64Array:
    return np.arange(n, dtype=np.float64)


def ringing_impacts(n: int, rng: Rng) -> Signal:
    time = _time(120)
    shape = np.exp(-time / rng.uniform(8, 25)) * np.sin(2 * np.pi * rng.uniform(0.05, 0.2) * time)
    shape = shape / np.abs(shape).max()
    shaft = np.sin(2 * np.pi * rng.uniform(0.002, 0.006) * _time(n) + rng.uniform(0, 6))
    return over(events(n, shape, rng, every=rng.uniform(150, 350), jitter=0.02, spread=0.1), rng.uniform(0.2, 0.7) * shaft)


def cusps(n: int, rng: Rng) -> Signal:
    """Peaks with a sharp tip and long flanks, over a slow tone."""
    time = np.abs(np.arange(-80.0, 81.0))
    shape = (1.0 + time / rng.uniform(5, 20)) ** -4.0
    tone = np.sin(2 * np.pi * rng.uniform(0.002, 0.01) * _time(n))
    return over(events(n, shape, rng, every=rng.uniform(200, 500), jitter=0.4, spread=0.3), rng.uniform(0.1, 0.5) * tone)


def knocks(n: int, rng: Rng) -> Signal:
    """Sharp one-sided blows with two tones in their tail, at random times."""
    time = _time(160)
    tail = np.exp(-time / rng.uniform(4, 12)) + 0.4 * np.exp(-time / 30.0) * np.cos(2 * np.pi * rng.uniform(0.03, 0.08) * time)
    shape = tail * (1.0 - np.exp(-time / 1.5))
    slow = uniform_filter1d(np.cumsum(rng.standard_normal(n)), 400)
    return over(
        events(n, shape / shape.max(), rng, every=rng.uniform(180, 400), jitter=0.3, spread=0.25), 0.3 * slow / slow.std()
    )


def levels(n: int, rng: Rng) -> Signal:
    changes = np.sort(rng.choice(n, max(6, n // 400), replace=False))
    values = np.cumsum(np.bincount(changes, rng.choice((-1.0, 1.0), len(changes)) * rng.uniform(0.5, 2.0, len(changes)), n))
    return Signal(parts=(values,))


def set_points(n: int, rng: Rng) -> Signal:
    """Levels that are approached from either side along a smooth S."""
    changes = rng.choice(np.arange(200, n - 200), max(4, n // 700), replace=False)
    width, heights = rng.uniform(1, 12), rng.standard_normal(len(changes))
    flanks = [h / (1.0 + np.exp(-np.clip((_time(n) - at) / width, -50, 50))) for at, h in zip(changes, heights, strict=True)]
    return Signal(parts=(np.sum(flanks, axis=0),))


def ramps(n: int, rng: Rng) -> Signal:
    """Saw teeth of irregular length and height, each with a fast flank."""
    starts = np.sort(rng.choice(n, max(6, n // 500), replace=False))
    since = _time(n) - np.concatenate([[0], starts])[np.searchsorted(starts, _time(n), side="right")]
    height = rng.uniform(0.5, 1.5, len(starts) + 1)[np.searchsorted(starts, _time(n), side="right")]
    values = height * np.exp(-since / rng.uniform(150, 500))
    return Signal(parts=(values,))


def steady_tones(n: int, rng: Rng) -> Signal:
    frequencies = rng.uniform(0.002, 0.25, 3)
    tones = [a * np.sin(2 * np.pi * f * _time(n) + rng.uniform(0, 6)) for a, f in zip((1.0, 0.5, 0.3), frequencies, strict=True)]
    first = rng.integers(3)
    return Signal(parts=tuple(tones[(first + k) % 3] for k in range(3)))


def triangle_wave(n: int, rng: Rng) -> Signal:
    """A tone with its odd harmonics, of which one is damaged."""
    frequency, phase = rng.uniform(0.002, 0.03), rng.uniform(0, 6)
    parts = [np.sin((2 * k + 1) * (2 * np.pi * frequency * _time(n) + phase)) * (-1) ** k / (2 * k + 1) ** 2 for k in range(5)]
    first = rng.integers(3)
    return Signal(parts=tuple(parts[(first + k) % 5] for k in range(5)))


def wandering_tones(n: int, rng: Rng) -> Signal:
    """A tone that swells and one whose frequency sweeps, over a slow one."""
    time = _time(n)
    swell = (1.0 + 0.7 * np.sin(2 * np.pi * time / n * rng.uniform(2, 5))) * np.sin(2 * np.pi * rng.uniform(0.02, 0.2) * time)
    low, high = np.sort(rng.uniform(0.01, 0.2, 2))
    sweep = np.sin(2 * np.pi * (low * time + 0.5 * (high - low) * time**2 / n))
    slow = np.sin(2 * np.pi * rng.uniform(2, 6) * time / n)
    return Signal(parts=(swell, sweep, slow) if rng.random() < 0.5 else (sweep, swell, slow))


def wandering_baseline(n: int, rng: Rng) -> Signal:
    slow = uniform_filter1d(uniform_filter1d(np.cumsum(rng.standard_normal(n)), n // 16), n // 16)
    slow = (slow - slow.mean()) / slow.std()
    quick = signals.bumps(n)
    return Signal(parts=(slow, quick / quick.std()))


def bent_line(n: int, rng: Rng) -> Signal:
    """Straight pieces of different slopes, under a train of short pulses."""
    knots = np.linspace(0, n, rng.integers(3, 7))
    slow = np.interp(_time(n), knots, rng.standard_normal(len(knots)))
    pulses = events(n, np.hanning(31), rng, every=170, jitter=0.3, spread=0.3).part
    return Signal(parts=((slow - slow.mean()) / slow.std(), pulses))


def relaxation(n: int, rng: Rng) -> Signal:
    """A warm-up and a slow swing, under a train of pulses."""
    time = _time(n) / n
    slow = 2.0 * (1.0 - np.exp(-time * rng.uniform(2, 8))) + 0.5 * np.sin(2 * np.pi * rng.uniform(1, 3) * time)
    slow = (slow - slow.mean()) / slow.std()
    pulses = events(n, np.hanning(60), rng, every=300, jitter=0.1, spread=0.1).part
    return Signal(parts=(slow, pulses))


def heartbeats(n: int, rng: Rng) -> Signal:
    time = np.linspace(-60, 160, 221)
    shape = np.exp(-0.5 * (time / 4) ** 2) - 0.25 * np.exp(-0.5 * ((time - 11) / 4) ** 2)
    shape = shape + 0.3 * np.exp(-0.5 * ((time - 75) / 16) ** 2)
    return events(n, shape, rng, every=rng.uniform(240, 320), jitter=0.04, spread=0.06)


def needles(n: int, rng: Rng) -> Signal:
    """Narrow pulses of either form of tip at random times, of heights that differ much."""
    width = rng.uniform(1.5, 8.0)
    time = np.arange(-40.0, 41.0)
    shape = np.exp(-0.5 * (time / width) ** 2) if rng.random() < 0.5 else np.maximum(0.0, 1.0 - np.abs(time) / (2 * width))
    return events(n, shape, rng, every=rng.uniform(110, 300), jitter=0.3, spread=0.3)


def double_pulses(n: int, rng: Rng) -> Signal:
    """Two triangles, the second upside down, at uneven times over a swing."""
    one = np.bartlett(int(rng.uniform(17, 41)))
    shape = np.concatenate([one, np.zeros(int(rng.uniform(0, 20))), -0.6 * one])
    swing = 0.4 * np.sin(2 * np.pi * rng.uniform(2, 5) * _time(n) / n)
    return over(events(n, shape, rng, every=rng.uniform(140, 260), jitter=0.25, spread=0.1), swing)
