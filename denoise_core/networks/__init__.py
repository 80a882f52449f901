"""The networks: causal backbones, and the wrapper that makes each of them two-sided and blind."""

from __future__ import annotations

from denoise_core.config import RunConfig
from denoise_core.networks.backbones import BACKBONES
from denoise_core.networks.base import OBSERVED, STEP, VALUE, Network, has_steps, in_features
from denoise_core.networks.classic import Classic, ClassicLSTM
from denoise_core.networks.two_sided import TwoSided

__all__ = [
    "BACKBONES",
    "OBSERVED",
    "STEP",
    "VALUE",
    "Classic",
    "ClassicLSTM",
    "Network",
    "TwoSided",
    "build",
    "has_steps",
    "in_features",
]


def build(config: RunConfig, *, channels: int = 1) -> Network:
    """The untrained network of a configuration, for so many channels."""
    return Classic(config) if config.model.backbone == "classic" else TwoSided(config, channels=channels)
