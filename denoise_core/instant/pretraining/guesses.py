"""Guesses as other methods make them: the signal with the errors that smoothing, underfitting and blind-spot networks have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.instant.pretraining.shapes import Rng, log_uniform
from denoise_core.series import Float64Array

_MOST_ERROR = (0.25, 3.0)  # noise sd, root mean square: of a good guess, and of the worst


def draw_guesses(rng: Rng, clean: Float64Array, noise: Float64Array) -> tuple[Float64Array, Float64Array]:
    """A guess of each row of `clean` and the sd that is stated of its error, mostly right within a factor of 1.5.

    Parameters
    ----------
    clean, noise : float64 arrays of shape (count, length)
        In units of the noise.
    """
    count = len(clean)
    kind = rng.random((count, 1))
    makers = (_low_pass, _sharp_cut, _clip_peaks)
    bias = np.select([kind < share for share in (0.3, 0.45, 0.6)], [make(rng, clean) - clean for make in makers], 0.0)
    leaked = _neighbours(rng, noise) * (rng.random((count, 1)) < 0.75)
    coloured = _low_pass(rng, rng.standard_normal(clean.shape))
    coloured *= log_uniform(rng, 0.03, 0.6, count) / np.maximum(_rms(coloured), 1e-9)
    error = bias + leaked + coloured * (rng.random((count, 1)) < 0.7) + log_uniform(rng, 0.01, 0.2, count) * noise
    error = error / np.maximum(_rms(error) / log_uniform(rng, *_MOST_ERROR, count), 1.0)
    return clean + error, _stated_sd(rng, error)


def _rms(rows: Float64Array) -> Float64Array:
    return np.asarray(np.sqrt(np.mean(rows**2, axis=1, keepdims=True)))


def _low_pass(rng: Rng, rows: Float64Array) -> Float64Array:
    """Smooth at any scale from half a sample to a hundred."""
    width = log_uniform(rng, 0.5, 100.0 if rng.random() < 0.3 else 12.0, len(rows))
    return _filter(rows, np.exp(-0.5 * (2.0 * np.pi * _frequencies(rows) * width) ** 2))


def _sharp_cut(rng: Rng, rows: Float64Array) -> Float64Array:
    """Nothing above a frequency: it rings at edges."""
    return _filter(rows, (_frequencies(rows) < log_uniform(rng, 0.01, 0.45, len(rows))).astype(float))


def _clip_peaks(rng: Rng, rows: Float64Array) -> Float64Array:
    """What lies far from the middle comes out smaller."""
    size = np.abs(rows)
    far = np.quantile(size, rng.uniform(0.5, 0.98), axis=1, keepdims=True)
    return np.asarray(np.sign(rows) * np.minimum(size, far + rng.uniform(0.0, 0.8, (len(rows), 1)) * (size - far)))


def _neighbours(rng: Rng, noise: Float64Array) -> Float64Array:
    """Weighted sums of the noise of neighbours, not of the sample itself: what a blind-spot network makes of it."""
    count, reach = len(noise), np.arange(1, 25)
    total = np.zeros(noise.shape)
    for direction in (1, -1):
        weights = np.exp(-reach / log_uniform(rng, 0.7, 8.0, count)) * (1.0 + 0.7 * rng.standard_normal((count, len(reach))))
        kernel = np.zeros(noise.shape)
        kernel[:, direction * reach] = weights
        total += _filter(noise, np.fft.rfft(kernel, axis=1))
    return np.asarray(total * log_uniform(rng, 0.1, 0.8, count) / np.maximum(_rms(total), 1e-9))


def _stated_sd(rng: Rng, error: Float64Array) -> Float64Array:
    """Between the whole error's size and its local size, times a factor; seldom far off."""
    count = len(error)
    width = log_uniform(rng, 4.0, 60.0, count)
    local = _filter(error**2, np.exp(-0.5 * (2.0 * np.pi * _frequencies(error) * width) ** 2))
    whole = np.mean(error**2, axis=1, keepdims=True)
    share = rng.uniform(0.0, 1.0, (count, 1))
    factor = np.exp(np.where(rng.random((count, 1)) < 0.93, 0.2, 0.6) * rng.standard_normal((count, 1)))
    return np.asarray(factor * np.sqrt(np.maximum(local, 1e-3 * whole)) ** share * np.sqrt(whole) ** (1.0 - share) + 1e-4)


def _frequencies(rows: Float64Array) -> Float64Array:
    return np.asarray(np.fft.rfftfreq(rows.shape[1]))


def _filter(rows: Float64Array, gain: NDArray[np.inexact]) -> Float64Array:
    """Circular."""
    return np.asarray(np.fft.irfft(np.fft.rfft(rows, axis=1) * gain, n=rows.shape[1], axis=1))
