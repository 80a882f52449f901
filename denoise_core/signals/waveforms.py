"""Clean test signals, from an explicit generator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from denoise_core.series import Float64Array

# Position, width (both in parts of a beat) and height of the waves P, Q, R, S, T;
# after McSharry et al. 2003, doi:10.1109/TBME.2003.808805
_HEART_WAVES = ((-0.20, 0.035, 0.12), (-0.035, 0.012, -0.15), (0.0, 0.014, 1.0), (0.035, 0.013, -0.25), (0.28, 0.055, 0.30))

# Donoho & Johnstone 1994, doi:10.1093/biomet/81.3.425
_BUMP_AT = np.array([0.1, 0.13, 0.15, 0.23, 0.25, 0.4, 0.44, 0.65, 0.76, 0.78, 0.81])
_BUMP_HEIGHT = np.array([4, 5, 3, 4, 5, 4.2, 2.1, 4.3, 3.1, 5.1, 4.2])
_BUMP_WIDTH = np.array([0.005, 0.005, 0.006, 0.01, 0.01, 0.03, 0.01, 0.01, 0.005, 0.008, 0.005])
_BLOCK_HEIGHT = np.array([4, -5, 3, -4, 5, -4.2, 2.1, 4.3, -3.1, 2.1, -4.2])


def ecg_like(n: int, rng: np.random.Generator, *, rate_hz: float = 250.0, beats_per_minute: float = 72.0) -> Float64Array:
    """Heartbeats in mV whose intervals vary by 4 % (sd) and whose height follows the breath; shape (n,)."""
    period = 60.0 / beats_per_minute
    count = int(n / rate_hz / period * 1.5) + 4
    beats = np.cumsum(period * (1.0 + 0.04 * rng.standard_normal(count))) - period * (1.0 + rng.random())
    time = np.arange(n) / rate_hz
    breath = 1.0 + 0.08 * np.sin(2 * np.pi * 0.25 * time + 2 * np.pi * rng.random())
    values = np.zeros(n)
    for at, width, height in _HEART_WAVES:
        for beat in beats:
            values += height * np.exp(-0.5 * ((time - beat - at * period) / (width * period)) ** 2)
    return values * breath


def bumps(n: int, _rng: np.random.Generator | None = None) -> Float64Array:
    """Donoho and Johnstone's Bumps, ``sum h / (1 + |t - t_i| / w_i) ** 4`` with t = 1/n .. 1; nothing in it is random."""
    t = np.arange(1, n + 1) / n
    shape = (1.0 + np.abs(t[:, None] - _BUMP_AT) / _BUMP_WIDTH) ** -4.0
    return np.asarray(shape @ _BUMP_HEIGHT, dtype=np.float64)


def blocks(n: int, _rng: np.random.Generator | None = None) -> Float64Array:
    """Donoho and Johnstone's Blocks, a step function with eleven jumps; nothing in it is random."""
    t = np.arange(1, n + 1) / n
    return np.asarray((0.5 * (1.0 + np.sign(t[:, None] - _BUMP_AT))) @ _BLOCK_HEIGHT, dtype=np.float64)


def vibration(n: int, rng: np.random.Generator, *, rate_hz: float = 6400.0, shaft_hz: float = 24.7) -> Float64Array:
    """A rotating machine, in m/s^2: shaft harmonics, a gear mesh modulated by the shaft, a bearing fault's ringing impacts."""
    time = np.arange(n) / rate_hz
    speed = 1.0 + 0.003 * np.sin(2 * np.pi * 0.4 * time + 2 * np.pi * rng.random())
    angle = 2 * np.pi * np.cumsum(shaft_hz * speed) / rate_hz
    phases = 2 * np.pi * rng.random(5)
    shaft = np.sin(angle + phases[0]) + 0.5 * np.sin(2 * angle + phases[1]) + 0.25 * np.sin(3 * angle + phases[2])
    mesh = 0.6 * (1.0 + 0.4 * np.sin(angle + phases[3])) * np.sin(11 * angle + phases[4])
    return np.asarray(shaft + mesh + _impacts(angle, rate_hz, rng), dtype=np.float64)


def _impacts(angle: Float64Array, rate_hz: float, rng: np.random.Generator) -> Float64Array:
    """Each 1/3.57 turn one blow, with 1 % slip, ringing at 430 Hz with a decay time of 4 ms."""
    blows = np.arange(0.0, angle[-1], 2 * np.pi / 3.57)
    at = np.interp(blows * (1.0 + 0.01 * rng.standard_normal(len(blows))), angle, np.arange(len(angle)) / rate_hz)
    time = np.arange(len(angle)) / rate_hz
    since = time - at[np.maximum(np.searchsorted(np.sort(at), time, side="right") - 1, 0)]
    return np.where(since >= 0, 1.5 * np.exp(-since / 0.004) * np.sin(2 * np.pi * 430.0 * since), 0.0)


def pressure_steps(n: int, rng: np.random.Generator, *, rate_hz: float = 50.0) -> Float64Array:
    """A pressure in bar that holds between set points and follows each change with a first-order lag of 0.4 s."""
    change = rng.random(n) < 1.0 / (rate_hz * 3.0)
    change[0] = True
    levels = 2.0 + 6.0 * rng.random(n)
    target = levels[np.maximum.accumulate(np.where(change, np.arange(n), 0))]
    keep = np.exp(-1.0 / (0.4 * rate_hz))
    values = np.empty(n)
    values[0] = target[0]
    for i in range(1, n):
        values[i] = keep * values[i - 1] + (1.0 - keep) * target[i]
    return values


SIGNALS: dict[str, Callable[[int, np.random.Generator], Float64Array]] = {
    "ecg_like": ecg_like,
    "bumps": bumps,
    "blocks": blocks,
    "vibration": vibration,
    "pressure_steps": pressure_steps,
}
