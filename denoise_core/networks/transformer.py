"""A causal Transformer with a limited receptive field."""

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
      `span`, and a prediction does not depend on where its window lies. (Where each reached `span`, heartbeats lost 1.6 dB.)
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
        read = self._read(_stretches(inputs, self.span, hop=half))
        read = read.view(len(inputs), -1, self.span, read.shape[-1])
        return torch.cat((read[:, 0], read[:, 1:, -half:].flatten(1, 2)), dim=1)[:, :length]

    def _read(self, inputs: Tensor) -> Tensor:
        features = self.embed(inputs)
        if not self.rotary:
            angles = _angles(inputs.shape[1], features.shape[-1], features)
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
        features = inputs + self.join(self._attend(self.project(self.norm(inputs))))
        mixed: Tensor = features + self.mix(features)
        return mixed

    def _attend(self, projected: Tensor) -> Tensor:
        """Attention of (batch, length, 3 * size) queries, keys and values: (batch, length, size)."""
        length, reach = projected.shape[1], self.reach
        if length <= reach + 1:
            return self._attention(projected, None)
        back = torch.arange(reach, 2 * reach, device=projected.device)[:, None] - torch.arange(2 * reach, device=projected.device)
        later = self._attention(_stretches(projected, 2 * reach, hop=reach), (back >= 0) & (back <= reach))
        first = self._attention(projected[:, :reach], None)
        return torch.cat((first, later.reshape(len(first), -1, first.shape[-1])), dim=1)[:, :length]

    def _attention(self, projected: Tensor, seen: Tensor | None) -> Tensor:
        """Attention of every sample to those up to it, or of the last ones to what each of them has `seen` (queries, length)."""
        query, key, value = (x.reshape(*x.shape[:2], self.heads, -1).transpose(1, 2) for x in projected.chunk(3, dim=-1))
        if self.rotary:
            query, key = _rotate(query), _rotate(key)
        if seen is not None:
            query = query[:, :, -len(seen) :]
        result = scaled_dot_product_attention(query, key, value, attn_mask=seen, is_causal=seen is None)
        return result.transpose(1, 2).flatten(2)


def _stretches(x: Tensor, size: int, *, hop: int) -> Tensor:
    """(batch, length, features) -> (batch * count, size, features), each `hop` after the one before; zeros beyond the end."""
    padded = pad(x, (0, 0, 0, (size - x.shape[1]) % hop))
    return padded.unfold(1, size, hop).transpose(2, 3).flatten(0, 1)


def _angles(length: int, depth: int, like: Tensor) -> Tensor:
    """Angles of places 0 and on, (length, depth // 2), with wavelengths from 2 pi up."""
    places = torch.arange(length, device=like.device, dtype=like.dtype)
    frequencies = BASE ** (-torch.arange(0, depth, 2, device=like.device, dtype=like.dtype) / depth)
    return places[:, None] * frequencies


def _rotate(x: Tensor) -> Tensor:
    """Pairs of features (..., length, depth) rotated by their position, so that products depend on distances only."""
    angles = _angles(x.shape[-2], x.shape[-1], x)
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * angles.cos() - right * angles.sin(), right * angles.cos() + left * angles.sin()), dim=-1)
