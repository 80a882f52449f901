"""What a record looks like in time and frequency, where noise is everywhere and all the time and a signal is not."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from denoise_core.noise.white_level import level, wavelet_level
from denoise_core.series import Float64Array

FRAME = 128
"""Samples; a power spectrum of noise has ``FRAME // 2 + 1`` values, at 0, 1 / FRAME .. 1 / 2 cycles per sample."""
BINS = FRAME // 2 + 1
FEWEST = 6
"""Frames without which nothing is said."""

_LONG = 512  # samples, in which steady tones are narrow
_QUANTILES = (0.02, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.92)  # over the frames
_MOST_FILLED = 0.08  # share of a frame's samples that may be missing and bridged
_LEAST = 1e-14  # of the greatest power: what is smaller comes from floating point arithmetic
_SHORT, _PAUSES = 32, (0.03, 0.1, 0.25, 0.5)  # samples, in which even quick repetitions pause, and quantiles over such frames
CHANNELS = len(_QUANTILES) + 9 + len(_PAUSES)
"""Rows of `features`."""


def features(values: Float64Array, missing: NDArray[np.bool_] | None = None) -> tuple[Float64Array, float] | None:
    """How the power of each frequency is spread over the record, and the log power that all of it is relative to.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Gaps bridged.
    missing
        Where they were.

    Returns
    -------
    (CHANNELS, BINS) and a number, or None where there are fewer than FEWEST frames
        Rows: log power at ten quantiles over the frames; how it is correlated from frame to frame; least, middle and
        greatest median of the finer frequencies in each bin, and of a low quantile; the two levels for white noise; quantiles
        over short frames. The same whatever the offset, sign and size of the values are, which move the number alone.
    """
    frames = _frames(values, missing, FRAME)
    if len(frames) < FEWEST:
        return None
    logs = _log_powers(frames)
    rows = np.quantile(logs, _QUANTILES, axis=0)
    reference = float(np.mean(rows[6]))
    centred = logs - logs.mean(axis=0)
    repeated = np.mean(centred[2:] * centred[:-2], axis=0) / np.maximum(np.mean(centred**2, axis=0), 1e-9)
    fine = _fine(values, missing, rows)
    white = np.log(np.maximum([level(values), wavelet_level(values)], 1e-150)) * 2.0
    broad = np.broadcast_to(np.clip(white - reference, -12.0, 12.0)[:, None], (2, BINS))
    pauses = _pauses(values, missing)
    return np.concatenate([rows - reference, repeated[None], fine - reference, broad, pauses - reference]), reference


def _fine(values: Float64Array, missing: NDArray[np.bool_] | None, rows: Float64Array) -> Float64Array:
    """Least, middle and greatest log power of five finer frequencies about each bin: medians over long frames, and quintiles."""
    frames = _frames(values, missing, _LONG)
    if len(frames) < 3:
        return np.repeat(rows[[6, 3]], 3, axis=0)
    found = np.quantile(_log_powers(frames), (0.5, 0.2), axis=0)
    places = np.clip(np.arange(BINS)[:, None] * (_LONG // FRAME) + np.arange(-2, 3), 0, _LONG // 2)
    return np.sort(found[:, places], axis=2)[:, :, [0, 2, 4]].transpose(0, 2, 1).reshape(6, BINS)


def _pauses(values: Float64Array, missing: NDArray[np.bool_] | None) -> Float64Array:
    """Quantiles of the log power over short frames, (len(_PAUSES), BINS)."""
    found = np.quantile(_log_powers(_frames(values, missing, _SHORT)), _PAUSES, axis=0)
    places, known = np.arange(BINS) * _SHORT / FRAME, np.arange(_SHORT // 2 + 1)
    return np.stack([np.interp(places, known, row) for row in found])


def _frames(values: Float64Array, missing: NDArray[np.bool_] | None, length: int) -> Float64Array:
    """Of half overlap, without those in which too much is missing; (frames, length)."""
    if len(values) < length:
        return np.zeros((0, length))
    frames = np.lib.stride_tricks.sliding_window_view(values, length)[:: length // 2]
    if missing is None or not missing.any():
        return frames
    filled = np.lib.stride_tricks.sliding_window_view(missing, length)[:: length // 2].mean(axis=1)
    return np.asarray(frames[filled <= _MOST_FILLED])


def _log_powers(frames: Float64Array) -> Float64Array:
    """Of frames without their straight lines, under Hann's window of square sum 1; (frames, bins)."""
    window, line = _tapers(frames.shape[1])
    straight = (frames @ line.T) @ line
    power = np.abs(np.fft.rfft((frames - straight) * window, axis=1)) ** 2
    return np.asarray(np.log(np.maximum(power, _LEAST * float(power.max(initial=1e-300)))))


@cache
def _tapers(length: int) -> tuple[Float64Array, Float64Array]:
    """Hann's window, and an orthonormal basis of straight lines."""
    window = np.hanning(length + 1)[:-1]
    line = np.stack([np.ones(length), np.arange(length) - (length - 1) / 2])
    return window / np.sqrt(np.sum(window**2)), line / np.sqrt((line**2).sum(axis=1, keepdims=True))
