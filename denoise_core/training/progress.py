"""How far a training has come: its losses so far, and the weights of the epoch to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass(kw_only=True)
class Progress:
    """What changes from epoch to epoch, apart from network, optimiser and learning rate.

    Parameters
    ----------
    history : list
        One (train_loss, valid_loss) per epoch.
    best_weights : dict
        The network's `state_dict` after `best_epoch`; empty before the first epoch has ended.
    best_calibration : float
        See `TrainedDenoiser.calibration`.
    least_losses : tensor of shape (validation targets,)
        The validation losses of the epoch with the least mean, which is not always the best: see `keep_if_best`.
    """

    epoch: int = 0
    elapsed_s: float = 0.0
    history: list[tuple[float, float]] = field(default_factory=list)
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict, repr=False)
    best_calibration: float = 0.0
    least_losses: Tensor = field(default_factory=lambda: torch.empty(0), repr=False)

    def keep_if_best(
        self, weights: Mapping[str, Tensor], losses: Tensor, calibration: float, *, standard_errors: float = 1.0
    ) -> None:
        """Keep this epoch unless it is worse than the one of least loss by more than so many standard errors of the difference.

        A short recording has few validation targets, and the least of their noisy mean losses comes too early: with random first
        weights the one-standard-error rule of Breiman et al. 1984, in favour of the longer trained, gained 0.3 dB on Bumps. A
        pretrained network needs no such favour, since it is good from the beginning.
        """
        if not self.best_weights or losses.mean() < self.least_losses.mean():
            self.least_losses = losses.clone()
        worse = losses - self.least_losses
        if worse.mean() <= standard_errors * worse.std() / len(worse) ** 0.5:
            self.best_epoch, self.best_calibration = self.epoch, calibration
            self.best_weights = {name: tensor.detach().clone() for name, tensor in weights.items()}

    def out_of_patience(self, patience: int) -> bool:
        """Whether no epoch has been kept for so many epochs."""
        return self.epoch - self.best_epoch >= patience

    def state(self) -> dict[str, Any]:
        """Tensors and plain values only, under the names that checkpoints have always had."""
        return {
            "epoch": self.epoch,
            "best": self.best_weights,
            "best_calibration": self.best_calibration,
            "least": self.least_losses,
            "best_epoch": self.best_epoch,
            "history": [list(pair) for pair in self.history],
            "elapsed_s": self.elapsed_s,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any], device: torch.device) -> Progress:
        """What `state` gave, with its tensors on `device`: a checkpoint is read onto the CPU."""
        return cls(
            epoch=state["epoch"],
            best_weights={name: tensor.to(device) for name, tensor in state["best"].items()},
            best_calibration=state["best_calibration"],
            least_losses=state["least"].to(device),
            best_epoch=state["best_epoch"],
            history=[(train, valid) for train, valid in state["history"]],
            elapsed_s=state["elapsed_s"],
        )
