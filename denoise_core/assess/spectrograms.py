"""Power over time and frequency of the recording, the result and what was removed, on one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core.assess.spectra import check_length
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.spectrum import segment_powers
from denoise_core.series import Estimate, Float64Array, Series

_SHORTEST, _LONGEST, _MOST_COLUMNS, _MOST_ROWS = 16, 512, 240, 128
_RANGE_DB = 80.0
FEWEST = 64
"""Samples."""


@dataclass(frozen=True, kw_only=True)
class Spectrograms:
    """Power densities in dB, each of shape (frequencies, columns), no lower than 80 dB under the greatest of all.

    Parameters
    ----------
    places : int64 array of shape (columns,)
        The middle sample of each column.
    frequency : float64 array of shape (frequencies,)
        In cycles per unit of time.
    """

    places: NDArray[np.int64]
    frequency: Float64Array
    recorded: Float64Array
    denoised: Float64Array
    removed: Float64Array


def spectrograms(noisy: Series, estimate: Estimate) -> Spectrograms:
    """Hann segments as long as about twice the root of the number of samples, which shows both axes equally finely.

    Raises
    ------
    DataError
        If fewer than 64 samples are present.
    """
    check_length(noisy, fewest=FEWEST, what="A spectrogram")
    n = len(noisy)
    segment = int(np.clip(2 ** round(np.log2(2.0 * np.sqrt(n))), _SHORTEST, _LONGEST))
    hop = max(segment // 4, -(-(n - segment) // _MOST_COLUMNS))
    step = noisy.time.step
    each = [noisy.values, estimate.values, noisy.values - estimate.values]
    powers = [_rows(segment_powers(interpolate_gaps(one), segment=segment, hop=hop)[:, 1:] * step).T for one in each]
    greatest = max(float(power.max()) for power in powers) or 1.0
    least = greatest * 10.0 ** (-_RANGE_DB / 10.0)
    recorded, denoised, removed = (10.0 * np.log10(np.maximum(power, least)) for power in powers)
    frequency = _rows(np.asarray(np.fft.rfftfreq(segment, d=step)[None, 1:], dtype=np.float64))[0]
    places = segment // 2 + hop * np.arange(recorded.shape[1])
    return Spectrograms(places=places, frequency=frequency, recorded=recorded, denoised=denoised, removed=removed)


def _rows(power: Float64Array) -> Float64Array:
    """At most `_MOST_ROWS` frequencies, each the mean of neighbours."""
    together = -(-power.shape[1] // _MOST_ROWS)
    kept = power[:, : power.shape[1] // together * together]
    return np.asarray(kept.reshape(len(power), -1, together).mean(axis=2), dtype=np.float64)
