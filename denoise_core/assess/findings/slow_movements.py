"""Slow movements in the residual: more power in its lowest frequencies than in those above them."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.findings.finding import Evidence
from denoise_core.assess.findings.normalised import Normalised, pool

_POINTS = 512  # about so many are left of the residual
_SLOW = (1, 2, 4, 8, 16)  # half periods over the record
_ABOVE = slice(20, 120)
_MEDIAN = 0.455  # of a chi-square of one degree
# Described spectra have 65 frequencies, and know nothing of what lies between the lowest two: there the noise may be stronger.
_UNSURE = 3.0


def lost_movement(given: Normalised) -> Evidence:
    """By the cosine transform of the averaged residual."""
    residual = pool(given.residual, max(1, len(given) // _POINTS))
    n = len(residual)
    count = min(_ABOVE.stop, n // 2)
    basis = np.cos(np.pi * np.arange(1, count + 1)[:, None] * (np.arange(n) + 0.5) / n) * np.sqrt(2.0 / n)
    parts = basis @ residual
    floor = max(float(np.median(parts[_ABOVE] ** 2)) / _MEDIAN, 1e-12) if count > _ABOVE.start + 8 else 1.0
    floor = max(floor, 1.0) if given.noise_class != "coloured" else _UNSURE * floor
    powers = np.cumsum(parts**2) / floor
    strengths = {k: float(np.sqrt(max(0.0, powers[k - 1] - k) / np.sqrt(0.5 * k))) for k in _SLOW if k < count}
    best = max(strengths, key=lambda k: strengths[k])
    course = parts[:best] @ basis[:best] / np.sqrt(len(given) / n)
    return Evidence(
        kind="slow",
        strength=strengths[best],
        amplitude=float(np.ptp(course)),
        scale=2.0 * len(given) / best,
        contributions=np.abs(course) / max(float(np.std(course)), 1e-12),
    )
