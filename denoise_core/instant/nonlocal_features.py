"""What a window holds beyond the network's sight: stretches that come again, and steady tones. Knows no network, no level.

The network sees 460 samples to each side and cannot count; a daily rhythm or a machine's turn shows itself over a whole record.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.windows import add_frames
from denoise_core.series import Float32Array, Float64Array

SHORTEST = 512
"""Samples; a shorter window gets no hints."""

HINTS = 5
"""Rows of `hints`; those in `SIGNED` change their sign with the series."""
SIGNED = (0, 2, 4)

_FARTHEST = 8.0  # noise sd between the series and a hint
_AT_ONCE = 64  # stretches looked for: their likenesses to all others stay in the cache
_FRAME = 512  # samples, of the steady tones
_HOP = _FRAME // 4
_LOUD, _TAKEN = 4.5, 3.0  # a tone's power in units of the noise's, from which it counts, and what is taken off it


class _Stretch(NamedTuple):
    """How long the stretches are that are compared, and every how many samples one begins that is looked for."""

    samples: int
    every: int


_STRETCHES = (_Stretch(48, 8), _Stretch(16, 4))
_TOLERANCE = 0.5  # how much less alike than by noise alone, in sd of what noise does, halves and more a stretch's weight


def hints(values: Float64Array) -> Float64Array:
    """Two guesses of the noise from stretches that are alike, each with the log of its sd, and one from steady tones.

    Parameters
    ----------
    values : float64 array of shape (n,)
        A window in units of its noise; gaps bridged. ``hints(a + values) == hints(values)``.

    Returns
    -------
    float64 array of shape (5, n)
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
        mean, squared = _alike(singles, stretch)
        found[row], found[row + 1] = singles - mean, 0.5 * np.log(squared)
    found[4] = singles - _tones(singles)
    found[list(SIGNED)] = np.clip(found[list(SIGNED)], -_FARTHEST, _FARTHEST)
    return found


def _alike(values: Float32Array, stretch: _Stretch) -> tuple[Float64Array, Float64Array]:
    """Weighted mean of all stretches whose shape is alike, about the own one's mean, and its squared error; (n,) each."""
    length, starts = len(values), _starts(len(values), stretch)
    every = np.lib.stride_tricks.sliding_window_view(values, stretch.samples)
    means = every.mean(axis=1, keepdims=True)
    shapes = every - means
    energy = np.einsum("ij,ij->i", shapes, shapes)
    guesses, squared = np.empty((len(starts), stretch.samples), dtype=np.float32), np.empty(len(starts))
    for some in (slice(first, first + _AT_ONCE) for first in range(0, len(starts), _AT_ONCE)):
        weights, squared[some] = _weights(shapes, energy, starts[some], stretch.samples)
        guesses[some] = weights @ shapes + means[starts[some]]
    sure = 1.0 / squared
    guesses *= sure[:, None]
    total, trust, covered = np.zeros((3, length))
    add_frames(total, guesses.astype(np.float64), starts)
    add_frames(trust, np.broadcast_to(sure[:, None], guesses.shape), starts)
    add_frames(covered, np.ones(guesses.shape), starts)
    return total / trust, covered / trust


@cache
def _starts(length: int, stretch: _Stretch) -> NDArray[np.int64]:
    last = length - stretch.samples
    return np.append(np.arange(0, last, stretch.every), last)


def _weights(
    shapes: Float32Array, energy: Float32Array, starts: NDArray[np.int64], samples: int
) -> tuple[Float32Array, Float32Array]:
    """How alike each stretch is to those at `starts`, (starts, stretches), and the squared error of means so weighted, (starts,).

    Rows add up to 1; the own stretch counts as the one most like it. The error is that of noise and what the stretches differ by.
    """
    apart = (-2.0 * shapes[starts]) @ shapes.T
    apart += energy
    apart += energy[starts, None] - 2.0 * (samples - 1)
    np.maximum(apart, 0.0, out=apart)
    weights: Float32Array = np.multiply(apart, -1.0 / (_TOLERANCE * np.sqrt(8.0 * samples)), dtype=np.float32)
    np.exp(weights, out=weights)
    rows = np.arange(len(starts))
    weights[rows, starts] = 0.0
    weights[rows, starts] = np.maximum(weights.max(axis=1), 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    apart[rows, starts] = 0.0
    squared: Float32Array = np.vecdot(weights, weights) + np.vecdot(weights, apart) / samples
    return weights, squared


def _tones(values: Float32Array) -> Float64Array:
    """The frequencies that stand out of the noise in long frames; shape (n,)."""
    padded = np.pad(values, _FRAME, "reflect", reflect_type="odd")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
    spectra = np.fft.rfft(frames * _window(), axis=1)
    power = np.maximum(np.abs(spectra) ** 2, 1e-9)
    kept = np.fft.irfft(spectra * np.where(power > _LOUD, 1.0 - _TAKEN / power, 0.0), n=_FRAME, axis=1) * _window()
    total, weight = np.zeros((2, len(padded)))
    starts = np.arange(0, len(padded) - _FRAME + 1, _HOP)
    add_frames(total, kept, starts)
    add_frames(weight, np.broadcast_to(_window() ** 2, kept.shape), starts)
    return np.asarray((total / np.maximum(weight, 1e-9))[_FRAME : _FRAME + len(values)])


@cache
def _window() -> Float64Array:
    """Half a sine wave, of square sum 1."""
    wave = np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME)
    return np.asarray(wave / np.sqrt(np.sum(wave**2)))
