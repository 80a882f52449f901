"""The pretrained network: a 1-D residual U-Net that predicts the noise and its own error."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from denoise_core.instant.nonlocal_features import FEATURES

CHANNELS = (32, 48, 64, 80, 96, 128)
MULTIPLE = 2 ** (len(CHANNELS) - 1)
"""A window's length is a multiple of this many samples."""

INPUTS = 3 + FEATURES
"""Input channels: value in units of the noise, mask (1 where measured), log of the noise sd relative to the unit; the
non-local features."""

OUTPUTS = 3
"""Output channels: the noise, log of the sd of the error of ``value - noise``, log of the noise's own sd; in the value's unit."""


class Block(nn.Module):
    """Two convolutions with a skip connection. ``(batch, channels, length)`` in and out."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(channels, channels, width, padding=width // 2)
        self.second = nn.Conv1d(channels, channels, width, padding=width // 2)
        # There are no normalisation layers (a sample would depend on where its window ends): small weights keep depth stable.
        nn.init.normal_(self.second.weight, std=0.1 / (channels * width) ** 0.5)

    def forward(self, hidden: Tensor) -> Tensor:
        """``hidden + second(relu(first(relu(hidden))))``."""
        inner: Tensor = self.second(functional.relu(self.first(functional.relu(hidden))))
        return hidden + inner


class UNet(nn.Module):
    """U-Net with added skips; each level halves the length.

    Notes
    -----
    Of (batch, 8, length) it makes (batch, 3, length), so that ``value - noise`` is the estimate. The output is the noise, not the
    estimate: it keeps its precision beside values that are thousands of times larger. A sample sees 460 samples to each side.
    """

    def __init__(self, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.stem = nn.Conv1d(INPUTS + 1, channels[0], 7, padding=3)
        self.inward = nn.ModuleList(Block(count, 5) for count in channels[:-1])
        self.down = nn.ModuleList(nn.Conv1d(a, b, 2, stride=2) for a, b in pairwise(channels))
        self.bottom = nn.Sequential(Block(channels[-1], 3), Block(channels[-1], 3), Block(channels[-1], 3))
        self.up = nn.ModuleList(nn.ConvTranspose1d(b, a, 2, stride=2) for a, b in pairwise(channels))
        self.outward = nn.ModuleList(Block(count, 5) for count in channels[:-1])
        self.head = nn.Conv1d(channels[0], OUTPUTS, 5, padding=2)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]

    def forward(self, series: Tensor, rough: bool = False) -> Tensor:
        """(batch, 8, length) to (batch, 3, length); length is a multiple of `MULTIPLE`. `rough`: inner levels in bfloat16."""
        value = series[:, :1]
        outer = self.inward[0](self.stem(torch.cat([value * 0.25, torch.asinh(value), series[:, 1:]], dim=1)))
        if rough:
            # Half the time per step; the outermost level stays precise, as its values may be a hundred times the noise.
            with torch.autocast("cpu", torch.bfloat16):
                inner = self._inner(outer)
        else:
            inner = self._inner(outer)
        noise, spread, change = self.head(functional.relu(self.outward[0](inner.float() + outer))).split(1, dim=1)
        stated = series[:, 2:3]
        return torch.cat([torch.exp(stated) * noise, spread, stated + change], dim=1)

    def _inner(self, outer: Tensor) -> Tensor:
        """All levels but the outermost; same shape."""
        hidden, skips = self.down[0](outer), []
        for block, down in zip(self.inward[1:], self.down[1:], strict=True):
            skips.append(block(hidden))
            hidden = down(skips[-1])
        hidden = self.bottom(hidden)
        for level in range(len(skips), 0, -1):
            hidden = self.outward[level](self.up[level](hidden) + skips[level - 1])
        return self.up[0](hidden)  # type: ignore[no-any-return]
