"""Non-local features of a window, beyond the network's receptive field: patches that repeat, and steady tones.

The network sees 460 samples to each side and cannot count; a daily cycle or a machine's turn shows only over a whole record.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.windows import sum_frames
from denoise_core.series import Float32Array, Float64Array

SHORTEST = 512
"""Samples; a shorter window has no such features."""

FEATURES = 5
"""Rows of `nonlocal_features`; those in `SIGNED` change their sign with the series."""
SIGNED = (0, 2, 4)

_FARTHEST = 8.0  # noise sd between the series and a feature
_AT_ONCE = 64  # patches compared with all others: so many distances stay in the cache
_FRAME = 512  # samples, of the steady tones
_HOP = _FRAME // 4
_TONE_FROM, _SUBTRACTED = 4.5, 3.0  # power of a tone in units of the noise's: from where it counts, and what is subtracted


class _Patches(NamedTuple):
    """Length of the patches that are compared, and samples from one to the next."""

    length: int
    hop: int


_PATCHES = (_Patches(48, 8), _Patches(16, 4))
_TOLERANCE = 0.5  # of the distance beyond that of noise alone, in sds of the latter, that divides a patch's weight by e


def nonlocal_features(values: Float64Array) -> Float64Array:
    """Two estimates of the noise by non-local means, each with the log of its error's sd, and one from steady tones.

    Parameters
    ----------
    values : float64 array of shape (n,)
        A window in units of its noise; gaps interpolated. An offset changes nothing.

    Returns
    -------
    float64 array of shape (5, n)
        In units of the noise; zero, which says "all of it is signal, and as noisy as before", in a window below `SHORTEST`.

    References
    ----------
    Buades, Coll, Morel 2005, A review of image denoising algorithms, doi:10.1137/040616024 (non-local means)
    """
    features = np.zeros((FEATURES, len(values)))
    if len(values) < SHORTEST:
        return features
    centred = np.asarray(values - np.median(values), dtype=np.float32)
    for row, patches in zip((0, 2), _PATCHES, strict=True):
        mean, squared = _nonlocal_mean(centred, patches)
        features[row], features[row + 1] = centred - mean, 0.5 * np.log(squared)
    features[4] = centred - _tones(centred)
    features[list(SIGNED)] = np.clip(features[list(SIGNED)], -_FARTHEST, _FARTHEST)
    return features


def _nonlocal_mean(values: Float32Array, patches: _Patches) -> tuple[Float64Array, Float64Array]:
    """Weighted mean of all patches of similar shape, about the own one's mean, and its squared error; (n,) each."""
    starts = _starts(len(values), patches)
    every = np.lib.stride_tricks.sliding_window_view(values, patches.length)
    means = every.mean(axis=1, keepdims=True)
    shapes = every - means
    energy = np.einsum("ij,ij->i", shapes, shapes)
    estimates, squared = np.empty((len(starts), patches.length), dtype=np.float32), np.empty(len(starts))
    for some in (slice(first, first + _AT_ONCE) for first in range(0, len(starts), _AT_ONCE)):
        weights, squared[some] = _weights(shapes, energy, starts[some], patches.length)
        estimates[some] = weights @ shapes + means[starts[some]]
    certainty = 1.0 / squared
    estimates *= certainty[:, None]
    certainties, ones = np.broadcast_to(certainty[:, None], estimates.shape), np.ones(estimates.shape)
    total, trust, covered = (sum_frames(frames, starts, n=len(values)) for frames in (estimates, certainties, ones))
    return total / trust, covered / trust


@cache
def _starts(n: int, patches: _Patches) -> NDArray[np.int64]:
    last = n - patches.length
    return np.append(np.arange(0, last, patches.hop), last)


def _weights(
    shapes: Float32Array, energy: Float32Array, starts: NDArray[np.int64], length: int
) -> tuple[Float32Array, Float32Array]:
    """Similarity of each patch to those at `starts`, (starts, patches), and the squared error of means so weighted, (starts,).

    Rows add up to 1; the own patch counts as the one most similar. The error is that of noise and of the patches' differences.
    """
    distances = (-2.0 * shapes[starts]) @ shapes.T
    distances += energy
    distances += energy[starts, None] - 2.0 * (length - 1)
    np.maximum(distances, 0.0, out=distances)
    weights: Float32Array = np.multiply(distances, -1.0 / (_TOLERANCE * np.sqrt(8.0 * length)), dtype=np.float32)
    np.exp(weights, out=weights)
    rows = np.arange(len(starts))
    weights[rows, starts] = 0.0
    weights[rows, starts] = np.maximum(weights.max(axis=1), 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    distances[rows, starts] = 0.0
    squared: Float32Array = np.vecdot(weights, weights) + np.vecdot(weights, distances) / length
    return weights, squared


def _tones(values: Float32Array) -> Float64Array:
    """The frequencies that stand out of the noise in long frames; shape (n,)."""
    padded = np.pad(values, _FRAME, "reflect", reflect_type="odd")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
    spectra = np.fft.rfft(frames * _window(), axis=1)
    power = np.maximum(np.abs(spectra) ** 2, 1e-9)
    kept = np.fft.irfft(spectra * np.where(power > _TONE_FROM, 1.0 - _SUBTRACTED / power, 0.0), n=_FRAME, axis=1) * _window()
    starts = np.arange(0, len(padded) - _FRAME + 1, _HOP)
    total, weight = (sum_frames(each, starts, n=len(padded)) for each in (kept, np.broadcast_to(_window() ** 2, kept.shape)))
    return np.asarray((total / np.maximum(weight, 1e-9))[_FRAME : _FRAME + len(values)])


@cache
def _window() -> Float64Array:
    """Half a sine wave, of square sum 1."""
    wave = np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME)
    return np.asarray(wave / np.sqrt(np.sum(wave**2)))
