"""Duration, RMS, peak and peak-to-peak of a stretch, as an oscilloscope shows them."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.formatting import duration, format_measured, plural
from denoise_core.series import Estimate, Float64Array, Series


def stretch_in_words(series: Series, part: slice) -> str:
    """Which samples of `series` are meant: "0.5 to 1.2 s (Δt 0.7 s, 350 of 3,000 samples)", or that it is all of them."""
    times, unit = series.time.values, series.time.unit
    start, stop, _ = part.indices(len(series))
    count = stop - start
    if count == len(series):
        return f"the whole record ({plural(count, 'sample')}, one every {duration(1, series.time)})"
    low, high = float(times[start]), float(times[stop - 1])
    between = f"{low:.6g} to {high:.6g} {unit}"
    return f"{between} (Δt {duration(stop - start - 1, series.time)}, {count:,} of {plural(len(series), 'sample')})"


def measurements(series: Series, estimate: Estimate) -> list[dict[str, str]]:
    """One row each for the recorded, denoised and removed values, as text; samples that are missing are left out.

    RMS is about the mean: ``sqrt(mean((x - mean(x))**2))``. Peak is the value of greatest size.
    """
    rows = {"Recorded": series.values, "Denoised": estimate.values, "Removed": series.values - estimate.values}
    return [{"": name, **_row(values[~np.isnan(values)], series.unit)} for name, values in rows.items()]


def _row(values: Float64Array, unit: str) -> dict[str, str]:
    if not values.size:
        return dict.fromkeys(("Mean", "RMS", "Peak", "Peak to peak"), "")
    return {
        "Mean": format_measured(float(values.mean()), unit),
        "RMS": format_measured(float(values.std()), unit),
        "Peak": format_measured(float(values[np.argmax(np.abs(values))]), unit),
        "Peak to peak": format_measured(float(np.ptp(values)), unit),
    }
