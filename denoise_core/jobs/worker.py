"""Train one run in this process, or apply its model, as its folder says.

``run(folder)`` needs nothing but the folder, so another engine can call it as it is.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from denoise_core import methods
from denoise_core.config import RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError, RunError
from denoise_core.files.atomic_io import replace_by
from denoise_core.jobs.checking import save_blends, train_twin
from denoise_core.jobs.engine import TORCH, Engine, TrainerLike, own_slot
from denoise_core.jobs.folder_process import work_in_folder
from denoise_core.jobs.outcome import Cancelled, is_out_of_memory, outcome_of
from denoise_core.jobs.scheduling.heartbeat import Heartbeat
from denoise_core.jobs.spec import (
    AFTER_STOP_S,
    CANCEL,
    CANCELLED_REASON,
    CHECKING,
    DONE,
    FINAL,
    NO_EPOCH_REASON,
    RUNNING,
    STOPPED,
    TRAIN,
    Spec,
)
from denoise_core.jobs.storage.arrays import UNREADABLE, save_estimate
from denoise_core.jobs.storage.process_folder import WorkerProcess
from denoise_core.jobs.storage.recorder import Recorder
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.training.events import Event, Finished, StepEnd

if TYPE_CHECKING:
    from denoise_core.model.denoiser import TrainedDenoiser

log = logging.getLogger(__name__)

_DATA_LOST = "The data of this run was damaged on the disk, so it cannot go on. Start it again from the Train page."
_DAMAGED_LAST = "The last checkpoint of this run was damaged, so the training went on from the one before."
_DAMAGED = "The checkpoint of this run was damaged, so the training started again from its beginning."
_LOST = "The checkpoint of this run was damaged, and it was stopped before a new epoch had ended, so there was nothing to keep."
_STOPPED_BY_SYSTEM = "The operating system stopped the training; the best epoch so far was kept."
_REASONS = {"patience": "Stopped early: the validation loss had not improved for as many epochs as the patience allows."}


def run(
    folder: Path | str,
    *,
    engine: Engine | None = None,
    halt: threading.Event | None = None,
    process: WorkerProcess | None = None,
) -> None:
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
    process : WorkerProcess, optional
        The one that a supervisor is to watch, by default this; see `ray_worker`.

    Raises
    ------
    Busy
        If another worker is running in this folder.
    """
    job = RunFolder(Path(folder).absolute())
    with job.lock(), Heartbeat(job) as heartbeat:
        if job.status().state in FINAL:
            return  # a supervisor that was killed had just started another worker here, which has done it
        own = process or WorkerProcess.own(own_slot())
        _Execution(job, heartbeat, engine or TORCH, halt or threading.Event(), own).run()


class _Execution:
    """The steps of one run, around what they share."""

    def __init__(
        self, job: RunFolder, heartbeat: Heartbeat, engine: Engine, halt: threading.Event, process: WorkerProcess
    ) -> None:
        self._job, self._heartbeat, self._engine, self._halt, self._process = job, heartbeat, engine, halt, process

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
            self._job.end(*outcome_of(error))

    def _begin(self) -> None:
        self._job.write_worker(self._process)
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
                raise Cancelled("The operating system stopped the run before everything was denoised. Start it again.")
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
            raise Cancelled(CANCELLED_REASON)
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
                if not self._job.exists() or is_out_of_memory(error):
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
            raise Cancelled(CANCELLED_REASON)
        try:
            return trainer.best()
        except RunError:
            reason = self._job.status().reason
            raise Cancelled(_LOST if reason == _DAMAGED else NO_EPOCH_REASON) from None

    def _save(self, trained: TrainedDenoiser, data: TrainingSet) -> None:
        for i in range(len(data.to_denoise)):
            self._denoise(trained, data, i)
        replace_by(self._job.model, trained.save)

    def _denoise(self, trained: TrainedDenoiser, data: TrainingSet, i: int) -> None:
        """One estimate at a time: all of them together may be more than the memory holds."""
        if self._heartbeat.gone or self._job.stop_request() == CANCEL:
            raise Cancelled(CANCELLED_REASON)
        save_estimate(self._job.result_of(i), trained.denoise(data.to_denoise[i]))


def main(argv: Sequence[str] | None = None, *, engine: Engine = TORCH) -> int:
    """``worker RUN_FOLDER``; for what it gives, see `work_in_folder`."""
    return work_in_folder(
        argv,
        lambda folder, halt: run(folder, engine=engine, halt=halt),
        name="worker",
        description="Train the run in a run folder, or apply its model.",
        below="runs",
    )


if __name__ == "__main__":
    sys.exit(main())
