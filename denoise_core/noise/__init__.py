"""Noise of a series: level, spectrum, autocorrelation, envelope, spikes; hum and drift; and what a person says of it."""

from denoise_core.noise.description import Noise
from denoise_core.noise.disturbances import Disturbances, find_disturbances, separate
from denoise_core.noise.stated import describe, describe_series
from denoise_core.noise.white_level import level

__all__ = ["Disturbances", "Noise", "describe", "describe_series", "find_disturbances", "level", "separate"]
