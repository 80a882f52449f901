"""The networks: causal backbones, and the wrapper that makes each of them two-sided and blind. Know no files, no training."""

from __future__ import annotations

from denoise_core.config import RunConfig
from denoise_core.networks.backbones import BACKBONES
from denoise_core.networks.two_sided import OBSERVED, STEP, VALUE, TwoSided

__all__ = ["BACKBONES", "OBSERVED", "STEP", "VALUE", "Network", "TwoSided", "build"]

Network = TwoSided


def build(config: RunConfig) -> Network:
    """The untrained network of a configuration."""
    return TwoSided(config)
