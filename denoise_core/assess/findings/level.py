"""Stretches in which the residual is louder than the noise was described."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.findings.finding import Finding
from denoise_core.assess.formatting import format_value
from denoise_core.dsp.gaps import runs
from denoise_core.dsp.scaling import GAUSSIAN_MEDIAN
from denoise_core.noise import Noise
from denoise_core.series import Float64Array, Series

_BLOCK = 128  # samples
_LOUDER = 2.0  # times the described level; the level of a block errs by 10 % by chance
_FEWEST_BLOCKS = 4


def louder_stretches(residual: Float64Array, noise: Noise, series: Series) -> list[Finding]:
    """Where the median size in blocks of 128 samples is twice that of the described noise or more; neighbours joined."""
    n = len(residual)
    count = n // _BLOCK
    if count < _FEWEST_BLOCKS or noise.sd == 0.0:
        return []
    relative = np.abs(residual / np.maximum(noise.along(n), 1e-6 * noise.sd))[: count * _BLOCK].reshape(count, _BLOCK)
    enough = np.count_nonzero(~np.isnan(relative), axis=1) > _BLOCK // 2
    ratio = np.zeros(count)
    ratio[enough] = np.nanmedian(relative[enough], axis=1) / GAUSSIAN_MEDIAN
    loud = zip(*runs(ratio > _LOUDER), strict=True)
    return [
        _finding(int(first) * _BLOCK, int(last) * _BLOCK, float(ratio[first:last].max()), noise, series) for first, last in loud
    ]


def _finding(start: int, stop: int, times: float, noise: Noise, series: Series) -> Finding:
    usual = format_value(float(np.mean(noise.along(len(series))[start:stop])), series.unit)
    text = f"The residual is {times:.1f} times as large here as the noise is estimated to be ({usual})."
    return Finding(start=start, stop=stop, kind="level", size=times, text=text)
