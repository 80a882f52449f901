"""What a page is told about a run. Pure; knows neither the index nor processes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from denoise_core.config import RunConfig
from denoise_core.jobs.spec import CANCEL, CANCELLED, FINAL, RUNNING, STOPPING, TRAIN, Entry, Source
from denoise_core.training.events import EpochEnd


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One run at one moment. Times are in seconds, `created` since 1970.

    Parameters
    ----------
    state : str
        queued, running, stopping, done, stopped (the best epoch was kept), failed or cancelled.
    kind : str
        "train", or "apply" where a model that was there already denoises; such a run has no epochs and no best one.
    model_name : str
        What the file of that model was called; "" for a training.
    reason : str
        Why it failed, was cancelled or was started again; a whole sentence, or "".
    queue_place : int or None
        1 for the next to start; None unless queued.
    epochs_done, epochs : int
        Ended epochs, and those of a full run.
    best_epoch : int or None
        None before the first epoch has ended.
    elapsed_s : float
        Since its first start; 0 while it waits for that.
    eta_s : float or None
        Until the last epoch; None unless it is running and one epoch has ended.
    channels : tuple of str
        Names of the series that are denoised; `series_name`, `unit` and `samples` are those of the first.
    """

    id: str
    state: str
    title: str
    owner: str
    created: float
    queue_place: int | None
    reason: str
    epochs_done: int
    epochs: int
    best_epoch: int | None
    elapsed_s: float
    eta_s: float | None
    config: RunConfig
    source: Source
    channels: tuple[str, ...]
    unit: str
    samples: int
    kind: str = TRAIN
    model_name: str = ""

    @property
    def series_name(self) -> str:
        return self.channels[0]

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in FINAL

    @property
    def has_result(self) -> bool:
        """Whether there is an estimate and a model."""
        return self.state in ("done", "stopped")


def state_of(entry: Entry, wish: str | None, *, resumable: bool) -> str:
    """The state with the wish to stop taken into account, before anybody has acted on it."""
    state = entry.status.state
    if wish is None or state in FINAL:
        return state
    if state == RUNNING or (resumable and wish != CANCEL):
        return STOPPING
    return CANCELLED


def view(entry: Entry, state: str, *, epoch: EpochEnd | None, place: int | None) -> RunView:
    """Put together what is shown; `epoch` is the last that was recorded."""
    spec, status = entry.spec, entry.status
    until = time.time() if status.ended is None else status.ended
    return RunView(
        id=entry.id,
        state=state,
        title=spec.title,
        owner=spec.owner,
        created=spec.created,
        queue_place=place,
        reason=status.reason,
        epochs_done=epoch.epoch if epoch else 0,
        epochs=spec.config.training.epochs if spec.kind == TRAIN else 0,
        best_epoch=epoch.best_epoch if epoch else None,
        elapsed_s=0.0 if status.started is None else max(0.0, until - status.started),
        eta_s=epoch.eta_s if epoch and state == RUNNING else None,
        config=spec.config,
        source=spec.source,
        channels=spec.channels,
        unit=spec.unit,
        samples=spec.samples,
        kind=spec.kind,
        model_name=spec.model_name,
    )
