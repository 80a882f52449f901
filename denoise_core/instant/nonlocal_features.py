"""Non-local features of a window, beyond the network's receptive field: patches that repeat, and tones.

The network sees 460 samples to each side and cannot count; a daily cycle or a machine's turn shows only over a whole record.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.windows import sum_frames
from denoise_core.instant.conditioning import power_at
from denoise_core.noise.power_spectrum import autocovariance
from denoise_core.noise.time_frequency import BINS
from denoise_core.series import Float32Array, Float64Array

SHORTEST = 512
"""Samples; a shorter window has no such features."""

FRAMES = (512, 128, 64)
"""Samples in a frame in which tones are looked for: long for steady ones, short for those whose frequency changes quickly."""

FEATURES = 4 + len(FRAMES)
"""Rows of `nonlocal_features`; those in `SIGNED` change their sign with the series."""
SIGNED = (0, 2, *range(4, FEATURES))

_FARTHEST = 8.0  # noise sd between the series and a feature
_AT_ONCE = 64  # patches compared with all others: so many distances stay in the cache
_TONE_FROM, _SUBTRACTED = 4.5, 3.0  # power of a tone in units of the noise's: from where it counts, and what is subtracted
_SUBTRACTED_SHORT = 2.3  # the same for the short frames


class _Patches(NamedTuple):
    """Length of the patches that are compared, and samples from one to the next."""

    length: int
    hop: int


_PATCHES = (_Patches(48, 8), _Patches(16, 4))
_CORRELATED_SHIFTS = 16  # samples between patches whose noise may be correlated
_TOLERANCE = 0.5  # of the distance beyond that of noise alone, in sds of the latter, that divides a patch's weight by e


def nonlocal_features(values: Float64Array, power: Float64Array | None = None, thinning: int = 1) -> Float64Array:
    """Two estimates of the noise by non-local means, each with the log of its error's sd, and one from the tones of each frame.

    Parameters
    ----------
    values : float64 array of shape (n,)
        A window in units of its noise; gaps interpolated. An offset changes nothing.
    power : float64 array of shape (BINS,) or None
        Power spectrum of the noise, of mean power 1; None where it is white.
    thinning
        One in so many of the patches is compared with all others: half the time for 2, and a mean over fewer.

    Returns
    -------
    float64 array of shape (FEATURES, n)
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
        thinned = patches._replace(hop=patches.hop * thinning)
        mean, squared = _nonlocal_mean(centred, thinned, _noise_distance(patches.length, power))
        features[row], features[row + 1] = centred - mean, 0.5 * np.log(squared)
    for row, frame in enumerate(FRAMES, start=4):
        features[row] = centred - _tones(centred, frame, power)
    features[list(SIGNED)] = np.clip(features[list(SIGNED)], -_FARTHEST, _FARTHEST)
    return features


class _Distance(NamedTuple):
    """Squared distance of two patches by noise alone: expected at each shift, the last for patches far apart; sd there."""

    expected: Float64Array
    sd: float


def _noise_distance(length: int, power: Float64Array | None) -> _Distance:
    """For patches of `length` samples, each about its own mean."""
    if power is None:
        return _Distance(np.array([2.0 * (length - 1)]), float(np.sqrt(8.0 * length)))
    lags = autocovariance(power)
    lags = lags / lags[0]
    index = np.arange(length)
    covariance = lags[np.abs(index[:, None] - index)]
    centred = covariance - covariance.mean(axis=0) - covariance.mean(axis=1)[:, None] + covariance.mean()
    shifts = np.arange(_CORRELATED_SHIFTS)
    # The noise of two patches that overlap or nearly so is correlated, and they differ by less.
    within = np.arange(1 - length, length)
    apart = np.abs(shifts[:, None] + within)
    shared = np.where(apart < BINS, lags[np.minimum(apart, BINS - 1)], 0.0)
    between = length * lags[shifts] - shared @ (length - np.abs(within)) / length
    whole = np.trace(centred)
    return _Distance(2.0 * np.append(whole - between, whole), float(np.sqrt(8.0 * np.sum(centred**2))))


