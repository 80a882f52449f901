"""From where on evidence counts: set on the tuning kinds of tests/damage.py by tests/benchmarks/verdict.py --calibrate."""

from __future__ import annotations

from collections.abc import Mapping

from denoise_core.assess.findings.finding import Evidence, Kind

LIMITS: Mapping[Kind, float] = {
    "details": 7.0,
    "edges": 4.4,
    "repeats": 3.4,
    "missed": 1.0,
    "tone": 3.2,
    "slow": 2.75,
}
"""Strength of the evidence above which signal was lost."""

TOLERATED = 0.015
"""Share of the energy of the stated error that may be lost signal of one kind: each method loses some to remove the noise."""

LOCAL = 4.5
"""Contribution of a single stretch above which it is named as a place; chance reaches 4.5 in 1 of 300,000."""


def is_beyond_limit(found: Evidence, error_energy: float) -> bool:
    """Whether the strength is beyond the limit of its kind and the tolerated share; see `Normalised.error_energy`."""
    return remaining_strength(found, error_energy) > LIMITS[found.kind]


def remaining_strength(found: Evidence, error_energy: float) -> float:
    """What is left of the strength without the tolerated share of the stated error; that of single missed events stays."""
    tolerated = 0.0 if found.kind == "missed" else TOLERATED * error_energy
    return float(max(0.0, found.strength**2 - tolerated)) ** 0.5
