"""Optimisers and learning-rate schedules, by name; the running mean of weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn, optim
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LRScheduler, OneCycleLR

from denoise_core.config import TrainingConfig

MOMENTUM = 0.9

OPTIMIZERS: dict[str, Callable[[Iterable[nn.Parameter], TrainingConfig], optim.Optimizer]] = {
    "adamw": lambda p, c: optim.AdamW(p, lr=c.learning_rate, weight_decay=c.weight_decay, fused=True),
    "adam": lambda p, c: optim.Adam(p, lr=c.learning_rate, weight_decay=c.weight_decay, fused=True),
    "sgd": lambda p, c: optim.SGD(p, lr=c.learning_rate, weight_decay=c.weight_decay, momentum=MOMENTUM, fused=True),
}

SCHEDULES: dict[str, Callable[[optim.Optimizer, TrainingConfig], LRScheduler]] = {
    "one_cycle": lambda o, c: OneCycleLR(o, c.learning_rate, total_steps=c.steps + 1),
    "cosine": lambda o, c: CosineAnnealingLR(o, c.steps),
    "constant": lambda o, _: LambdaLR(o, lambda _step: 1.0),
}


@torch.no_grad()
def update_average(average: Sequence[Tensor], weights: Sequence[Tensor], *, step: int, over: int) -> None:
    """``average += (weights - average) * share`` for each; `share` falls from 1 / 1.2 at step 1 to 1 / `over`."""
    share = max(1.0 / over, 1.0 / (1.0 + 0.2 * step))
    for slow, quick in zip(average, weights, strict=True):
        slow.lerp_(quick, share)
