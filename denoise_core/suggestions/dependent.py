"""Settings that follow others when these are changed one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from denoise_core.config import RunConfig, settings


def follow(before: RunConfig, config: RunConfig, *, fixed: Iterable[str]) -> RunConfig:
    """`config`, changed from `before`, with what follows from the changes: samples in a step and patience stay in proportion.

    What is `fixed` stays, and the reasons for all that was changed are left out.
    """
    fixed = set(fixed)
    was, training = before.training, config.training
    if "training.batch_size" not in fixed:
        batch = round(was.batch_size * before.window.length / config.window.length)
        config = config.replace("training.batch_size", max(1, batch))
    if "training.patience" not in fixed:
        config = config.replace("training.patience", max(1, round(was.patience * training.epochs / was.epochs)))
    kept = {path: value for path, _, value in settings(before)}
    changed = {path for path, _, value in settings(config) if value != kept[path]}
    return replace(config, reasons={path: why for path, why in config.reasons.items() if path not in changed})
