"""What a window holds beyond the network's sight: stretches that come again, and steady tones. Knows no network, no level.

The network sees 460 samples to each side and cannot count; a daily rhythm or a machine's turn shows itself over a whole record.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from denoise_core.instant.noise_colour import power_at
from denoise_core.noise.power_spectrum import autocovariance
from denoise_core.noise.time_frequency import BINS
from denoise_core.series import Float32Array, Float64Array

SHORTEST = 512
"""Samples; a shorter window gets no hints."""

FRAMES = (512, 128, 64)
"""Samples in a frame in which tones are looked for: long for steady ones, short for those whose frequency changes quickly."""

HINTS = 4 + len(FRAMES)
"""Rows of `hints`; those in `SIGNED` change their sign with the series."""
SIGNED = (0, 2, *range(4, HINTS))

_FARTHEST = 8.0  # noise sd between the series and a hint
_AT_ONCE = 64  # stretches looked for: their likenesses to all others stay in the cache
_LOUD, _TAKEN = 4.5, 3.0  # a tone's power in units of the noise's, from which it counts, and what is taken off it
_TAKEN_BESIDE = 2.3  # the same for the short frames


class _Stretch(NamedTuple):
    """How long the stretches are that are compared, and every how many samples one begins that is looked for."""

    samples: int
    every: int


_STRETCHES = (_Stretch(48, 8), _Stretch(16, 4))
_TOLERANCE = 0.5  # how much less alike than by noise alone, in sd of what noise does, halves and more a stretch's weight


def hints(values: Float64Array, power: Float64Array | None = None) -> Float64Array:
    """Two guesses of the noise from stretches that are alike, each with the log of its sd, and one from the tones of each frame.

    Parameters
    ----------
    values : float64 array of shape (n,)
        A window in units of its noise; gaps bridged. ``hints(a + values) == hints(values)``.
    power : float64 array of shape (noise_colour.BINS,) or None
        Power spectrum of the noise, of mean power 1; None where it is white.

    Returns
    -------
    float64 array of shape (HINTS, n)
        In units of the noise; zero, which says "all of it is signal, and as noisy as before", in a window below `SHORTEST`.

    References
    ----------
    Buades, Coll, Morel 2005, A review of image denoising algorithms, doi:10.1137/040616024 (means of what is alike)
    """
    found = np.zeros((HINTS, len(values)))
    if len(values) < SHORTEST:
        return found
    singles = np.asarray(values - np.median(values), dtype=np.float32)
    for row, stretch in zip((0, 2), _STRETCHES, strict=True):
        mean, squared = _alike(singles, stretch, _chance(stretch.samples, power))
        found[row], found[row + 1] = singles - mean, 0.5 * np.log(squared)
    for row, frame in enumerate(FRAMES, start=4):
        found[row] = singles - _tones(singles, frame, power)
    found[list(SIGNED)] = np.clip(found[list(SIGNED)], -_FARTHEST, _FARTHEST)
    return found


class _Chance(NamedTuple):
    """What noise alone makes two stretches differ by: the expected squared distance at each shift, and its sd far apart."""

    expected: Float64Array
    sd: float


def _chance(samples: int, power: Float64Array | None) -> _Chance:
    """For stretches of `samples`, each about its own mean; its last is that of stretches far apart."""
    if power is None:
        return _Chance(np.array([2.0 * (samples - 1)]), float(np.sqrt(8.0 * samples)))
    lags = autocovariance(power)
    lags = lags / lags[0]
    index = np.arange(samples)
    covariance = lags[np.abs(index[:, None] - index)]
    centred = covariance - covariance.mean(axis=0) - covariance.mean(axis=1)[:, None] + covariance.mean()
    shifts = np.arange(16)
    # Noise of two stretches that overlap or nearly so is correlated, and they differ by less.
    apart = shifts[:, None] + np.arange(1 - samples, samples)
    shared = lags[np.minimum(np.abs(apart), BINS - 1)]
    shared[np.abs(apart) >= BINS] = 0.0
    between = samples * lags[shifts] - shared @ (samples - np.abs(np.arange(1 - samples, samples))) / samples
    whole = np.trace(centred)
    return _Chance(2.0 * np.append(whole - between, whole), float(np.sqrt(8.0 * np.sum(centred**2))))


def _alike(values: Float32Array, stretch: _Stretch, chance: _Chance) -> tuple[Float64Array, Float64Array]:
    """Weighted mean of all stretches whose shape is alike, about the own one's mean, and its squared error; (n,) each."""
    length, starts = len(values), _starts(len(values), stretch)
    every = np.lib.stride_tricks.sliding_window_view(values, stretch.samples)
    means = every.mean(axis=1, keepdims=True)
    shapes = every - means
    energy = np.einsum("ij,ij->i", shapes, shapes)
    guesses, squared = np.empty((len(starts), stretch.samples), dtype=np.float32), np.empty(len(starts))
    for some in (slice(first, first + _AT_ONCE) for first in range(0, len(starts), _AT_ONCE)):
        weights, squared[some] = _weights(shapes, energy, starts[some], chance)
        guesses[some] = weights @ shapes + means[starts[some]]
    sure = 1.0 / squared
    guesses *= sure[:, None]
    places = starts[:, None] + np.arange(stretch.samples)
    total = np.bincount(places.ravel(), weights=guesses.ravel(), minlength=length)
    trust = np.bincount(places.ravel(), weights=np.repeat(sure, stretch.samples), minlength=length)
    covered = np.bincount(places.ravel(), minlength=length)
    return total / trust, covered / trust


