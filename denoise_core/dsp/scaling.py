"""Bring values to a common size and back. Fitted on the samples that are trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denoise_core.errors import SettingsError
from denoise_core.series import Float64Array

GAUSSIAN_MEDIAN = 0.67449  # median of |z| where z is Gaussian of sd 1
SCALINGS = ("standard", "minmax", "robust", "none")


@dataclass(frozen=True)
class Scaler:
    """``scaled == (values - offset) / scale``; `scale` is in the unit of the values and positive."""

    offset: float
    scale: float

    def apply(self, values: Float64Array) -> Float64Array:
        return (values - self.offset) / self.scale

    def invert(self, scaled: Float64Array) -> Float64Array:
        return scaled * self.scale + self.offset


def fit_scaler(values: Float64Array, kind: str) -> Scaler:
    """A scaler from values of shape (n,); NaN counts as missing.

    standard: mean and sd. minmax: the range becomes 0..1. robust: median and interquartile range / 1.349 (a Gaussian's sd).
    A constant, or an interquartile range of zero, falls back to the next wider measure, so that `scale` is never zero.

    Raises
    ------
    SettingsError
        If `kind` is not one of SCALINGS.
    """
    present = values[~np.isnan(values)]
    if kind not in SCALINGS:
        raise SettingsError([f"scaling.kind = {kind!r} is not one of {', '.join(SCALINGS)}."])
    if kind == "none":
        return Scaler(0.0, 1.0)
    if kind == "minmax":
        return Scaler(float(present.min()), _positive(float(np.ptp(present))))
    if kind == "robust":
        low, middle, high = np.percentile(present, [25, 50, 75])
        return Scaler(float(middle), _positive(float(high - low) / 1.349, float(present.std())))
    return Scaler(float(present.mean()), _positive(float(present.std())))


def _positive(*candidates: float) -> float:
    return next((c for c in candidates if c > 0), 1.0)
