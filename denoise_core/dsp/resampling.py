"""Resampling from uneven to even time steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from denoise_core.errors import DataError
from denoise_core.series import Float64Array, Series

WIDEST_STEP = 1.5  # usual steps; between samples that are further apart, even samples count as missing
MOST_GROWTH = 4.0


def resample_evenly(series: Series) -> Series:
    """The series at even steps of its median step, from its first to its last time, by linear interpolation.

    Samples of one time count as their mean.

    Raises
    ------
    DataError
        If time decreases, or even steps would make more than four times as many samples.
    """
    times, step = series.time.values, series.time.step
    if not step > 0 or np.any(np.diff(times) < 0):
        raise DataError(f"The times of {series.name} go back, so even steps cannot be made. Sort the file by time.")
    count = int(np.floor((times[-1] - times[0]) / step + 1e-6)) + 1
    if count > MOST_GROWTH * len(series):
        raise DataError(
            f"Even steps of {step:g} {series.time.unit} would make {count:,} samples of {len(series):,}: the steps differ "
            'too much. Set input.uneven to "channel" or "ignore".'
        )
    at = np.minimum(times[0] + step * np.arange(count), times[-1])
    return replace(series, values=interpolate_at(series.values, times, at), time=replace(series.time, values=at))


def interpolate_at(values: Float64Array, times: Float64Array, at: Float64Array) -> Float64Array:
    """`values` of shape (n,) at other times, linear between present neighbours; NaN where those are further apart than usual."""
    present = ~np.isnan(values)
    if not present.any():
        return np.full(len(at), np.nan)
    known, place, count = np.unique(times[present], return_inverse=True, return_counts=True)
    result = np.interp(at, known, np.bincount(place, weights=values[present]) / count, left=np.nan, right=np.nan)
    after = np.clip(np.searchsorted(known, at), 1, max(1, len(known) - 1))
    if len(known) > 1:
        apart = known[after] - known[after - 1]
        near = np.minimum(np.abs(at - known[after]), np.abs(at - known[after - 1]))
        usual = float(np.median(np.diff(times)))
        result[(apart > WIDEST_STEP * usual) & (near > 0.5 * usual)] = np.nan
    return np.asarray(result, dtype=np.float64)
