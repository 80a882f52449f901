"""Noise estimation from the series alone: level, spectrum, autocorrelation, envelope, spikes."""

from denoise_core.noise.description import Noise, describe
from denoise_core.noise.white_level import level

__all__ = ["Noise", "describe", "level"]
