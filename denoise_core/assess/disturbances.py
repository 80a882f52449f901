"""Hum and drift in plain words: what was found, how strong it is, and whether it may be the signal."""

from __future__ import annotations

from denoise_core.assess.formatting import format_value
from denoise_core.noise import Disturbances


def on_disturbances(found: Disturbances, unit: str, *, how: str = "") -> dict[str, str]:
    """What was found, by its name, with the question whether to remove it; `how` says how that is done.

    A doubt whether it is the signal itself is added.
    """
    said = {}
    ask = f"Remove it{how}?"
    if found.hum is not None:
        said["hum"] = f"{found.hum.in_words(unit)} found. {ask} {found.hum.doubt}".rstrip()
    if found.drift is not None:
        said["drift"] = f"The baseline drifts by about {format_value(found.drift.size, unit)}. {ask} {found.drift.doubt}".rstrip()
    return said
