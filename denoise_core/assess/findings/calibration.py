"""From where on evidence counts: set on the tuning kinds of tests/damage, see tests/benchmarks/verdict.py --calibrate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from denoise_core.assess.findings.finding import Evidence, Kind

NoiseClass = Literal["white", "coloured", "varying"]

LIMITS: Mapping[Kind, float] = {
    "details": 3.9,
    "edges": 4.6,
    "repeats": 5.3,
    "missed": 0.6,
    "pulses": 3.9,
    "tone": 3.45,
    "slow": 3.2,
}
"""Strength of the evidence above which signal was lost."""

FACTORS: Mapping[NoiseClass, float] = {"white": 1.0, "coloured": 1.3, "varying": 1.0}
"""By which the limits are higher where more of the noise is estimated: each class then has about 2 % false alarms."""

TOLERATED = 0.02
"""Share of the energy of the stated error that may be lost signal of one kind: each method loses some to remove the noise."""

LOCAL = 4.5
"""Contribution of a single stretch above which it is named as a place; chance reaches 4.5 in 1 of 300,000."""


def is_beyond_limit(found: Evidence, *, error_energy: float, noise_class: NoiseClass) -> bool:
    """Whether the strength is beyond the limit of its kind and the tolerated share; see `Normalised`."""
    return remaining_strength(found, error_energy) > FACTORS[noise_class] * LIMITS[found.kind]


def remaining_strength(found: Evidence, error_energy: float) -> float:
    """What is left of the strength without the tolerated share of the stated error; that of single events stays."""
    tolerated = 0.0 if found.kind in ("missed", "pulses") else TOLERATED * error_energy
    return math.sqrt(max(0.0, found.strength**2 - tolerated))
