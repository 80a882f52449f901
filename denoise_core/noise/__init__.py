"""What the noise of a series is, from the series alone: how strong, of what colour, with how many spikes. Knows no torch."""

from denoise_core.noise.description import Noise, describe
from denoise_core.noise.white_level import level

__all__ = ["Noise", "describe", "level"]
