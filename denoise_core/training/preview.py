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
        self._shown = series.part(slice(self.start, stop))
        self._given = given
        self._invert = prewhiten(series, config).invert
        self.noisy = _to_json(self._shown.values)

    def of(self, trained: TrainedDenoiser) -> tuple[list[float | None], float | None]:
        """The estimate of the stretch, None where there is none, and the root mean square of the error that it states there.

        Both are in the unit of the series. On 54 networks of 18 series the stated error of a whole series was 0.2 dB below the
        true one in the mean, 1.2 dB off in the root mean square.
        """
        estimate = self._invert(trained.estimate(self._given, self._where)).part(slice(self.start - self._where.start, None))
        shown = estimate.with_gaps_of(self._shown)
        return _to_json(shown.values), shown.stated_error


def _to_json(values: Float64Array) -> list[float | None]:
    """Numbers that JSON can hold; None for NaN."""
    return [None if np.isnan(v) else float(v) for v in values]
