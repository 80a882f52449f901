"""Labelled damage: results that lost a known part of the signal, and results that lost none, on noise of many kinds.

Signals and damages are of two sets, TUNING and KEPT_BACK, which share no signal and no form of damage, but for events that are
missed altogether. Thresholds of the verdict were set on the first alone (`tests/benchmarks/verdict.py`).
"""

from tests.damage.cases import KEPT_BACK, TUNING, Case, cases

__all__ = ["KEPT_BACK", "TUNING", "Case", "cases"]
