"""Events as a training gives them, for tests that are about something else."""

from __future__ import annotations

from typing import Any

from denoise_core.training.events import EpochEnd, Started


def started(**fields: Any) -> Started:
    usual = {"samples": 401, "parameters": 1, "epochs": 3, "steps": 9, "first_epoch": 1, "device": "cpu", "noise_sd": 0.3}
    return Started(**(usual | {"preview_start": 0, "preview_noisy": [0.0]} | fields))


def epoch_end(*, epoch: int, **fields: Any) -> EpochEnd:
    usual = {"step": 3 * epoch, "train_loss": 1.0 / epoch, "valid_loss": 1.0 / epoch, "best_epoch": epoch, "learning_rate": 0.01}
    return EpochEnd(epoch=epoch, **(usual | {"elapsed_s": 1.0, "targets_per_s": 1.0, "preview": [0.0]} | fields))
