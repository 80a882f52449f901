"""What a training leaves behind while it runs: a line for each event, a checkpoint now and then. Imports torch when it saves."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from denoise_core.files.atomic_io import replace_by
from denoise_core.jobs.storage import metrics
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.training.events import EpochEnd, Started

State = dict[str, Any]

CHECKPOINT_S = 2.0
_SHARE = 100.0
"""A checkpoint that took a second is followed by at least so many seconds of training."""


class Recorder:
    """Appends to a run's metrics and keeps its checkpoint.

    An epoch that was recorded before a crash and is trained again after it is not recorded twice.
    """

    def __init__(self, job: RunFolder, state: Callable[[], State], save: Callable[[Path, State], None]) -> None:
        self._job, self._state, self._save = job, state, save
        last = job.last_epoch()
        self._recorded = last.epoch if last else 0
        metrics.mend(job.metrics)
        self._file = job.metrics.open("ab", buffering=0)
        self._epochs = 0
        self._first, self._began = 0, time.monotonic()
        self._next_checkpoint = 0.0

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def add(self, event: Started | EpochEnd) -> None:
        """One line; after an epoch perhaps a checkpoint as well."""
        if isinstance(event, Started):
            self._epochs, self._first, self._began = event.epochs, event.first_epoch, time.monotonic()
            self._file.write(metrics.encode(event))
            return
        if event.epoch > self._recorded:
            self._file.write(metrics.encode(replace(event, eta_s=self._eta_s(event))))
        if time.monotonic() >= self._next_checkpoint:
            self._checkpoint()

    def _eta_s(self, event: EpochEnd) -> float:
        """Seconds to the last epoch at the pace since this process began; patience may end it sooner."""
        done = event.epoch - self._first + 1
        return (time.monotonic() - self._began) / done * (self._epochs - event.epoch)

    def _checkpoint(self) -> None:
        began = time.monotonic()
        with suppress(FileNotFoundError):
            self._job.checkpoint.replace(self._job.checkpoint_before)
        self._save(self._job.checkpoint, self._state())
        now = time.monotonic()
        self._next_checkpoint = now + max(CHECKPOINT_S, _SHARE * (now - began))


def save_checkpoint(path: Path, state: State) -> None:
    """Whole or not at all; ``load_checkpoint(path) == state``."""
    import torch

    replace_by(path, lambda temporary: torch.save(state, temporary))


def load_checkpoint(path: Path) -> State:
    """Tensors and plain values only: a checkpoint cannot run code.

    BadZipFile where a byte is not as it was written; torch alone would not notice.
    """
    import torch

    with zipfile.ZipFile(path) as file:
        if damaged := file.testzip():
            raise zipfile.BadZipFile(f"{damaged} in {path} is damaged")
    state: State = torch.load(path, map_location="cpu", weights_only=True)
    return state
