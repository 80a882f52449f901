"""The settings of all lessons' trainings: small networks from a random start.

Every setting is named, so that a lesson stays the same experiment when the defaults of the app change.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from denoise_core.config import RunConfig
from denoise_core.lessons.snapshots import Value

SMALL: Mapping[str, Value] = MappingProxyType(
    {
        "noise.remove_hum": False,
        "noise.remove_drift": False,
        "noise.level": 0.0,
        "noise.start": 0.0,
        "noise.stop": 0.0,
        "input.uneven": "ignore",
        "input.whiten": 0.0,
        "scaling.kind": "standard",
        "window.length": 64,
        "window.overlap": 0.5,
        "model.backbone": "lstm",
        "model.hidden_size": 32,
        "model.layers": 1,
        "model.dropout": 0.0,
        "model.baseline": "none",
        "model.start": "random",
        "model.gap": 1,
        "objective.kind": "blind_spot",
        "objective.loss": "gaussian",
        "split.kind": "scattered",
        "split.valid_share": 0.15,
        "split.test_share": 0.0,
        "split.block": 16,
        "split.guard": 0,
        "training.epochs": 40,
        "training.minutes": 0.0,
        "training.averaging": 0,
        "training.precision": "float32",
        "training.steps_per_epoch": 5,
        "training.batch_size": 16,
        "training.optimizer": "adamw",
        "training.learning_rate": 0.01,
        "training.schedule": "one_cycle",
        "training.weight_decay": 0.001,
        "training.gradient_clip": 1.0,
        "training.patience": 2000,
        "training.device": "cpu",
    }
)

CLASSIC: Mapping[str, Value] = MappingProxyType(
    {
        "scaling.kind": "minmax",
        "window.length": 20,
        "window.overlap": 0.9,
        "model.backbone": "classic",
        "model.hidden_size": 64,
        "model.layers": 2,
        "objective.kind": "next_step",
        "objective.loss": "mse",
        "training.epochs": 20,
        "training.batch_size": 32,
        "training.optimizer": "adam",
        "training.learning_rate": 0.001,
        "training.schedule": "constant",
        "training.weight_decay": 0.0,
    }
)
"""What the recipe of the tutorials changes in `SMALL`; its steps per epoch are one pass over all windows."""


def settings(changes: Mapping[str, object], *, seed: int) -> RunConfig:
    """`SMALL` with some settings changed."""
    config = RunConfig()
    for path, value in {**SMALL, **changes, "training.seed": seed}.items():
        config = config.replace(path, value)
    return config
