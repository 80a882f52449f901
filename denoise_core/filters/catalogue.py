"""The table of filters: what a form shows, what is computed, and which settings are worth trying."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from denoise_core.config import unknown
from denoise_core.errors import SettingsError
from denoise_core.filters.decompositions import SingularSpectrumSettings, StftSettings, singular_spectrum, stft
from denoise_core.filters.functions import (
    LowpassSettings,
    SavgolSettings,
    WindowSettings,
    lowpass,
    median,
    moving_average,
    savgol,
)
from denoise_core.filters.local import HampelSettings, LowessSettings, WienerSettings, hampel, lowess, wiener
from denoise_core.filters.settings import Settings
from denoise_core.filters.state_space import MODELS, KalmanSettings, kalman
from denoise_core.filters.total_variation import TotalVariationSettings, total_variation
from denoise_core.filters.wavelets import RULES, WaveletSettings, wavelet
from denoise_core.series import Float64Array


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One classical method: what a form shows, what it computes, and the settings worth trying on n samples.

    Parameters
    ----------
    tuned_on : int
        How many samples a suggestion looks at: enough to judge, quick enough to wait for.
    """

    label: str
    help: str
    settings: type[Settings]
    function: Callable[[Float64Array, Any], Float64Array]
    candidates: Callable[[int], Iterable[Settings]]
    tuned_on: int = 30_000


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
        candidates=lambda _: [WaveletSettings(wavelet=w, rule=r) for r in RULES for w in ("sym4", "sym8", "haar")],
    ),
    "lowpass": Filter(
        label="Low-pass",
        help="Removes everything above a cutoff frequency, without delay: good where signal and noise differ in frequency.",
        settings=LowpassSettings,
        function=lowpass,
        candidates=lambda n: [LowpassSettings(cutoff=float(c)) for c in np.geomspace(min(max(2 / n, 1e-4), 0.45), 0.45, 24)],
    ),
    "total_variation": Filter(
        label="Total variation",
        help="Finds the piecewise constant curve nearest to the recording: steps stay sharp, slopes become stairs.",
        settings=TotalVariationSettings,
        function=total_variation,
        candidates=lambda _: [TotalVariationSettings(weight=float(w)) for w in np.geomspace(0.3, 30.0, 10)],
        tuned_on=4_096,
    ),
    "kalman": Filter(
        label="Kalman smoother",
        help="Follows a level or trend that changes at random; how fast it changes is estimated from the data.",
        settings=KalmanSettings,
        function=kalman,
        candidates=lambda _: [KalmanSettings(model=model) for model in MODELS],
        tuned_on=4_096,
    ),
    "wiener": Filter(
        label="Wiener (local)",
        help="Averages where the recording varies no more than its noise, and leaves it alone where it varies more.",
        settings=WienerSettings,
        function=wiener,
        candidates=lambda n: [WienerSettings(window=w) for w in _odd_windows(n, low=3, high=1_001)],
    ),
    "stft": Filter(
        label="Short-time Fourier",
        help="Keeps the frequencies that stand out of the noise at their time: good for tones and chirps.",
        settings=StftSettings,
        function=stft,
        candidates=lambda n: [
            StftSettings(window=w, cut=c) for w in (33, 65, 129, 257, 513) if 4 * w <= max(n, 132) for c in (1.5, 2.0, 3.0)
        ],
        tuned_on=4_096,
    ),
    "lowess": Filter(
        label="Local regression (LOWESS)",
        help="Fits a line to each window, with less weight on far samples and on outliers.",
        settings=LowessSettings,
        function=lowess,
        candidates=lambda n: [
            LowessSettings(window=w, iterations=k) for k in (0, 2) for w in _odd_windows(n, low=5, high=2_001)[::2]
        ],
    ),
    "hampel": Filter(
        label="Hampel",
        help="Replaces only the samples that are far from their neighbours' median: removes spikes, not noise.",
        settings=HampelSettings,
        function=hampel,
        candidates=lambda n: [
            HampelSettings(window=w, cut=c) for c in (0.0, 1.0, 3.0) for w in (3, 5, 7, 11, 21, 41) if w <= max(3, n // 4)
        ],
        tuned_on=8_192,
    ),
    "ssa": Filter(
        label="Singular spectrum analysis",
        help="Decomposes the series into its own most frequent patterns and keeps the strongest: good for rhythms.",
        settings=SingularSpectrumSettings,
        function=singular_spectrum,
        candidates=lambda n: [
            SingularSpectrumSettings(window=w, components=k)
            for w in (15, 31, 63, 127)
            if 2 * w <= max(n, 31)
            for k in (1, 2, 4, 8, 16, 32)
            if 2 * k < w
        ],
        tuned_on=8_192,
    ),
}


def lookup(name: str) -> Filter:
    """The filter of that name, or SettingsError with the known names."""
    if name not in FILTERS:
        raise SettingsError([f"{unknown(name, FILTERS, what='filter')} The filters are: {', '.join(FILTERS)}."])
    return FILTERS[name]
