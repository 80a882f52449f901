"""The network that estimates the noise's spectrum from a record's `time_frequency.features`, in torch, for its training."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from denoise_core.noise.spectrum_estimator import DILATIONS, EXTRA
from denoise_core.noise.time_frequency import CHANNELS

WIDTH = 64


class SpectrumNetwork(nn.Module):
    """Convolutions along frequency, each with the mean over all frequencies as a further input, beside a direct way for each bin.

    Of (batch, CHANNELS + EXTRA, BINS) it makes the log power of the noise in each bin and the log of its error, (batch, 2, BINS),
    and (batch, 3): log of the noise's variance, log of its error, and the logit of its being white.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv1d(CHANNELS + EXTRA, WIDTH, 5, padding=2)
        self.first = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=d, dilation=d) for d in DILATIONS)
        self.whole = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in DILATIONS)
        self.second = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 1) for _ in DILATIONS)
        self.bins = nn.Conv1d(WIDTH, 2, 3, padding=1)
        self.direct = nn.Conv1d(CHANNELS + EXTRA, 2, 1, bias=False)
        self.level = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 3))

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """See the class; relative to the same reference as the features."""
        hidden = self.stem(rows)
        for first, whole, second in zip(self.first, self.whole, self.second, strict=True):
            mean = whole(functional.relu(hidden).mean(dim=2))[:, :, None]
            hidden = hidden + second(functional.relu(first(functional.relu(hidden)) + mean))
        hidden = functional.relu(hidden)
        return self.bins(hidden) + self.direct(rows), self.level(torch.cat([hidden.mean(dim=2), hidden.amax(dim=2)], dim=1))
