"""A temporal convolutional network."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from denoise_core.config import ModelConfig

TAPS = 3


class TCNBackbone(nn.Module):
    """Residual blocks of dilated causal convolutions: (batch, length, in_features) -> (batch, length, hidden_size).

    Each block holds `config.layers` convolutions (2 in the paper), and the dilation doubles from block to block. There are as
    many blocks as keep the receptive field within the window, since what lies further back was never there in training:
    ``span == 1 + layers * (TAPS - 1) * (2 ** blocks - 1)``

    References
    ----------
    Bai, Kolter, Koltun 2018, An empirical evaluation of generic convolutional and recurrent networks, arXiv:1803.01271
    """

    def __init__(self, in_features: int, config: ModelConfig, *, span: int) -> None:
        super().__init__()
        reach = config.layers * (TAPS - 1)
        blocks = max(1, ((span - 1) // reach + 1).bit_length() - 1)
        self.span = 1 + reach * (2**blocks - 1)
        size = config.hidden_size
        self.embed = nn.Linear(in_features, size)
        self.blocks = nn.ModuleList(_Block(size, config, dilation=2**i) for i in range(blocks))
        self.norm = nn.LayerNorm(size)

    def forward(self, inputs: Tensor) -> Tensor:
        features = self.embed(inputs)
        for block in self.blocks:
            features = block(features)
        normed: Tensor = self.norm(features)
        return normed


class _Block(nn.Module):
    """``x + convolutions(norm(x))``, with GELU and dropout between them."""

    def __init__(self, size: int, config: ModelConfig, *, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.convolutions = nn.ModuleList(CausalConvolution(size, dilation) for _ in range(config.layers))
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, inputs: Tensor) -> Tensor:
        features = self.norm(inputs)
        for i, convolution in enumerate(self.convolutions):
            features = nn.functional.gelu(convolution(self.dropout(features) if i else features))
        summed: Tensor = inputs + features
        return summed


class CausalConvolution(nn.Module):
    """``y[t] = sum_k W[k] x[t - k * dilation] + b``, zeros before the first: (batch, length, size) both ways.

    One matrix product over shifted copies: a sample's result depends on its own row alone, to the last bit.
    """

    def __init__(self, size: int, dilation: int) -> None:
        super().__init__()
        self.shifts = [k * dilation for k in range(TAPS)]
        self.linear = nn.Linear(TAPS * size, size)

    def forward(self, inputs: Tensor) -> Tensor:
        length = inputs.shape[1]
        hidden = [min(shift, length) for shift in self.shifts]
        shifted = [nn.functional.pad(inputs[:, : length - h], (0, 0, h, 0)) for h in hidden]
        result: Tensor = self.linear(torch.cat(shifted, dim=-1))
        return result
