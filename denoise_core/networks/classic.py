"""The recipe of the tutorials: windows of values in, the next value out; behind the same interface as the other networks."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from denoise_core.config import RunConfig
from denoise_core.networks.base import VALUE, Network


class ClassicLSTM(nn.Module):
    """Stacked LSTM whose last step goes through one linear layer: values (batch, steps, 1) -> the next value (batch, 1)."""

    def __init__(self, hidden_size: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)
        self.linear = nn.Linear(hidden_size, 1)

    def forward(self, values: Tensor) -> Tensor:
        result: Tensor = self.linear(self.lstm(values)[0][:, -1])
        return result


class Classic(Network):
    """`ClassicLSTM` behind the interface of every network: ``w[:-1] -> w[-1]`` for each window w.

    Only the last sample of a window is predicted, the others are NaN; so a series is read with hop 1, once for each sample.
    It sees only values, and a missing one as 0. It predicts no variance: the log-variance is 0.
    """

    def __init__(self, config: RunConfig) -> None:
        super().__init__()
        model = config.model
        self.span = self.first = config.window.length - 1
        self.recipe = ClassicLSTM(model.hidden_size, model.layers, model.dropout)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        values = inputs[..., VALUE]
        mean = nn.functional.pad(self.recipe(values[:, :-1, None]), (values.shape[1] - 1, 0), value=torch.nan)
        return mean, torch.zeros_like(mean)
