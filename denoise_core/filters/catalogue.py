"""The table of filters: what a form shows, what is computed, and which settings are worth trying."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from denoise_core.config import unknown
from denoise_core.errors import SettingsError
from denoise_core.filters.functions import (
    LowpassSettings,
    SavgolSettings,
    Settings,
    WaveletSettings,
    WindowSettings,
    lowpass,
    median,
    moving_average,
    savgol,
    wavelet,
)
from denoise_core.series import Float64Array


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One classical method: what a form shows, what it computes, and the settings worth trying on n samples."""

    label: str
    help: str
    settings: type[Settings]
    function: Callable[[Float64Array, Any], Float64Array]
    candidates: Callable[[int], Iterable[Settings]]


def _odd_windows(n: int, *, low: int, high: int) -> list[int]:
    return sorted({int(w) | 1 for w in np.geomspace(low, np.clip(n // 4, low, high), 18)})


FILTERS: dict[str, Filter] = {
    "moving_average": Filter(
        label="Moving average",
        help="Replaces each sample by the mean of its neighbours: simple and fast, but it rounds off peaks and edges.",
        settings=WindowSettings,
        function=moving_average,
        candidates=lambda n: [WindowSettings(window=w) for w in _odd_windows(n, low=3, high=10_001)],
    ),
    "median": Filter(
        label="Median",
        help="Replaces each sample by the median of its neighbours: removes spikes and keeps steps sharp.",
        settings=WindowSettings,
        function=median,
        candidates=lambda n: [WindowSettings(window=w) for w in _odd_windows(n, low=3, high=10_001)],
    ),
    "savgol": Filter(
        label="Savitzky-Golay",
        help="Fits a low-order polynomial around each sample: keeps peak heights better than an average.",
        settings=SavgolSettings,
        function=savgol,
        candidates=lambda n: [SavgolSettings(window=w, order=k) for k in (2, 4) for w in _odd_windows(n, low=k + 3, high=2_001)],
    ),
    "wavelet": Filter(
        label="Wavelet",
        help="Decomposes the series into wavelets of every scale and shrinks the coefficients that may be noise.",
        settings=WaveletSettings,
        function=wavelet,
        candidates=lambda _: [WaveletSettings(wavelet=w, rule=r) for r in ("bayes", "hard") for w in ("sym4", "sym8", "haar")],
    ),
    "lowpass": Filter(
        label="Low-pass",
        help="Removes everything above a cutoff frequency, without delay: good where signal and noise differ in frequency.",
        settings=LowpassSettings,
        function=lowpass,
        candidates=lambda n: [LowpassSettings(cutoff=float(c)) for c in np.geomspace(min(max(2 / n, 1e-4), 0.45), 0.45, 24)],
    ),
}


def lookup(name: str) -> Filter:
    """The filter of that name, or SettingsError with the known names."""
    if name not in FILTERS:
        raise SettingsError([f"{unknown(name, FILTERS, what='filter')} The filters are: {', '.join(FILTERS)}."])
    return FILTERS[name]
