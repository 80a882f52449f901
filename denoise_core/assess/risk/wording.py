"""What the estimated errors mean, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from denoise_core.assess.formatting import format_range, format_value
from denoise_core.assess.metrics import rmse
from denoise_core.assess.risk.judged import Blended, Judged
from denoise_core.noise import Noise
from denoise_core.series import Float64Array

_UNCERTAIN = 0.3  # error of the log of the noise level, from which on the figures are doubtful
NOTHING_DB = 0.1  # of gain in the estimated square error


def sentence_on(judged: Sequence[Judged], combined: Judged, *, unit: str, training_gain_db: float | None) -> str:
    """The combination's error and how it compares; where a network was trained, whether that gained anything."""
    best = min(judged, key=lambda one: one.risk)
    low, high = combined.rms_interval
    error = f"Estimated error of the result: {format_value(combined.rms, unit)} RMS"
    range_ = f"probably {format_range(low, high, unit)}"
    if training_gain_db is None:
        return f"{error} ({range_}). {_comparison(best, combined)}"
    if training_gain_db < NOTHING_DB:
        return f"Training gained nothing here: without the network the estimated error is as small. {error} ({range_})."
    less = 100.0 * (1.0 - 10.0 ** (-training_gain_db / 20.0))
    return f"Training lowered the estimated error by {less:.0f} % ({training_gain_db:.1f} dB). {error} ({range_})."


def _comparison(best: Judged, combined: Judged) -> str:
    less = 100.0 * (1.0 - float(np.sqrt(combined.risk / best.risk)))
    if less < 0.5:
        return f"That is what {best.label} has by itself."
    return f"That is {less:.0f} % less than the best single method, {best.label}, has."


def doubt_about(noise: Noise) -> str:
    """Why errors estimated by this noise should not be believed; "" where they may be."""
    if noise.level_error > _UNCERTAIN:
        return (
            "The noise level of this recording can hardly be told from its signal, so the estimated errors may be far off. "
            "Compare the results by eye."
        )
    return ""


def table(blended: Blended, *, unit: str, truth: Float64Array | None = None) -> list[dict[str, str]]:
    """One row to the method, the least estimated error first, as text; with the truth of shape (n,), the true errors too.

    The true error is empty where the estimate of a method was not kept.
    """
    combined = [] if blended.combined is None else [blended.combined]
    return [
        {
            "Method": "All of them combined" if one in combined else one.label,
            "Estimated error": format_value(one.rms, unit),
            "Probably": format_range(*one.rms_interval, unit),
            **({} if truth is None else {"True error": _true_error(one, truth, unit)}),
            "Share": "" if one in combined else f"{100.0 * one.weight:.0f} %",
        }
        for one in sorted((*combined, *blended.judged), key=lambda one: one.risk)
    ]


def _true_error(one: Judged, truth: Float64Array, unit: str) -> str:
    return "" if one.estimate is None else format_value(rmse(one.estimate.values, truth), unit)
