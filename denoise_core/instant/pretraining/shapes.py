"""Kinds of synthetic signal made of pieces and pulses.

Each kind is a function ``(rng, count, length) -> (count, length)``, of any level and size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.series import Float64Array

Rng = np.random.Generator
Ints = NDArray[np.int64]


def log_uniform(rng: Rng, low: float, high: float, count: int) -> Float64Array:
    """Column of shape (count, 1)."""
    return np.exp(rng.uniform(np.log(low), np.log(high), (count, 1)))


def standardise(values: Float64Array) -> Float64Array:
    """Rows of mean 0 and sd 1; rows that do not vary become 0."""
    centred = values - values.mean(axis=1, keepdims=True)
    sd = centred.std(axis=1, keepdims=True)
    return np.asarray(centred / np.where(sd > 1e-9, sd, np.inf))


def _jumps(rng: Rng, count: int, length: int, most: float = 40.0) -> NDArray[np.bool_]:
    """True where a new piece begins; 1 to `most` pieces to the row on average."""
    return rng.random((count, length)) < log_uniform(rng, 1.0, most, count) / length


def _pieces(jumps: NDArray[np.bool_]) -> tuple[Ints, Float64Array]:
    """Number of the piece at each sample, and place within it, 0 .. 1."""
    length = jumps.shape[1]
    jumps = jumps.copy()
    jumps[:, 0] = True
    piece = np.cumsum(jumps, axis=1) - 1
    index = np.broadcast_to(np.arange(length), jumps.shape)
    begin = np.maximum.accumulate(np.where(jumps, index, 0), axis=1)
    following = np.where(np.roll(jumps, -1, axis=1), index + 1, length)
    following[:, -1] = length
    end = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]
    return piece, (index - begin) / np.maximum(end - begin, 1)


def _heights(rng: Rng, shape: tuple[int, ...]) -> Float64Array:
    """Gaussian or heavy-tailed, row by row."""
    heavy = rng.random((shape[0], *[1] * (len(shape) - 1))) < 0.3
    return np.where(heavy, np.clip(rng.standard_t(2, shape), -8, 8), rng.standard_normal(shape))


def steps(rng: Rng, count: int, length: int) -> Float64Array:
    """Piecewise constant: free levels, a staircase, or a few levels that come again."""
    piece, _ = _pieces(_jumps(rng, count, length))
    levels = _heights(rng, (count, piece.max() + 1))
    style = rng.random((count, 1))
    few = np.round(levels * log_uniform(rng, 0.4, 2.0, count))
    levels = np.where(style < 0.25, np.cumsum(levels, axis=1), np.where(style < 0.5, few, levels))
    return np.take_along_axis(levels, piece, axis=1)


def polynomials(rng: Rng, count: int, length: int) -> Float64Array:
    """Piecewise polynomials of degree 0 to 3, with jumps at the joints."""
    piece, place = _pieces(_jumps(rng, count, length, most=12.0))
    degree = rng.integers(1, 4, (count, 1))
    total = np.zeros((count, length))
    for power in range(4):
        factors = _heights(rng, (count, piece.max() + 1)) * (power <= degree)
        total += np.take_along_axis(factors, piece, axis=1) * (place - 0.5) ** power * 2.0**power
    return total


def broken_lines(rng: Rng, count: int, length: int) -> Float64Array:
    """Piecewise straight without jumps, or with a few; some curved as parabolas are."""
    piece, _ = _pieces(_jumps(rng, count, length, most=20.0))
    slopes = np.take_along_axis(_heights(rng, (count, piece.max() + 1)), piece, axis=1)
    lines = np.cumsum(standardise(slopes) / np.sqrt(length), axis=1)
    curved = np.cumsum(standardise(lines), axis=1)
    jumping = rng.random((count, 1)) < 0.3
    bent = np.where(rng.random((count, 1)) < 0.2, curved, lines)
    return standardise(bent) + jumping * standardise(steps(rng, count, length)) * rng.uniform(0.2, 1.5, (count, 1))


def _profile(rng: Rng, count: int, offsets: Float64Array) -> Float64Array:
    """A pulse of unit width at `offsets` (count, m), of a shape drawn row by row."""
    power = rng.uniform(0.7, 2.5, (count, 1))
    away = np.abs(offsets)
    tail = np.where(offsets > 0, away / log_uniform(rng, 1.0, 8.0, count), away)
    shapes = np.stack(
        [
            np.exp(-0.5 * away**2),
            np.exp(-0.5 * tail**2),
            np.exp(-tail),
            1.0 / (1.0 + away**2) ** power,
            1.0 / np.cosh(np.minimum(away, 50.0)),
            np.maximum(1.0 - away / 2.0, 0.0),
            np.where(away < 1.5, np.cos(away / 1.5 * np.pi / 2), 0.0),
            (away < 1.5).astype(float),
            np.where(offsets >= 0, np.exp(-tail), 0.0),
            -offsets * np.exp(-0.5 * away**2),
            (1.0 - offsets**2) * np.exp(-0.5 * away**2),
            np.where(offsets >= 0, tail**power * np.exp(-tail), 0.0),
        ]
    )
    return np.asarray(shapes[rng.integers(0, len(shapes), count), np.arange(count)])


def bumps(rng: Rng, count: int, length: int) -> Float64Array:
    """One to a dozen pulses of one shape to the row, each of its own place, width and height."""
    index = np.arange(length, dtype=float)
    total = np.zeros((count, length))
    widest = log_uniform(rng, 1.0, length / 8.0, count)
    spread = rng.uniform(0.0, 1.2, (count, 1))
    positive, wanted = rng.random((count, 1)) < 0.5, rng.integers(1, 13, (count, 1))
    seed = int(rng.integers(2**32))
    for number in range(12):
        width = np.maximum(widest * np.exp(-spread * np.abs(rng.standard_normal((count, 1)))), 0.6)
        height = _heights(rng, (count, 1)) * (number < wanted)
        # The same generator each time: the same shape within a row.
        pulse = _profile(np.random.default_rng(seed), count, (index - rng.uniform(0, length, (count, 1))) / width)
        total += np.where(positive, np.abs(height), height) * pulse
    return total


def _onsets(rng: Rng, count: int, length: int) -> Float64Array:
    """Impulses at nearly even distances, (count, length); distance, jitter and amplitude differ row by row."""
    distance = log_uniform(rng, 12.0, length / 2.5, count)
    jitter = np.where(rng.random((count, 1)) < 0.3, 0.0, rng.uniform(0.0, 0.3, (count, 1)))
    wanted = int(length / 8) + 2
    gaps = distance * np.maximum(1.0 + jitter * rng.standard_normal((count, wanted)), 0.2)
    places = np.cumsum(gaps, axis=1) - rng.uniform(0, 1, (count, 1)) * distance
    strength = 1.0 + rng.uniform(0, 0.5, (count, 1)) * rng.standard_normal((count, wanted)) * (rng.random((count, 1)) < 0.6)
    return _impulses(places, strength, length)


def _impulses(places: Float64Array, strength: Float64Array, length: int) -> Float64Array:
    """Impulses at fractional places, each shared by its two neighbours."""
    count = len(places)
    whole = np.floor(places).astype(np.int64)
    rest = places - whole
    total = np.zeros(count * length)
    for shift, share in ((0, 1.0 - rest), (1, rest)):
        at = whole + shift
        inside = (at >= 0) & (at < length)
        flat = (np.arange(count)[:, None] * length + at)[inside]
        total += np.bincount(flat, weights=(strength * share)[inside], minlength=count * length)
    return total.reshape(count, length)


def _convolve(impulses: Float64Array, kernels: Float64Array) -> Float64Array:
    """Circular, rows by rows; the middle of a kernel is its time 0."""
    length = impulses.shape[1]
    spectra = np.fft.rfft(impulses, axis=1) * np.fft.rfft(np.fft.ifftshift(kernels, axes=1), axis=1)
    return np.fft.irfft(spectra, n=length, axis=1)


def pulse_trains(rng: Rng, count: int, length: int) -> Float64Array:
    """One pulse again and again, at nearly even distances."""
    offsets = np.arange(length, dtype=float) - length // 2
    kernel = _profile(rng, count, offsets / log_uniform(rng, 0.8, 30.0, count))
    return _convolve(_onsets(rng, count, length), kernel)


def heartbeats(rng: Rng, count: int, length: int) -> Float64Array:
    """A compound of three to six waves again and again, as in an electrocardiogram, a pulse or a breath."""
    offsets = np.arange(length, dtype=float) - length // 2
    kernel, size = np.zeros((count, length)), log_uniform(rng, 4.0, 60.0, count)
    for _ in range(6):
        at, width = rng.normal(0, 1, (count, 1)) * size, size * log_uniform(rng, 0.05, 0.6, count)
        present = rng.random((count, 1)) < 0.75
        kernel += present * _heights(rng, (count, 1)) * np.exp(-0.5 * ((offsets - at) / np.maximum(width, 0.8)) ** 2)
    return _convolve(_onsets(rng, count, length), kernel)


def bursts(rng: Rng, count: int, length: int) -> Float64Array:
    """Decaying oscillations after impacts, at random or nearly even times."""
    offsets = np.arange(length, dtype=float) - length // 2
    decay, frequency = log_uniform(rng, 4.0, 150.0, count), log_uniform(rng, 0.01, 0.35, count)
    ringing = np.exp(-np.maximum(offsets, 0) / decay) * (offsets >= 0)
    kernel = ringing * np.sin(2 * np.pi * frequency * offsets + rng.uniform(0, 2 * np.pi, (count, 1)))
    random = (rng.random((count, length)) < log_uniform(rng, 1.0, 15.0, count) / length) * rng.standard_normal((count, length))
    return _convolve(np.where(rng.random((count, 1)) < 0.5, random, _onsets(rng, count, length)), kernel)


def tooth_waves(rng: Rng, count: int, length: int) -> Float64Array:
    """Square, sawtooth and triangle waves of any duty; machines that switch."""
    phase = np.arange(length) / log_uniform(rng, 8.0, length / 1.5, count) + rng.random((count, 1))
    turn, duty = phase % 1.0, rng.uniform(0.05, 0.95, (count, 1))
    triangle = np.where(turn < duty, turn / duty, (1.0 - turn) / (1.0 - duty))
    kind = rng.integers(0, 4, (count, 1))
    charging = np.where(turn < duty, 1 - np.exp(-4 * turn / duty), np.exp(-4 * (turn - duty) / (1 - duty)))
    return np.select([kind == 0, kind == 1, kind == 2], [(turn < duty) * 1.0, turn + 0.0, triangle], charging)
