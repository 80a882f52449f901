"""Optimisers and learning-rate schedules, by name; the running mean of weights."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn, optim
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LRScheduler, OneCycleLR

from denoise_core.config import TrainingConfig

MOMENTUM = 0.9


def _eager(kind: type[optim.Optimizer]) -> type[Any]:
    """The same optimiser without torch's compiler, which the wrappers of these methods import only to keep it out of them.

    That import takes as long as torch itself, and each training is a process of its own.
    """
    names = ("step", "zero_grad", "state_dict", "load_state_dict", "add_param_group")
    methods = {name: inspect.unwrap(getattr(kind, name)) for name in names}
    return type(kind.__name__, (kind,), methods | {"step": torch.no_grad()(methods["step"])})


_AdamW, _Adam, _SGD = map(_eager, (optim.AdamW, optim.Adam, optim.SGD))

OPTIMIZERS: dict[str, Callable[[Iterable[nn.Parameter], TrainingConfig], optim.Optimizer]] = {
    "adamw": lambda p, c: _AdamW(p, lr=c.learning_rate, weight_decay=c.weight_decay, fused=True),
    "adam": lambda p, c: _Adam(p, lr=c.learning_rate, weight_decay=c.weight_decay, fused=True),
    "sgd": lambda p, c: _SGD(p, lr=c.learning_rate, weight_decay=c.weight_decay, momentum=MOMENTUM, fused=True),
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
