"""What is found about a stretch of the residual, and the evidence that it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from denoise_core.series import Float64Array

Kind = Literal["details", "edges", "repeats", "missed", "pulses", "tone", "slow", "level"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A stretch of the residual that is not noise.

    Parameters
    ----------
    start, stop : int
        Samples, counted from 0; the last one is not part of it.
    kind : str
        "level": louder than the noise is described; all others: signal was removed.
    size : float
        How large: the share of the signal that was lost, or an amplitude in the unit of the series where none is known.
    text : str
        A whole sentence.
    """

    start: int
    stop: int
    kind: Kind
    size: float
    text: str

    @property
    def is_lost_signal(self) -> bool:
        return self.kind != "level"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How strongly one check speaks for lost signal.

    Parameters
    ----------
    strength : float
        About how many standard deviations; `calibration.LIMITS` says from where on it counts.
    share : float
        Of the signal that was lost, 0 .. 1; NaN where that is not known.
    amplitude : float
        In units of the noise sd; NaN where that is not known.
    scale : float
        Duration in samples, or the period of a tone.
    count : int
        Events or edges.
    contributions : float64 array of shape (m,), optional
        What stretches of equal length add to the strength: about normal with sd 1 each where nothing was lost.
    places : int64 array
        Samples at which single events are.
    """

    kind: Kind
    strength: float
    share: float = np.nan
    amplitude: float = np.nan
    scale: float = np.nan
    count: int = 0
    contributions: Float64Array = field(default_factory=lambda: np.zeros(0))
    places: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
