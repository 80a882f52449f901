"""The numbers of a result as a table writes them."""

from __future__ import annotations

import math

from denoise_core.assess.formatting import format_range, format_value, plural
from denoise_core.assess.summary import Summary

_AGES = ((86_400.0, "day"), (3600.0, "h"), (60.0, "min"))


def error_in_words(summary: Summary, unit: str) -> str:
    """The estimated error and where the true one probably lies, in a sentence; why it is not known where it is not."""
    if summary.error is None or summary.error_interval is None:
        return summary.doubt or "The error of this result was not estimated."
    range_ = format_range(*summary.error_interval, unit)
    return f"Estimated error of the result: {format_value(summary.error, unit)} RMS (probably {range_}). {summary.doubt}".rstrip()


def seconds_in_words(seconds: float | None) -> str:
    """The duration: "0.4 s", "3 min 20 s"; "" where it is not known."""
    if seconds is None:
        return ""
    if seconds < 100.0:
        return f"{seconds:.2g} s" if seconds >= 0.01 else "< 0.01 s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def age_in_words(seconds: float) -> str:
    """How long ago: "now", "5 min", "3 h", "12 days"."""
    if seconds < 60.0:
        return "now"
    length, unit = next(one for one in _AGES if seconds >= one[0])
    count = int(seconds // length)
    return plural(count, unit) if unit == "day" else f"{count} {unit}"


def gain_over_db(summary: Summary, baseline: Summary) -> tuple[float | None, bool]:
    """By how many dB the square error is less than the baseline's, and whether that is the true one or estimated.

    None where neither is known of both.
    """
    if summary.gain_db is not None and baseline.gain_db is not None:
        return summary.gain_db - baseline.gain_db, True
    if not summary.error or not baseline.error:
        return None, False
    return 20.0 * math.log10(baseline.error / summary.error), False
