"""The stretch of a series that is shown while a network trains, denoised by the inference that makes the result."""

from __future__ import annotations

import numpy as np

from denoise_core.config import RunConfig
from denoise_core.dataset.preprocessing import prewhiten
from denoise_core.model.denoiser import TrainedDenoiser
from denoise_core.model.features import NetworkInput
from denoise_core.series import Float64Array, Series

PREVIEW_SAMPLES = 400
FORGOTTEN = 1e-8  # share of an error before the stretch that the inverse filter of prewhitening may carry into it


class Preview:
    """``of(trained) == trained.denoise(series).values[start : start + PREVIEW_SAMPLES]`` to float32 precision.

    Missing samples are left out: gaps are continued once, when the training has ended.

    Parameters
    ----------
    series : Series
        Resampled if the settings ask for it, but not prewhitened.
    given : NetworkInput
        The same series as the network sees it. It is prepared once; only windows about the stretch are predicted.
    """

    def __init__(self, series: Series, given: NetworkInput, config: RunConfig) -> None:
        self.start = max(0, (len(series) - PREVIEW_SAMPLES) // 2)
        stop = min(len(series), self.start + PREVIEW_SAMPLES)
        rho = config.input.whiten
        lead = int(np.ceil(np.log(FORGOTTEN) / np.log(rho))) if rho > 0 else 0
        self._where = slice(max(0, self.start - lead), stop)
        self._missing = ~series.observed[self.start : stop]
        self._given = given
        self._invert = prewhiten(series, config).invert
        self.noisy = _to_json(series.values[self.start : stop])

    def of(self, trained: TrainedDenoiser) -> list[float | None]:
        """The estimate of the stretch, in the unit of the series; None where there is none."""
        estimate = self._invert(trained.estimate(self._given, self._where))
        shown = estimate.values[self.start - self._where.start :]
        return _to_json(np.where(self._missing, np.nan, shown))


def _to_json(values: Float64Array) -> list[float | None]:
    """Numbers that JSON can hold; None for NaN."""
    return [None if np.isnan(v) else float(v) for v in values]
