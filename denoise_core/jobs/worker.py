"""Train one run in this process, or apply its model, as its folder says. The only module of jobs that imports torch.

``run(folder)`` needs nothing but the folder, so another engine can call it as it is.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import psutil

from denoise_core import methods
from denoise_core.config import RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError, DenoiseError, RunError
from denoise_core.files.atomic_io import replace_by
from denoise_core.jobs.checking import save_blends, train_twin
from denoise_core.jobs.scheduling.heartbeat import Heartbeat
from denoise_core.jobs.spec import (
    AFTER_STOP_S,
    CANCEL,
    CANCELLED,
    CANCELLED_REASON,
    CHECKING,
    DONE,
    FAILED,
    FINAL,
    NO_EPOCH_REASON,
    RUNNING,
    STOPPED,
    TRAIN,
    Spec,
)
from denoise_core.jobs.storage import disk_errors
from denoise_core.jobs.storage.arrays import UNREADABLE, save_estimate
from denoise_core.jobs.storage.process_folder import Busy, WorkerProcess
from denoise_core.jobs.storage.recorder import Recorder, load_checkpoint, save_checkpoint
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.training.events import Event, Finished, StepEnd

if TYPE_CHECKING:
    from denoise_core.model.denoiser import TrainedDenoiser

log = logging.getLogger(__name__)

BUSY_CODE = 3
"""Exit code of a worker that found another running in its folder."""


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


class _Cancelled(Exception):
    """The run is to end without a result; says why."""


def run(folder: Path | str, *, engine: Engine | None = None, halt: threading.Event | None = None) -> None:
    """Train, from the checkpoint if there is one, until the end or until it is to stop; leave everything in the folder.

    A run that applies a model only denoises with it.

    Parameters
    ----------
    folder : path
        ``runs/<id>`` of a data folder. If it vanishes, this returns within a step and a second.
    engine : Engine, optional
        By default that with `denoise_core.training.Trainer`.
    halt : threading.Event, optional
        When set: stop and keep the best.

    Raises
    ------
    Busy
        If another worker is running in this folder.
    """
    job = RunFolder(Path(folder).absolute())
    with job.lock(), Heartbeat(job) as heartbeat:
        if job.status().state in FINAL:
            return  # a supervisor that was killed had just started another worker here, which has done it
        _Execution(job, heartbeat, engine or TORCH, halt or threading.Event()).run()


class _Execution:
    """The steps of one run, around what they share."""

    def __init__(self, job: RunFolder, heartbeat: Heartbeat, engine: Engine, halt: threading.Event) -> None:
        self._job, self._heartbeat, self._engine, self._halt = job, heartbeat, engine, halt

    def run(self) -> None:
        """Whatever happens is in the folder afterwards, if there still is one."""
        try:
            self._begin()
            state, reason = self._work()
            self._job.end(state, reason)
        except Exception as error:
            if not self._job.exists():
                log.info("The run's folder is gone, so this ends.")
                return
            self._job.end(*_outcome(error))

    def _begin(self) -> None:
        own = psutil.Process()
        self._job.write_worker(WorkerProcess(pid=own.pid, created=own.create_time(), slot=_slot()))
        status = self._job.status()
        self._job.write(replace(status, state=RUNNING, started=status.started or self._heartbeat.began))

    def _work(self) -> tuple[str, str]:
        """State and reason, with model and results in place."""
        spec, data = self._job.entry().spec, self._data()
        return self._train(data, spec) if spec.kind == TRAIN else self._apply(data, spec.config)

    def _data(self) -> TrainingSet:
        try:
            return self._job.training_set()
        except UNREADABLE as error:
            if not self._job.exists():
                raise
            log.warning("The data of this run cannot be read.", exc_info=error)
            raise RunError(_DATA_LOST) from None

    def _apply(self, data: TrainingSet, config: RunConfig) -> tuple[str, str]:
        trained = self._engine.load_model(self._job.model).with_noise(config.noise)
        for i in range(len(data.to_denoise)):
            if self._halt.is_set() and not self._job.stop_request():
                raise _Cancelled("The operating system stopped the run before everything was denoised. Start it again.")
            self._denoise(trained, data, i)
        if not self._engine.checks:
            return DONE, ""
        with suppress(DataError):  # where errors cannot be estimated, the result stands by itself
            noisier = methods.twin_of(data, stated=config.noise)
            twin = trained.with_noise(methods.for_twin(config).noise)
            save_blends(self._job, data, config.noise, lambda i: twin.denoise(noisier.to_denoise[i]), trained=False)
        return DONE, ""

    def _train(self, data: TrainingSet, spec: Spec) -> tuple[str, str]:
        trainer = self._trainer(data, spec.config)
        finished = None if self._must_stop() else self._follow(trainer)
        self._save(self._best(trainer) if finished is None else finished.trained, data)
        self._check(data, spec, stopped=finished is None)
        if finished is None:
            return STOPPED, "" if self._job.stop_request() else _STOPPED_BY_SYSTEM
        return DONE, _REASONS.get(finished.reason, "")

    def _check(self, data: TrainingSet, spec: Spec, *, stopped: bool) -> None:
        """Train a second network on noisier copies, in the same way for as many epochs, and blend the results with its help.

        A trial of a search only keeps what that network makes of the copies, unless the truth is known, which needs none.
        """
        last, config = self._job.last_epoch(), spec.config
        if (
            not self._engine.checks
            or last is None
            or OBJECTIVES[config.objective.kind].teaching
            or (stopped and last.elapsed_s > AFTER_STOP_S)
            or (spec.trial and data.clean)
        ):
            return
        try:
            noisier = methods.twin_of(data, stated=config.noise, draw=spec.trial.repeat if spec.trial else 0)
        except DataError:  # nothing can be judged: the result stands by itself
            return
        self._job.write(replace(self._job.status(), reason=CHECKING))
        ends = self._must_cancel if stopped else self._must_stop
        twin = train_twin(self._engine.trainer(noisier, methods.for_twin(config)), epochs=last.epoch, must_end=ends)
        if self._must_cancel() and not self._halt.is_set():
            raise _Cancelled(CANCELLED_REASON)
        if twin is not None and spec.trial:
            for i, series in enumerate(noisier.to_denoise):
                save_estimate(self._job.twin_of(i), twin.denoise(series))
        elif twin is not None:
            save_blends(self._job, data, config.noise, lambda i: twin.denoise(noisier.to_denoise[i]), trained=True)

    def _must_cancel(self) -> bool:
        return self._halt.is_set() or self._heartbeat.gone or self._job.stop_request() == CANCEL

    def _trainer(self, data: TrainingSet, config: RunConfig) -> TrainerLike:
        """As the last checkpoint that can be read left it; from the beginning where there is none."""
        damaged = 0
        for checkpoint in self._job.checkpoints():
            trainer = self._engine.trainer(data, config)
            try:
                trainer.restore(self._engine.load_checkpoint(checkpoint))
            except Exception as error:
                if not self._job.exists() or _is_out_of_memory(error):
                    raise
                damaged += 1
                log.warning("%s cannot be read.", checkpoint, exc_info=error)
                checkpoint.unlink(missing_ok=True)
                continue
            if damaged:
                self._job.write(replace(self._job.status(), reason=_DAMAGED_LAST))
            return trainer
        if damaged:
            self._job.write(replace(self._job.status(), reason=_DAMAGED))
        return self._engine.trainer(data, config)

    def _follow(self, trainer: TrainerLike) -> Finished | None:
        """Record every event; None if it was to stop before."""
        generator = cast("Generator[Event, None, None]", trainer.run())
        with closing(generator) as events, Recorder(self._job, trainer.state, self._engine.save_checkpoint) as recorder:
            for event in events:
                if isinstance(event, Finished):
                    return event
                if isinstance(event, StepEnd):
                    if self._must_stop():
                        return None
                else:
                    recorder.add(event)
        raise RunError("The training ended without a result. Look at the run's log, and start it again.")

    def _must_stop(self) -> bool:
        return self._halt.is_set() or self._heartbeat.gone or self._job.has_stop_request()

    def _best(self, trainer: TrainerLike) -> TrainedDenoiser:
        """The best epoch so far, unless the run is cancelled or there is none yet."""
        if not self._job.exists() or self._job.stop_request() == CANCEL:
            raise _Cancelled(CANCELLED_REASON)
        try:
            return trainer.best()
        except RunError:
            reason = self._job.status().reason
            raise _Cancelled(_LOST if reason == _DAMAGED else NO_EPOCH_REASON) from None

    def _save(self, trained: TrainedDenoiser, data: TrainingSet) -> None:
        for i in range(len(data.to_denoise)):
            self._denoise(trained, data, i)
        replace_by(self._job.model, trained.save)

    def _denoise(self, trained: TrainedDenoiser, data: TrainingSet, i: int) -> None:
        """One estimate at a time: all of them together may be more than the memory holds."""
        if self._heartbeat.gone or self._job.stop_request() == CANCEL:
            raise _Cancelled(CANCELLED_REASON)
        save_estimate(self._job.result_of(i), trained.denoise(data.to_denoise[i]))


def _slot() -> str:
    return os.environ.get("DENOISE_SLOT", "cpu:0")


_DATA_LOST = "The data of this run was damaged on the disk, so it cannot go on. Start it again from the Train page."
_DAMAGED_LAST = "The last checkpoint of this run was damaged, so the training went on from the one before."
_DAMAGED = "The checkpoint of this run was damaged, so the training started again from its beginning."
_LOST = "The checkpoint of this run was damaged, and it was stopped before a new epoch had ended, so there was nothing to keep."
_STOPPED_BY_SYSTEM = "The operating system stopped the training; the best epoch so far was kept."
_REASONS = {"patience": "Stopped early: the validation loss had not improved for as many epochs as the patience allows."}


def _outcome(error: Exception) -> tuple[str, str]:
    """State and reason in words for what went wrong; what nobody foresaw goes to the log with its trace."""
    if isinstance(error, _Cancelled):
        return CANCELLED, str(error)
    if isinstance(error, DenoiseError):
        return FAILED, str(error)
    log.error("The run ended with an error.", exc_info=error)
    if isinstance(error, OSError) and disk_errors.is_disk_full(error):
        return FAILED, disk_errors.describe(error)
    if _is_out_of_memory(error):
        return FAILED, "Out of memory. Choose a smaller batch size, hidden size or window, and start again."
    return FAILED, f"An unexpected error ended the run: {type(error).__name__}: {error}"


def _is_out_of_memory(error: Exception) -> bool:
    """Python, CUDA and the CPU allocator each say it in their own way."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text


