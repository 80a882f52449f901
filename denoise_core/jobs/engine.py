"""What a worker computes with. The only module of jobs that imports torch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from denoise_core.config import RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.jobs.storage.recorder import load_checkpoint, save_checkpoint
from denoise_core.training.events import Event

if TYPE_CHECKING:
    from denoise_core.model.denoiser import TrainedDenoiser


class TrainerLike(Protocol):
    """What a training must offer: `denoise_core.training.Trainer`."""

    def run(self) -> Iterator[Event]: ...
    def state(self) -> dict[str, Any]: ...
    def restore(self, state: dict[str, Any], /) -> None: ...
    def best(self) -> TrainedDenoiser: ...


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What a worker computes with; by default torch, which each of these imports when it is first called.

    Parameters
    ----------
    trainer : callable (training set, config) -> TrainerLike
    load_model : callable (path) -> TrainedDenoiser
    save_checkpoint : callable (path, state)
    load_checkpoint : callable (path) -> state
    checks : bool
        Whether results are judged and combined with other methods.
    """

    trainer: Callable[[TrainingSet, RunConfig], TrainerLike]
    load_model: Callable[[Path], TrainedDenoiser]
    save_checkpoint: Callable[[Path, dict[str, Any]], None]
    load_checkpoint: Callable[[Path], dict[str, Any]]
    checks: bool = True


def own_slot() -> str:
    """On which this process computes."""
    return os.environ.get("DENOISE_SLOT", "cpu:0")


def _trainer(data: TrainingSet, config: RunConfig) -> TrainerLike:
    from denoise_core.training import Trainer

    return Trainer(data, config)


def _load(path: Path) -> TrainedDenoiser:
    """The model of a file, on the device of this worker's slot."""
    from denoise_core.model import load
    from denoise_core.model.device import resolve_device

    trained = load(path)
    trained.network.to(resolve_device(own_slot().partition(":")[0]))
    return trained


TORCH = Engine(trainer=_trainer, load_model=_load, save_checkpoint=save_checkpoint, load_checkpoint=load_checkpoint)