@cache
def _starts(length: int, stretch: _Stretch) -> NDArray[np.int64]:
    last = length - stretch.samples
    return np.append(np.arange(0, last, stretch.every), last)


def _weights(
    shapes: Float32Array, energy: Float32Array, starts: NDArray[np.int64], chance: _Chance
) -> tuple[Float32Array, Float32Array]:
    """How alike each stretch is to those at `starts`, (starts, stretches), and the squared error of means so weighted, (starts,).

    Rows add up to 1; the own stretch counts as the one most like it. The error is that of noise and what the stretches differ by.
    """
    rows, samples = np.arange(len(starts)), shapes.shape[1]
    apart = (-2.0 * shapes[starts]) @ shapes.T
    apart += energy
    apart += energy[starts, None] - np.float32(chance.expected[-1])
    for shift, expected in enumerate(chance.expected[:-1]):
        for way in {shift, -shift}:
            inside = (starts + way >= 0) & (starts + way < len(shapes))
            apart[rows[inside], starts[inside] + way] += np.float32(chance.expected[-1] - expected)
    np.maximum(apart, 0.0, out=apart)
    weights: Float32Array = np.multiply(apart, -1.0 / (_TOLERANCE * chance.sd), dtype=np.float32)
    np.exp(weights, out=weights)
    weights[rows, starts] = 0.0
    weights[rows, starts] = np.maximum(weights.max(axis=1), 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    apart[rows, starts] = 0.0
    squared: Float32Array = np.vecdot(weights, weights) + np.vecdot(weights, apart) / samples
    return weights, squared


def _tones(values: Float32Array, frame: int, power: Float64Array | None) -> Float64Array:
    """The frequencies that stand out of the noise in frames of this length; shape (n,)."""
    hop, padding = frame // 4, _padding(frame, len(values))
    padded = np.pad(values, padding, "reflect", reflect_type="odd")
    spectra = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, frame)[::hop] * _window(frame), axis=1)
    heard = np.maximum(spectra.real**2 + spectra.imag**2, 1e-9)
    if power is not None:
        heard /= power_at(power, frame).astype(np.float32)
    share = np.where(heard > _LOUD, 1.0 - _TAKEN / heard, 0.0) if frame == FRAMES[0] else _beside(heard)
    kept = np.fft.irfft(spectra * share, n=frame, axis=1)
    return _overlapped(kept * _window(frame), hop)[padding[0] : padding[0] + len(values)]


def _beside(heard: Float32Array) -> Float32Array:
    """What share is kept where the mean power of a cell and of its neighbours in time and frequency is so far above the noise's.

    The cells are those of frames that overlap; quickly changing tones stand out of more than one, and so do not noise's.

    References
    ----------
    Yu, Mallat, Bacry 2008, Audio denoising by time-frequency block thresholding, doi:10.1109/TSP.2007.912893
    """
    around = np.pad(heard, 1, "edge")
    sides = around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:]
    return np.asarray(np.maximum(1.0 - 6.0 * _TAKEN_BESIDE / (2.0 * heard + sides), 0.0), dtype=np.float32)


def _padding(frame: int, length: int) -> tuple[int, int]:
    """Samples before and after, so that whole hops fill it."""
    return frame, frame + -length % (frame // 4)


def _overlapped(frames: Float64Array, hop: int) -> Float64Array:
    """Sum of frames that follow one another every `hop` samples, a quarter of their length."""
    count, frame = frames.shape
    total = np.zeros((count + 3, hop))
    for part in range(4):
        total[part : part + count] += frames[:, part * hop : (part + 1) * hop]
    return np.asarray(total.ravel() * (frame / 4.0))


@cache
def _window(frame: int) -> Float32Array:
    """Half a sine wave, of square sum 1."""
    wave = np.sin(np.pi * (np.arange(frame) + 0.5) / frame)
    return np.asarray(wave / np.sqrt(np.sum(wave**2)), dtype=np.float32)
