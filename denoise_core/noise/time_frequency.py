"""Features of a record's spectrogram: noise is in every frame and at every frequency, and a signal is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from denoise_core.noise.spectrum import periodograms, segments
from denoise_core.noise.white_level import level, wavelet_level
from denoise_core.series import Float64Array

FRAME = 128
"""Samples; a power spectrum of noise has ``FRAME // 2 + 1`` values, at 0, 1 / FRAME .. 1 / 2 cycles per sample."""
BINS = FRAME // 2 + 1
FEWEST = 6
"""Frames; a record with fewer has no features."""

_LONG = 512  # samples, in which steady tones are narrow
_QUANTILES = (0.02, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.92)  # over the frames
_LEAST = 1e-14  # of the greatest power: what is smaller comes from rounding
_SHORT, _PAUSES = 32, (0.03, 0.1, 0.25, 0.5)  # samples, in which even quick repetitions pause, and quantiles over such frames
CHANNELS = len(_QUANTILES) + 9 + len(_PAUSES)
"""Rows of `features`."""


def features(values: Float64Array, missing: NDArray[np.bool_] | None = None) -> tuple[Float64Array, float] | None:
    """How the power of each frequency is spread over the record, and the log power that all of it is relative to.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Gaps interpolated.
    missing : bool array of shape (n,), optional
        Where they were.

    Returns
    -------
    (CHANNELS, BINS) and a number, or None where there are fewer than FEWEST frames
        Rows: log power at ten quantiles over the frames; how it is correlated from frame to frame; least, middle and
        greatest median of the finer frequencies in each bin, and of a low quantile; the two levels for white noise; quantiles
        over short frames. The same whatever the offset, sign and size of the values are, which move the number alone.
    """
    missing = np.zeros(len(values), dtype=bool) if missing is None else missing
    logs = _log_powers(values, FRAME, missing)
    if len(logs) < FEWEST:
        return None
    rows = np.quantile(logs, _QUANTILES, axis=0)
    reference = float(np.mean(rows[6]))
    centred = logs - logs.mean(axis=0)
    repeated = np.mean(centred[2:] * centred[:-2], axis=0) / np.maximum(np.mean(centred**2, axis=0), 1e-9)
    fine = _fine(values, missing, rows)
    white = np.log(np.maximum([level(values), wavelet_level(values)], 1e-150)) * 2.0
    broad = np.broadcast_to(np.clip(white - reference, -12.0, 12.0)[:, None], (2, BINS))
    pauses = _pauses(values, missing)
    return np.concatenate([rows - reference, repeated[None], fine - reference, broad, pauses - reference]), reference


def _fine(values: Float64Array, missing: NDArray[np.bool_], rows: Float64Array) -> Float64Array:
    """Least, middle and greatest log power of five finer frequencies about each bin: medians over long frames, and quintiles."""
    logs = _log_powers(values, _LONG, missing)
    if len(logs) < 3:
        return np.repeat(rows[[6, 3]], 3, axis=0)
    finer = np.quantile(logs, (0.5, 0.2), axis=0)
    places = np.clip(np.arange(BINS)[:, None] * (_LONG // FRAME) + np.arange(-2, 3), 0, _LONG // 2)
    return np.sort(finer[:, places], axis=2)[:, :, [0, 2, 4]].transpose(0, 2, 1).reshape(6, BINS)


def _pauses(values: Float64Array, missing: NDArray[np.bool_]) -> Float64Array:
    """Quantiles of the log power over short frames, (len(_PAUSES), BINS)."""
    short = np.quantile(_log_powers(values, _SHORT, missing), _PAUSES, axis=0)
    places, known = np.arange(BINS) * _SHORT / FRAME, np.arange(_SHORT // 2 + 1)
    return np.stack([np.interp(places, known, row) for row in short])


def _log_powers(values: Float64Array, length: int, missing: NDArray[np.bool_]) -> Float64Array:
    """Of segments of half overlap in which little is missing; (segments, bins)."""
    power = periodograms(segments(values, length, missing=missing))
    return np.asarray(np.log(np.maximum(power, _LEAST * float(power.max(initial=1e-300)))))
