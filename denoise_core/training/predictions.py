"""What a network predicts for the targets of training windows, and how it is scored on those held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from denoise_core.model.losses import Loss, calibration
from denoise_core.networks import Network
from denoise_core.training.window_sampler import WindowSampler

WINDOW_SAMPLES_AT_ONCE = 8192  # in validation


@dataclass(frozen=True)
class Predictions:
    """Predictions of targets, and the targets with the variance of their noise; all of shape (targets,)."""

    mean: Tensor
    log_variance: Tensor
    target: Tensor
    noise_variance: Tensor

    def losses(self, loss: Loss) -> Tensor:
        return loss.of(self.mean, self.log_variance, self.target, self.noise_variance)

    def calibration(self, loss: Loss) -> float:
        """See `losses.calibration`."""
        return calibration(loss, self.mean, self.log_variance, self.target, self.noise_variance)

    @classmethod
    def join(cls, batches: Sequence[Predictions]) -> Predictions:
        fields = ((b.mean, b.log_variance, b.target, b.noise_variance) for b in batches)
        return cls(*(torch.cat(parts) for parts in zip(*fields, strict=True)))


def forward_targets(
    network: Network,
    sampler: WindowSampler,
    starts: NDArray[np.int64],
    part: Literal["train", "valid"],
    *,
    step: int | None = None,
) -> Predictions:
    """Predictions of those samples of the windows that are targets of `part`; a training `step` hides stretches like gaps."""
    samples, first = sampler.samples, network.first
    index = sampler.index(starts)
    inputs = samples.inputs[index]
    mean, log_variance = network(inputs if step is None else sampler.hide_gaps(inputs, step))
    mean, log_variance = mean.float(), log_variance.float()  # where the network computed with 16 bits
    log_variance = log_variance + samples.log_relative_noise[index]
    index = index[:, first:]
    mask = getattr(samples, part)[index]
    chosen = index[mask]
    return Predictions(mean[:, first:][mask], log_variance[:, first:][mask], samples.target[chosen], samples.target_noise[chosen])


@torch.inference_mode()
def predict_held_out(network: Network, sampler: WindowSampler, starts: NDArray[np.int64]) -> Predictions:
    """Predictions of the validation targets in the windows at `starts`."""
    network.eval()
    batch = max(sampler.config.training.batch_size, WINDOW_SAMPLES_AT_ONCE // sampler.config.window.length)
    batches = (starts[i : i + batch] for i in range(0, len(starts), batch))
    return Predictions.join([forward_targets(network, sampler, some, "valid") for some in batches])
