"""One trial trained in this process: the network, and its twin on noisier copies. Imports torch when it trains."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from denoise_core import methods
from denoise_core.config import RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DenoiseError
from denoise_core.training.events import EpochEnd, up_to
from denoise_core.tuning.comparison import Outcome
from denoise_core.tuning.trials import DONE, FAILED, PRUNED, Trial, TrialRecord

Watch = Callable[[int, float], bool]
"""(epoch, validation loss) -> whether to end the trial early."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One trial and all that it takes; `twin` are the noisier copies, None where the truth is known."""

    trial: Trial
    config: RunConfig
    data: TrainingSet
    twin: TrainingSet | None


def run(work: Work, watch: Watch) -> tuple[TrialRecord, Outcome | None]:
    """Train; the record has no gain yet, and the outcome is None unless the trial is done."""
    from denoise_core.training import Trainer

    began, losses = time.perf_counter(), []
    try:
        trainer = Trainer(work.data, work.config)
        with closing(trainer.run()) as events:  # type: ignore[type-var]
            for event in events:
                if isinstance(event, EpochEnd):
                    losses.append(event.valid_loss)
                    if watch(event.epoch, event.valid_loss):
                        return _record(work, PRUNED, began, losses), None
        trained = trainer.best()
        estimates = tuple(trained.denoise(series) for series in work.data.to_denoise)
        outcome = Outcome(estimates=estimates, twins=_twins(work, epochs=len(losses)))
    except DenoiseError as error:
        return _record(work, FAILED, began, losses, reason=str(error)), None
    return _record(work, DONE, began, losses, best_epoch=trained.best_epoch), outcome


def _twins(work: Work, *, epochs: int) -> tuple:  # type: ignore[type-arg]
    from denoise_core.training import Trainer

    if work.twin is None:
        return ()
    trainer = Trainer(work.twin, methods.for_twin(work.config))
    for _ in up_to(trainer.run(), epochs):
        pass
    twin = trainer.best()
    return tuple(twin.denoise(series) for series in work.twin.to_denoise)


def _record(work: Work, state: str, began: float, losses: list[float], **more: object) -> TrialRecord:
    seconds = time.perf_counter() - began
    return TrialRecord(trial=work.trial, state=state, seconds=seconds, valid_losses=tuple(losses), **more)  # type: ignore[arg-type]


def use_one_thread() -> None:
    """Of torch in this process, as in the app's workers."""
    os.environ["OMP_NUM_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)
