"""Tones in the residual: a frequency that stands out of its neighbours in spectra of several resolutions."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.findings.finding import Evidence
from denoise_core.assess.findings.normalised import Normalised
from denoise_core.series import Float64Array

_PARTS = (1, 4, 16)  # the record is cut into, each overlapping the next by half
_FEWEST = (
    512  # samples of a part: shorter ones resolve no more than the described spectrum of coloured noise, and show its errors
)
_LOWEST = 3  # bins that belong to slow movements
_FLOORS = 48  # pieces of the spectrum, each with a floor of its own
_BESIDE = (3, 6)  # bins
_INDEPENDENT = 0.55  # of the overlapping parts under Hann's window


def lost_tone(given: Normalised) -> Evidence:
    """The strongest peak over the resolutions."""
    found = [_peak(given.residual, len(given) // parts) for parts in _PARTS if parts == 1 or len(given) // parts >= _FEWEST]
    return max(found, key=lambda one: one.strength)


def _peak(residual: Float64Array, length: int) -> Evidence:
    power = _powers(residual, length)
    mean = power.mean(axis=0)
    relative = mean / _floor(mean, single=len(power) == 1)
    top = _LOWEST + int(np.argmax(relative[_LOWEST:-1]))
    independent = max(1.0, _INDEPENDENT * len(power))
    by_chance = np.log(len(relative)) + independent - 1.0
    return Evidence(
        kind="tone",
        strength=float(np.sqrt(2.0 * max(0.0, relative[top] * independent - by_chance) / np.sqrt(independent))),
        amplitude=float(np.sqrt(6.0 * max(mean[top] - 1.0, 0.0) / length)),
        scale=length / top,
        contributions=power[:, top] / mean[top] if len(power) > 1 else np.zeros(0),
    )


def _powers(residual: Float64Array, length: int) -> Float64Array:
    """Of parts of half overlap under Hann's window: 1 for white noise of sd 1; shape (parts, length // 2 + 1)."""
    window = np.hanning(length + 2)[1:-1]
    frames = np.lib.stride_tricks.sliding_window_view(residual, length)[:: max(1, length // 2)]
    frames = (frames - frames.mean(axis=1, keepdims=True)) * window
    return np.asarray(np.abs(np.fft.rfft(frames, axis=1)) ** 2 / np.sum(window**2))


def _floor(power: Float64Array, *, single: bool) -> Float64Array:
    """Median of each piece of the spectrum, no lower than that of all, as mean of the exponential where it is of one part."""
    count = min(_FLOORS, max(1, len(power) // 16))
    pieces = power[: len(power) // count * count].reshape(count, -1)
    middles = (np.arange(count) + 0.5) * pieces.shape[1]
    near = np.interp(np.arange(len(power)), middles, np.median(pieces, axis=1))
    usual = np.maximum(near, max(float(np.median(power)), 1e-12)) / (np.log(2.0) if single else 1.0)
    return np.maximum(usual, _beside(power))


def _beside(power: Float64Array) -> Float64Array:
    """Greater of the means of the bins on the left and on the right, those of a tone left out; shape as `power`.

    A tone is narrow. What is broad is an error of the described spectrum, such as at the edge of a band.
    """
    first, last = _BESIDE
    sums = np.concatenate([[0.0], np.cumsum(np.pad(power, last, mode="edge"))])
    width, n = last - first + 1, len(power)
    left = (sums[width : width + n] - sums[:n]) / width
    right = (sums[last + first + width : last + first + width + n] - sums[last + first : last + first + n]) / width
    return np.asarray(np.maximum(left, right))
