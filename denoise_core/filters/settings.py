"""What the settings of every filter have in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from denoise_core.config import setting


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a filter; a `window` among them counts samples and is odd."""

    def problems(self, *, samples: int) -> list[str]:
        """What is wrong with these settings for a series of so many samples, beyond the range of each."""
        window = getattr(self, "window", 1)
        if window <= samples:
            return []
        fits = samples - 1 | 1
        return [f"window = {window} exceeds the {samples} samples of the series: set it to {fits} or less."]

    def with_noise_sd(self, sigma: float) -> Self:
        """The same, with this noise level where the filter uses one and none was set."""
        return replace(self, **{"noise_sd": sigma}) if getattr(self, "noise_sd", None) == 0.0 else self

    def fit_window(self, *, samples: int) -> Self:
        """The same, with a window no longer than the series."""
        window = getattr(self, "window", None)
        return self if window is None else replace(self, **{"window": min(window, samples - 1 | 1)})


def window(default: int, *, help: str, low: int = 3, high: int = 10_001) -> Any:
    """The length of a centred window."""
    help = f"{help} Even numbers are rounded up to stay centred."
    return setting(default, label="Window", unit="samples", low=low, high=high, help=help)


def noise_sd() -> Any:
    """The level of the noise, for filters that compare with it."""
    help = "Standard deviation of the noise, in the unit of the series. 0 estimates it from the data."
    return setting(0.0, label="Noise level", low=0.0, high=1e300, help=help)
