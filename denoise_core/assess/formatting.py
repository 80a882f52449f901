"""Numbers as people write them."""

from __future__ import annotations

import numpy as np

from denoise_core.series import TimeAxis


def sized(value: float, unit: str) -> str:
    """Two to four figures and the unit: "0.031 mV", "1,240 Pa"."""
    number = f"{value:,.0f}" if 1000.0 <= abs(value) < 1e6 else f"{value:.2g}" if abs(value) < 100.0 else f"{value:.4g}"
    return f"{number} {unit}".rstrip()


def plural(count: int, noun: str) -> str:
    """ "1 sample", "1,200 samples"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def between(low: float, high: float, unit: str) -> str:
    """Two numbers and one unit: "1.2 to 2.4 mV"."""
    return f"{sized(low, '')} to {sized(high, unit)}"


def rhythm(frequency: float, time: TimeAxis) -> str:
    """Where a rhythm lies: "at 49.8 Hz" for fast ones in seconds, else by its period: "every 11 years"."""
    if time.unit == "s" and frequency >= 0.1:
        return f"at {frequency:.3g} Hz"
    period = np.inf if frequency == 0.0 else 1.0 / frequency
    plural = "" if time.unit == "s" or time.unit.endswith("s") else "s"
    return f"every {period:.3g} {time.unit}{plural}"
