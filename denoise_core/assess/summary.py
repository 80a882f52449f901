"""One result in a few numbers, so that a list of hundreds of results reads no series; JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from denoise_core.assess.metrics import snr_gain_db
from denoise_core.assess.residual import diagnose
from denoise_core.assess.risk import Judged
from denoise_core.noise import Noise
from denoise_core.series import Estimate, Float64Array, Series

_STROKES = 50  # of the sparkline, each from the least to the greatest value of its stretch


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The numbers of one result.

    Parameters
    ----------
    method : str
    settings : mapping
        Those of the estimate; JSON-able.
    removed_rms : float
        Of the residual, in the unit of the series.
    autocorrelation : float or None
        Largest of the residual; None where that is zero everywhere.
    error : float or None
        Estimated root mean square error, in the unit of the series; None where it cannot be estimated.
    error_interval : (float, float) or None
        Contains the true one with about 90 % probability.
    gain_db : float or None
        True gain; None where no truth is known.
    seconds : float or None
        What it took to compute.
    doubt : str
        Why there is no estimated error, or why it should not be believed, in a sentence; "" where it may be.
    sparkline : tuple of float
        The estimate in about 100 numbers, extremes kept; None among them for gaps.
    """

    method: str
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    removed_rms: float
    autocorrelation: float | None = None
    error: float | None = None
    error_interval: tuple[float, float] | None = None
    gain_db: float | None = None
    seconds: float | None = None
    doubt: str = ""
    sparkline: tuple[float | None, ...] = ()

    def with_error(self, judged: Judged | None, doubt: str) -> Summary:
        """With what was found of its error without the truth, and why that is nothing or should not be believed."""
        if judged is None:
            return replace(self, doubt=doubt)
        seconds = judged.seconds if self.seconds is None else self.seconds
        return replace(self, error=judged.rms, error_interval=judged.rms_interval, seconds=seconds, doubt=doubt)

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        return {spec.name: getattr(self, spec.name) for spec in fields(self)} | {"settings": dict(self.settings)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Summary:
        """``Summary.from_json(summary.to_json()) == summary``; what is not known here is left out."""
        known = {spec.name: raw[spec.name] for spec in fields(cls) if spec.name in raw}
        interval = known.get("error_interval")
        return cls(**{**known, "error_interval": interval and tuple(interval), "sparkline": tuple(known.get("sparkline", ()))})


def summarise(
    series: Series,
    estimate: Estimate,
    *,
    noise: Noise | None = None,
    truth: Float64Array | None = None,
    judged: Judged | None = None,
    seconds: float | None = None,
    doubt: str = "",
) -> Summary:
    """The numbers of an estimate for a series.

    Parameters
    ----------
    truth : float64 array of shape (n,), optional
    judged : Judged, optional
        What was found of its error without the truth.
    seconds : float, optional
        By default what `judged` took.
    doubt : str
        Why there is no `judged`, or why it should not be believed.

    Raises
    ------
    DataError
        If lengths differ or fewer than 8 samples are present.
    """
    residual = diagnose(estimate.seen_of(series), estimate, noise=noise)
    removed = series.values - estimate.values
    numbers = Summary(
        method=estimate.method,
        settings=estimate.settings,
        removed_rms=float(np.sqrt(np.nanmean(removed**2))),
        autocorrelation=_or_none(residual.autocorrelation),
        gain_db=None if truth is None else _or_none(snr_gain_db(estimate.values, truth, noisy=series.values)),
        seconds=seconds,
        sparkline=_sparkline(estimate.values),
    )
    return numbers.with_error(judged, doubt)


def _or_none(value: float) -> float | None:
    """JSON knows no nan."""
    return float(value) if np.isfinite(value) else None


def _sparkline(values: Float64Array) -> tuple[float | None, ...]:
    """Least and greatest value of each of so many equal stretches."""
    starts = np.unique(np.linspace(0, len(values), _STROKES, endpoint=False).astype(int))
    edges = np.column_stack([np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)])
    return tuple(None if np.isnan(value) else float(value) for value in edges.ravel())