def _nonlocal_mean(values: Float32Array, patches: _Patches, by_noise: _Distance) -> tuple[Float64Array, Float64Array]:
    """Weighted mean of all patches of similar shape, about the own one's mean, and its squared error; (n,) each."""
    starts = _starts(len(values), patches)
    every = np.lib.stride_tricks.sliding_window_view(values, patches.length)
    means = every.mean(axis=1, keepdims=True)
    shapes = every - means
    energy = np.einsum("ij,ij->i", shapes, shapes)
    estimates, squared = np.empty((len(starts), patches.length), dtype=np.float32), np.empty(len(starts))
    for some in (slice(first, first + _AT_ONCE) for first in range(0, len(starts), _AT_ONCE)):
        weights, squared[some] = _weights(shapes, energy, starts[some], by_noise)
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
    shapes: Float32Array, energy: Float32Array, starts: NDArray[np.int64], by_noise: _Distance
) -> tuple[Float32Array, Float32Array]:
    """Similarity of each patch to those at `starts`, (starts, patches), and the squared error of means so weighted, (starts,).

    Rows add up to 1; the own patch counts as the one most similar. The error is that of noise and of the patches' differences.
    """
    rows, length, far = np.arange(len(starts)), shapes.shape[1], by_noise.expected[-1]
    distances = (-2.0 * shapes[starts]) @ shapes.T
    distances += energy
    distances += energy[starts, None] - np.float32(far)
    for shift, expected in enumerate(by_noise.expected[:-1]):
        for signed in {shift, -shift}:
            inside = (starts + signed >= 0) & (starts + signed < len(shapes))
            distances[rows[inside], starts[inside] + signed] += np.float32(far - expected)
    np.maximum(distances, 0.0, out=distances)
    weights: Float32Array = np.multiply(distances, -1.0 / (_TOLERANCE * by_noise.sd), dtype=np.float32)
    np.exp(weights, out=weights)
    weights[rows, starts] = 0.0
    weights[rows, starts] = np.maximum(weights.max(axis=1), 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    distances[rows, starts] = 0.0
    squared: Float32Array = np.vecdot(weights, weights) + np.vecdot(weights, distances) / length
    return weights, squared


def _tones(values: Float32Array, frame: int, power: Float64Array | None) -> Float64Array:
    """The frequencies that stand out of the noise in frames of this length; shape (n,)."""
    n, hop = len(values), frame // 4
    padded = np.pad(values, (frame, frame + -n % hop), "reflect", reflect_type="odd")
    spectra = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, frame)[::hop] * _window(frame), axis=1)
    relative = np.maximum(spectra.real**2 + spectra.imag**2, 1e-9)
    if power is not None:
        relative /= power_at(power, frame).astype(np.float32)
    long = frame == FRAMES[0]
    gain = np.where(relative > _TONE_FROM, 1.0 - _SUBTRACTED / relative, 0.0) if long else _block_gain(relative)
    kept = np.fft.irfft(spectra * gain, n=frame, axis=1) * _window(frame)
    total = sum_frames(kept, np.arange(len(kept)) * hop, n=len(padded))
    return np.asarray(total[frame : frame + n] * (frame / 4.0))


def _block_gain(relative: Float32Array) -> Float32Array:
    """Gain of each cell by its power and that of its neighbours in time and frequency, in units of the noise's.

    The cells are those of overlapping frames; a tone of quickly changing frequency stands out in several, unlike noise.

    References
    ----------
    Yu, Mallat, Bacry 2008, Audio denoising by time-frequency block thresholding, doi:10.1109/TSP.2007.912893
    """
    around = np.pad(relative, 1, "edge")
    sides = around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:]
    return np.asarray(np.maximum(1.0 - 6.0 * _SUBTRACTED_SHORT / (2.0 * relative + sides), 0.0), dtype=np.float32)


@cache
def _window(frame: int) -> Float32Array:
    """Half a sine wave, of square sum 1; its squares at every quarter of its length add up to ``4 / frame``."""
    wave = np.sin(np.pi * (np.arange(frame) + 0.5) / frame)
    return np.asarray(wave / np.sqrt(np.sum(wave**2)), dtype=np.float32)
