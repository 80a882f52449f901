"""Where the trials of a search run that has no app: in this process one by one, or in processes of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from denoise_core.tuning import training
from denoise_core.tuning.comparison import Outcome
from denoise_core.tuning.training import Work
from denoise_core.tuning.trials import TrialRecord

Watch = Callable[[int, int, float], bool]
"""(number of the trial, epoch, validation loss) -> whether the trial should end early."""
_LOOK_S = 0.1


class Executor:
    """Runs trials in this process, one at a time, when their ends are asked for."""

    def __init__(self) -> None:
        self._next: Work | None = None

    @staticmethod
    @contextmanager
    def of(workers: int) -> Iterator[Executor]:
        if workers <= 1:
            yield Executor()
            return
        context = multiprocessing.get_context("spawn")
        with context.Manager() as manager, ProcessPoolExecutor(workers, context, training.use_one_thread) as pool:
            executor = _Pool(pool, manager.dict(), manager.dict(), workers)
            try:
                yield executor
            finally:
                executor.end_all()

    @property
    def free(self) -> bool:
        return self._next is None

    @property
    def busy(self) -> bool:
        return self._next is not None

    def start(self, work: Work) -> None:
        self._next = work

    def ended(self, watch: Watch) -> Iterator[tuple[TrialRecord, Outcome | None]]:
        """Those that have ended, waiting for one; `watch` is asked (number, epoch, loss) whether a trial should end early."""
        work, self._next = self._next, None
        if work is not None:
            yield training.run(work, lambda epoch, loss: watch(work.trial.number, epoch, loss))


class _Pool(Executor):
    """Runs them in processes, which leave their losses in one shared table and look into another whether to end."""

    def __init__(self, pool: ProcessPoolExecutor, losses: Any, ends: Any, workers: int) -> None:
        self._pool, self._losses, self._ends, self._workers = pool, losses, ends, workers
        self._futures: dict[Future[tuple[TrialRecord, Outcome | None]], int] = {}
        self._reported: dict[int, int] = {}

    @property
    def free(self) -> bool:
        return len(self._futures) < self._workers

    @property
    def busy(self) -> bool:
        return bool(self._futures)

    def start(self, work: Work) -> None:
        self._futures[self._pool.submit(_run_elsewhere, work, self._losses, self._ends)] = work.trial.number

    def ended(self, watch: Watch) -> Iterator[tuple[TrialRecord, Outcome | None]]:
        done, _ = wait(self._futures, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
        for number, (epoch, loss) in self._losses.copy().items():
            if self._reported.get(number) != epoch and number in self._futures.values():
                self._reported[number] = epoch
                if watch(number, epoch, loss):
                    self._ends[number] = True
        for future in done:
            del self._futures[future]
            yield future.result()

    def end_all(self) -> None:
        for number in self._futures.values():
            self._ends[number] = True
        self._pool.shutdown(cancel_futures=True)


def _run_elsewhere(work: Work, losses: Any, ends: Any) -> tuple[TrialRecord, Outcome | None]:
    def watch(epoch: int, loss: float) -> bool:
        losses[work.trial.number] = epoch, loss
        return work.trial.number in ends

    return training.run(work, watch)
