"""What a page is told about a run."""

from __future__ import annotations

import time
from dataclasses import dataclass

from denoise_core import methods
from denoise_core.assess.formatting import minutes, plural
from denoise_core.config import choice_in_words
from denoise_core.jobs.spec import (
    APPLY,
    CANCEL,
    CANCELLED,
    COMPUTED,
    FINAL,
    QUEUED,
    RUNNING,
    STOPPING,
    TRAIN,
    Absence,
    Entry,
    Spec,
)
from denoise_core.training.events import EpochEnd


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One run at one moment. Times are in seconds.

    Parameters
    ----------
    spec : Spec
        What the run was asked to do; it never changes.
    state : str
        queued, running, stopping, done, stopped (the best epoch was kept), failed or cancelled.
    reason : str
        Why it failed, was cancelled or was started again; a whole sentence, or "".
    queue_place : int or None
        1 for the next to start; None unless queued.
    epochs_done : int
        Epochs that have ended.
    best_epoch : int or None
        None before the first epoch has ended.
    elapsed_s : float
        Since its first start; 0 while it waits for that.
    eta_s : float or None
        Until the last epoch; None unless it is running and one epoch has ended.
    waits_for : str
        Why it waits where no other run is ahead of it: "the cluster has been out of reach for 12 minutes"; else "".
    given_name : str
        What a person called it; "" where nobody did.
    """

    id: str
    spec: Spec
    state: str
    reason: str
    queue_place: int | None
    epochs_done: int
    best_epoch: int | None
    elapsed_s: float
    eta_s: float | None
    waits_for: str = ""
    given_name: str = ""

    @property
    def name(self) -> str:
        """What a person called it, or what it is: "Wavelet", "LSTM, 40 epochs"."""
        return self.given_name or describe(self.spec)

    @property
    def epochs(self) -> int:
        """Those of a full run; 0 where a model is only applied."""
        return self.spec.config.training.epochs if self.spec.kind == TRAIN else 0

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in FINAL

    @property
    def has_result(self) -> bool:
        """Whether there is an estimate."""
        return self.state in ("done", "stopped")


def describe(spec: Spec) -> str:
    """What a run is, in a few words."""
    if spec.kind == COMPUTED:
        return methods.METHODS[spec.method].label if spec.method in methods.METHODS else spec.method
    if spec.kind == APPLY:
        return f"With {spec.model_name}"
    network = f"{choice_in_words(spec.config, 'model.backbone')}, {plural(spec.config.training.epochs, 'epoch')}"
    return network if spec.trial is None else f"Trial {spec.trial.number}: {network}"


def state_of(entry: Entry, request: str | None, *, resumable: bool) -> str:
    """The state with a request to stop taken into account, before anybody has acted on it."""
    state = entry.status.state
    if request is None or state in FINAL:
        return state
    if state == RUNNING or (resumable and request != CANCEL):
        return STOPPING
    return CANCELLED


def view(
    entry: Entry, state: str, *, epoch: EpochEnd | None, place: int | None, absence: Absence | None = None, name: str = ""
) -> RunView:
    """Put together what is shown; `epoch` is the last that was recorded."""
    status = entry.status
    until = time.time() if status.ended is None else status.ended
    return RunView(
        id=entry.id,
        spec=entry.spec,
        state=state,
        reason=status.reason,
        queue_place=place,
        epochs_done=epoch.epoch if epoch else 0,
        best_epoch=epoch.best_epoch if epoch else None,
        elapsed_s=0.0 if status.started is None else max(0.0, until - status.started),
        eta_s=epoch.eta_s if epoch and state == RUNNING else None,
        waits_for=f"{absence.reason} for {minutes(time.time() - absence.since)}" if absence and state == QUEUED else "",
        given_name=name,
    )