def _trainer(data: TrainingSet, config: RunConfig) -> TrainerLike:
    from denoise_core.training import Trainer

    return Trainer(data, config)


def _load(path: Path) -> TrainedDenoiser:
    """The model of a file, on the device of this worker's slot."""
    from denoise_core.model import load
    from denoise_core.model.device import resolve_device

    trained = load(path)
    trained.network.to(resolve_device(_slot().partition(":")[0]))
    return trained


TORCH = Engine(trainer=_trainer, load_model=_load, save_checkpoint=save_checkpoint, load_checkpoint=load_checkpoint)


def main(argv: Sequence[str] | None = None, *, engine: Engine = TORCH) -> int:
    """``worker RUN_FOLDER``: 0 when the run has ended in any way, 2 if there is none, 3 if another worker is running there."""
    parser = argparse.ArgumentParser(prog="worker", description="Train the run in a run folder, or apply its model.")
    parser.add_argument("folder", type=Path, help="a folder below runs/ in the data folder")
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    halt = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: halt.set())
    os.nice(5)  # the page stays fluid where both share a core
    try:
        run(arguments.folder, engine=engine, halt=halt)
    except RunError as error:
        log.error("%s", error)
        return 2
    except Busy:
        log.info("Another worker is running in %s.", arguments.folder)
        return BUSY_CODE
    return 0


if __name__ == "__main__":
    sys.exit(main())
