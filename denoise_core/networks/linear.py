"""The least-squares linear predictor of a sample from its neighbours outside the gap: a baseline for residual learning."""

from __future__ import annotations

import torch
from torch import Tensor, nn

TAPS = 16  # on each side
MOST_TARGETS = 50_000  # a fit of 2 * TAPS numbers needs no more


class LinearPredictor(nn.Module):
    """``prediction[t] == sum_k taps[k] * past[t - gap - k] + taps[TAPS + k] * future[t + gap + k]``, (batch, length) both ways.

    `past` carries the last observed value forward over missing samples and `future` the next one back, so that no value can come
    from nearer than the gap. Beyond an end the nearest value stands in, and where a whole side is missing, the other side's.
    """

    taps: Tensor
    residual_sd: Tensor

    def __init__(self, gap: int) -> None:
        super().__init__()
        self.gap = gap
        self.register_buffer("taps", torch.zeros(2 * TAPS))
        self.register_buffer("residual_sd", torch.ones(()))

    def forward(self, values: Tensor, observed: Tensor) -> Tensor:
        length = values.shape[1]
        index = self._neighbours(torch.arange(length, device=values.device), length)
        prediction: Tensor = _fill_both_ways(values, observed)[:, index] @ self.taps
        return prediction

    @torch.no_grad()
    def fit(self, values: Tensor, observed: Tensor, target: Tensor, chosen: Tensor, *, noise_variance: float) -> None:
        """Least squares of `target` where `chosen` is True, with a ridge of the size of the noise; all of shape (n,)."""
        chosen = chosen.nonzero()[:, 0]
        chosen = chosen[:: max(1, len(chosen) // MOST_TARGETS)]
        index = self._neighbours(chosen, len(values))
        rows = _fill_both_ways(values[None], observed[None])[0, index].double().cpu()
        expected = target[chosen].double().cpu()
        ridge = (2.0 * noise_variance + 1e-9 * len(rows)) * torch.eye(2 * TAPS, dtype=torch.float64)
        taps = torch.linalg.solve(rows.T @ rows + ridge, rows.T @ expected)
        self.taps.copy_(taps)
        self.residual_sd.copy_((expected - rows @ taps).std().clamp_min(1e-4))

    def _neighbours(self, t: Tensor, length: int) -> Tensor:
        """Where the neighbours of samples `t` stand in `_fill_both_ways`, shape (len(t), 2 * TAPS)."""
        distance = self.gap + torch.arange(TAPS, device=t.device)
        left, right = t[:, None] - self.gap, t[:, None] + self.gap
        past = (t[:, None] - distance).clamp_min(0)
        future = length + (t[:, None] + distance).clamp_max(length - 1)
        nothing = torch.full_like(past, 2 * length)
        has_past, has_future = left >= 0, right < length
        only_future = torch.where(has_future, length + right, nothing)
        only_past = torch.where(has_past, left, nothing)
        return torch.cat((torch.where(has_past, past, only_future), torch.where(has_future, future, only_past)), dim=1)


def _fill_both_ways(values: Tensor, observed: Tensor) -> Tensor:
    """Missing values replaced by the last one before, then by the next one after, then a zero: (batch, 2 * length + 1)."""
    backwards = _fill_forward(values.flip(1), observed.flip(1)).flip(1)
    return torch.cat((_fill_forward(values, observed), backwards, torch.zeros_like(values[:, :1])), dim=1)


def _fill_forward(values: Tensor, observed: Tensor) -> Tensor:
    """``result[t]`` is the last value observed up to t, or 0 before the first."""
    index = torch.arange(values.shape[1], device=values.device).expand_as(values)
    last = torch.where(observed, index, -1).cummax(dim=1).values
    return torch.where(last >= 0, values.gather(1, last.clamp_min(0)), 0.0)
