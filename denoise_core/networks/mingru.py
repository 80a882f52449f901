"""The minimal gated recurrent unit, computed for all samples at once."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from denoise_core.config import ModelConfig


class MinGRUBackbone(nn.Module):
    """minGRU layers with residual connections: (batch, length, in_features) -> (batch, length, hidden_size).

    References
    ----------
    Feng, Tung, Ahmed, Bengio, Hajimirsadeghi 2024, Were RNNs all we needed?, arXiv:2410.01201
    """

    def __init__(self, in_features: int, config: ModelConfig, *, span: int) -> None:
        super().__init__()
        del span  # its memory has no limit
        size = config.hidden_size
        self.embed = nn.Linear(in_features, size)
        self.layers = nn.ModuleList(_Layer(size) for _ in range(config.layers))
        self.dropout = nn.Dropout(config.dropout)
        self.norm = nn.LayerNorm(size)

    def forward(self, inputs: Tensor) -> Tensor:
        features = self.embed(inputs)
        for i, layer in enumerate(self.layers):
            features = layer(self.dropout(features) if i else features)
        normed: Tensor = self.norm(features)
        return normed


class _Layer(nn.Module):
    """``h[t] = (1 - z[t]) h[t-1] + z[t] g[t]`` with z and g from x[t] alone, then a small network per sample; both add to x."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.gates = nn.Linear(size, 2 * size)
        self.mix = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, 2 * size), nn.GELU(), nn.Linear(2 * size, size))

    def forward(self, inputs: Tensor) -> Tensor:
        update, candidate = self.gates(self.norm(inputs)).chunk(2, dim=-1)
        keep = torch.sigmoid(-update)
        features = inputs + scan(keep, (1.0 - keep) * candidate)
        mixed: Tensor = features + self.mix(features)
        return mixed


def scan(decay: Tensor, added: Tensor) -> Tensor:
    """``result[:, t] == decay[:, t] * result[:, t - 1] + added[:, t]``, with nothing before the first; all (batch, length, size).

    Exactly causal and without logarithms, in about ``2 * length ** 0.5`` steps, forward and backward.
    """
    result: Tensor = _Scan.apply(decay, added)  # type: ignore[no-untyped-call]
    return result


class _Scan(torch.autograd.Function):
    """The gradient of a scan is a scan from the other end; storing no step of it makes training 5 times faster."""

    @staticmethod
    def forward(ctx: Any, decay: Tensor, added: Tensor) -> Tensor:
        result = _block_scan(decay, added)
        ctx.save_for_backward(decay, result)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        decay, result = ctx.saved_tensors
        before = nn.functional.pad(result[:, :-1], (0, 0, 1, 0))
        after = nn.functional.pad(decay[:, 1:], (0, 0, 0, 1))
        added = _block_scan(after.flip(1), grad.flip(1)).flip(1)
        return added * before, added


def _block_scan(decay: Tensor, added: Tensor) -> Tensor:
    """`scan` in blocks of about ``length ** 0.5``: first within all blocks at once, then from block to block."""
    batch, length, size = added.shape
    block = math.isqrt(max(length - 1, 0)) + 1
    missing = -length % block
    shape = (batch, (length + missing) // block, block, size)
    result = nn.functional.pad(added, (0, 0, 0, missing)).contiguous().view(shape).clone()
    decayed = nn.functional.pad(decay, (0, 0, 0, missing)).contiguous().view(shape).clone()
    for i in range(1, block):
        result[:, :, i].addcmul_(decayed[:, :, i], result[:, :, i - 1])
        decayed[:, :, i].mul_(decayed[:, :, i - 1])
    for i in range(1, shape[1]):
        result[:, i].addcmul_(decayed[:, i], result[:, i - 1, -1:])
    return result.view(batch, -1, size)[:, :length]
