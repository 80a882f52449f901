"""Which column of a recording holds the clean values of another."""

from __future__ import annotations

from denoise_core.series import Float64Array, Recording
from denoise_core.signals.added_noise import TRUE


def truth_of(recording: Recording, column: str) -> Float64Array | None:
    """The channel ``<column>_true``, of shape (n,), or None where the recording has none."""
    return recording.channels.get(column + TRUE)
