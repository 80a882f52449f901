"""Numbers as people write them."""

from __future__ import annotations

from denoise_core.series import TimeAxis

_COUNTED = ("sample", "second", "minute", "hour", "day", "week", "month", "year")  # units with a plural


def format_value(value: float, unit: str) -> str:
    """Two to four figures and the unit: "0.031 mV", "1,240 Pa"."""
    number = f"{value:,.0f}" if 1000.0 <= abs(value) < 1e6 else f"{value:.2g}" if abs(value) < 100.0 else f"{value:.4g}"
    return f"{number} {unit}".rstrip()


def format_measured(value: float, unit: str) -> str:
    """Four figures and the unit, as an instrument shows them: "0.03142 mV"."""
    return f"{value:.4g} {unit}".rstrip()


def plural(count: int, noun: str) -> str:
    """A count with its noun: "1 sample", "1,200 samples"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def minutes(duration_s: float) -> str:
    """Whole minutes, at least one: "58 minutes"."""
    return plural(max(1, round(duration_s / 60.0)), "minute")


def format_percent(share: float) -> str:
    """A share of 1 in percent, with two figures: "8.8 %", "100 %", "< 0.1 %"."""
    percent = 100.0 * share
    return "< 0.1 %" if 0.0 < percent < 0.1 else f"{percent:.0f} %" if percent >= 10.0 else f"{percent:.2g} %"


def format_range(low: float, high: float, unit: str) -> str:
    """Two numbers and one unit: "1.2 to 2.4 mV"."""
    return f"{format_value(low, '')} to {format_value(high, unit)}"


def format_frequency(frequency: float, time: TimeAxis) -> str:
    """Where an oscillation lies: "at 49.8 Hz" from 0.1 Hz, else "about once every 23 h", "about once every 11 years"."""
    if time.unit == "s" and frequency >= 0.1:
        return f"at {frequency:.3g} Hz"
    period, unit = 1.0 / frequency, time.unit
    if unit == "s":
        seconds, unit = next(one for one in ((86400.0, "day"), (3600.0, "h"), (60.0, "min"), (1.0, "s")) if period >= 2 * one[0])
        period /= seconds
    number = f"{period:.2g}" if period < 10.0 else f"{period:,.0f}"
    return f"about once every {number} {unit}{'s' if unit in _COUNTED and number != '1' else ''}"


def duration(samples: float, time: TimeAxis) -> str:
    """So many samples as a duration: "16 ms", "3 h", "40 samples"."""
    length = samples * time.step
    if time.unit == "s" and length < 1.0:
        return format_value(float(f"{1000.0 * length:.2g}"), "ms")
    if time.unit == "sample":
        return plural(max(1, round(samples)), "sample")
    return format_value(length, time.unit)
