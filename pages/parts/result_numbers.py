"""The columns and cells with the numbers of a result, the same in every table."""

from __future__ import annotations

from denoise_core.assess.formatting import format_range, format_value
from denoise_core.assess.result_words import error_in_words, seconds_in_words
from denoise_core.assess.summary import Summary
from pages.parts.results_table import Cell, Column

_COLUMNS = (
    Column("error", "Est. error", "Estimated root mean square error, without the truth."),
    Column("interval", "90 % range", "The true error probably lies in it, in about nine of ten cases."),
    Column("gain", "True gain", "How far the mean square error against the true signal fell."),
    Column("removed", "Removed", "Root mean square of the residual."),
    Column("autocorrelation", "Autocorr.", "Largest autocorrelation of the residual; white noise has about 0."),
    Column("seconds", "Time", "What it took to compute; with the estimation of errors for Auto and Repetitions."),
)
_IN_UNIT = ("error", "removed")


def number_columns(unit: str, *, with_truth: bool) -> list[Column]:
    """A column for each of `number_cells`; the true gain only where the truth is known."""
    return [
        Column(one.key, f"{one.label} ({unit})" if unit and one.key in _IN_UNIT else one.label, one.help)
        for one in _COLUMNS
        if with_truth or one.key != "gain"
    ]


def number_cells(summary: Summary, unit: str) -> dict[str, Cell]:
    """The numbers of a result, as both tables show them."""
    told = error_in_words(summary, unit)
    interval = summary.error_interval
    range_ = "" if interval is None else format_range(*interval, "")
    rho, gain = summary.autocorrelation, summary.gain_db
    return {
        "removed": Cell(format_value(summary.removed_rms, ""), summary.removed_rms),
        "autocorrelation": Cell("" if rho is None else f"{rho:+.2f}", None if rho is None else abs(rho)),
        "error": Cell(_error(summary), summary.error, told),
        "interval": Cell(range_, interval and interval[1], told),
        "gain": Cell("" if gain is None else f"{gain:.1f} dB", gain),
        "seconds": Cell(seconds_in_words(summary.seconds), summary.seconds),
    }


def _error(summary: Summary) -> str:
    """With a question mark where it should not be believed."""
    if summary.error is None:
        return "unknown"
    return format_value(summary.error, "") + (" ?" if summary.doubt else "")
