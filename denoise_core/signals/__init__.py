"""Test signals and noise with known truth, from an explicit generator."""

from denoise_core.signals.added_noise import HIGHEST_DB, LOWEST_DB, NOISE_KINDS, AddedNoise
from denoise_core.signals.noises import (
    COLOURS,
    add_noise,
    ar1_noise,
    band_limited_noise,
    coloured_noise,
    drift_noise,
    hum_noise,
    pink_noise,
    rising,
    spikes,
    spiky_noise,
    white_noise,
)
from denoise_core.signals.waveforms import SIGNALS, blocks, bumps, ecg_like, pressure_steps, vibration

__all__ = [
    "COLOURS",
    "HIGHEST_DB",
    "LOWEST_DB",
    "NOISE_KINDS",
    "SIGNALS",
    "AddedNoise",
    "add_noise",
    "ar1_noise",
    "band_limited_noise",
    "blocks",
    "bumps",
    "coloured_noise",
    "drift_noise",
    "ecg_like",
    "hum_noise",
    "pink_noise",
    "pressure_steps",
    "rising",
    "spikes",
    "spiky_noise",
    "vibration",
    "white_noise",
]
