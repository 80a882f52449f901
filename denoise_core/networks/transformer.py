"""A causal Transformer that looks back a limited way. Knows nothing of the wrapper that makes it two-sided."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, scaled_dot_product_attention

from denoise_core.config import ModelConfig

BASE = 10_000.0  # of the wavelengths, as in both papers


class TransformerBackbone(nn.Module):
    """Pre-norm Transformer layers: (batch, length, in_features) -> (batch, length, hidden_size).

    Attention never meets more than it met in training, however long the window is:

    - "rotary" positions are distances. Each layer attends ``span // layers`` samples back, so that all of them together reach
      `span`, and a prediction does not depend on where its window lies.
    - "sinusoidal" positions are places in the window, of which training knows `span`. A longer window is read in stretches of
      `span` that overlap by half; of each but the first, the second half counts, so that every output sees ``span / 2`` or more.

    References
    ----------
    Vaswani et al. 2017, Attention is all you need, arXiv:1706.03762
    Su et al. 2021, RoFormer: enhanced Transformer with rotary position embedding, arXiv:2104.09864
    """

    def __init__(self, in_features: int, config: ModelConfig, *, span: int) -> None:
        super().__init__()
        size = config.hidden_size
        self.rotary = config.positions == "rotary"
        reach = max(1, span // config.layers) if self.rotary else span - 1
        self.span = config.layers * reach + 1 if self.rotary else span
        self.embed = nn.Linear(in_features, size)
        self.layers = nn.ModuleList(_Layer(size, config.heads, reach, rotary=self.rotary) for _ in range(config.layers))
        self.dropout = nn.Dropout(config.dropout)
        self.norm = nn.LayerNorm(size)

    def forward(self, inputs: Tensor) -> Tensor:
        length = inputs.shape[1]
        if self.rotary or length <= self.span:
            return self._read(inputs)
        half = self.span // 2
        stretches = -(-(length - self.span) // half) + 1
        padded = pad(inputs, (0, 0, 0, self.span + (stretches - 1) * half - length))
        read = self._read(padded.unfold(1, self.span, half).transpose(2, 3).flatten(0, 1))
        read = read.view(len(inputs), stretches, self.span, -1)
        return torch.cat((read[:, 0], read[:, 1:, -half:].flatten(1, 2)), dim=1)[:, :length]

    def _read(self, inputs: Tensor) -> Tensor:
        features = self.embed(inputs)
        if not self.rotary:
            angles = _angles(inputs.shape[1], features.shape[-1], features, first=0)
            features = features + torch.cat((angles.sin(), angles.cos()), dim=-1)
        for i, layer in enumerate(self.layers):
            features = layer(self.dropout(features) if i else features)
        normed: Tensor = self.norm(features)
        return normed


class _Layer(nn.Module):
    """``x + attention(norm(x))``, then ``x + mlp(norm(x))``; attention looks `reach` samples back."""

    def __init__(self, size: int, heads: int, reach: int, *, rotary: bool) -> None:
        super().__init__()
        self.heads, self.reach, self.rotary = heads, reach, rotary
        self.norm = nn.LayerNorm(size)
        self.project = nn.Linear(size, 3 * size)
        self.join = nn.Linear(size, size)
        self.mix = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size))

    def forward(self, inputs: Tensor) -> Tensor:
        features = inputs + self.join(self._attended(self.project(self.norm(inputs))))
        mixed: Tensor = features + self.mix(features)
        return mixed

    def _attended(self, projected: Tensor) -> Tensor:
        """Attention of (batch, length, 3 * size) queries, keys and values: (batch, length, size)."""
        batch, length, width = projected.shape
        asking, known = projected[..., : width // 3], projected[..., width // 3 :]
        seen = None
        if length > self.reach + 1:
            asking, known = _blocks(asking, self.reach, behind=0), _blocks(known, self.reach, behind=self.reach)
            seen = _seen(self.reach, len(asking) // batch, known.device).repeat(batch, 1, 1)[:, None]
        query, key, value = (_heads(x, self.heads) for x in (asking, *known.chunk(2, dim=-1)))
        if self.rotary:
            query, key = _rotated(query, first=key.shape[2] - query.shape[2]), _rotated(key, first=0)
        result = scaled_dot_product_attention(query, key, value, attn_mask=seen, is_causal=seen is None)
        return result.transpose(1, 2).reshape(batch, -1, width // 3)[:, :length]


def _blocks(x: Tensor, size: int, *, behind: int) -> Tensor:
    """(batch, length, features) -> (batch * blocks, behind + size, features): blocks of `size`, each with those before."""
    padded = pad(x, (0, 0, behind, -x.shape[1] % size))
    return padded.unfold(1, behind + size, size).transpose(2, 3).flatten(0, 1)


def _seen(reach: int, blocks: int, device: torch.device) -> Tensor:
    """Which keys each query of a block sees: those up to `reach` back, and none before the first; (blocks, reach, 2 * reach)."""
    back = torch.arange(reach, 2 * reach, device=device)[:, None] - torch.arange(2 * reach, device=device)
    seen = ((back >= 0) & (back <= reach)).repeat(blocks, 1, 1)
    seen[0, :, :reach] = False
    return seen


def _heads(x: Tensor, heads: int) -> Tensor:
    """(batch, length, size) -> (batch, heads, length, size // heads)."""
    return x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)


def _angles(length: int, depth: int, like: Tensor, *, first: int) -> Tensor:
    """Angles of places `first` and on, (length, depth // 2), wavelengths from 2 pi up."""
    places = torch.arange(first, first + length, device=like.device, dtype=like.dtype)
    frequencies = BASE ** (-torch.arange(0, depth, 2, device=like.device, dtype=like.dtype) / depth)
    return places[:, None] * frequencies


def _rotated(x: Tensor, *, first: int) -> Tensor:
    """Pairs of features (..., length, depth) turned by their place, so that products know distances alone."""
    angles = _angles(x.shape[-2], x.shape[-1], x, first=first)
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * angles.cos() - right * angles.sin(), right * angles.cos() + left * angles.sin()), dim=-1)
