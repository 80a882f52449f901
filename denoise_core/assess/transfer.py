"""What a method did to each frequency: gain from the recording to the result, and how far one follows the other linearly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.assess.spectra import check_length
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.spectrum import segment_spectra
from denoise_core.series import Estimate, Float64Array, Series

_SEGMENTS, _LONGEST = 8, 2048
FEWEST = 128
"""Samples."""


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Over the same frequencies, each of shape (m,).

    Parameters
    ----------
    frequency : float64 array
        In cycles per unit of time.
    gain : float64 array
        Size of the result over that of the recording, as far as they are coherent: 1 keeps a frequency, 0 removes it.
    coherence : float64 array
        0 .. 1; 1 where the result is the recording through a linear filter.
    """

    frequency: Float64Array
    gain: Float64Array
    coherence: Float64Array


def transfer(noisy: Series, estimate: Estimate) -> Transfer:
    """By Welch's method, over eight segments and their overlaps at least.

    Raises
    ------
    DataError
        If fewer than 128 samples are present.

    References
    ----------
    Bendat, Piersol 2010, Random Data, 4th ed., chapter 6, doi:10.1002/9781118032428
    """
    check_length(noisy, fewest=FEWEST, what="The gain by frequency")
    segment = min(len(noisy) // _SEGMENTS, _LONGEST)
    hop = segment - segment // 2
    before, after = (
        segment_spectra(interpolate_gaps(one), segment=segment, hop=hop)[:, 1:] for one in (noisy.values, estimate.values)
    )
    cross = np.abs(np.mean(np.conj(before) * after, axis=0))
    power_before, power_after = (np.mean(np.abs(one) ** 2, axis=0) for one in (before, after))
    both = power_before * power_after
    return Transfer(
        frequency=np.asarray(np.fft.rfftfreq(segment, d=noisy.time.step)[1:], dtype=np.float64),
        gain=np.divide(cross, power_before, out=np.full(cross.shape, np.nan), where=power_before > 0.0),
        coherence=np.divide(cross**2, both, out=np.full(cross.shape, np.nan), where=both > 0.0),
    )
