"""The network as a training starts: with random weights, or with those pretrained on synthetic signals."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from denoise_core.config import RunConfig
from denoise_core.networks import OBSERVED, VALUE, Network, build

PRETRAINED = Path(__file__).with_name("pretrained.safetensors")
"""Made by ``python -m denoise_core.training.pretraining``."""

RATE_SHARE = 0.05
"""Pretrained weights move with this share of the learning rate: larger steps forget what they know."""

_INPUT = "backbone.cells.weight_ih_l0"


@cache
def pretrained_weights() -> dict[str, Tensor]:
    """The weights by name, as `networks.build` names them."""
    return load_file(PRETRAINED)


def learning_rate(config: RunConfig) -> float:
    """The largest of a training."""
    return config.training.learning_rate * (RATE_SHARE if config.starts_pretrained else 1.0)


def build_start(config: RunConfig, *, channels: int) -> Network:
    """The network of a configuration, with the pretrained weights where `config.starts_pretrained`.

    Those know value, presence and change of a sample; what else it is told (time step, channel) counts for nothing at first.
    """
    network = build(config, channels=channels)
    if config.starts_pretrained:
        given = dict(pretrained_weights())
        widened = torch.zeros_like(network.state_dict()[_INPUT])
        widened[:, [VALUE, OBSERVED, -1]] = given[_INPUT]
        network.load_state_dict(given | {_INPUT: widened})
    return network
