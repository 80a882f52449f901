"""A search without the app: a generator of events, like a training. Trials run here, or in processes of this one's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from denoise_core.config import RunConfig
from denoise_core.dataset.prepared_data import prepare_data
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError
from denoise_core.series import Series
from denoise_core.suggestions import for_channels, suggest
from denoise_core.suggestions.settings import suggest_untaught
from denoise_core.tuning.averaging import best_mean
from denoise_core.tuning.comparison import Comparison, Outcome
from denoise_core.tuning.conclusion import Conclusion, conclude
from denoise_core.tuning.events import SearchEnded, SearchEvent, TrialEnded, TrialStarted
from denoise_core.tuning.executors import Executor
from denoise_core.tuning.judging import Judge
from denoise_core.tuning.plan import PRESETS, Budget, Plan
from denoise_core.tuning.space import Space
from denoise_core.tuning.study import ENDED, Study
from denoise_core.tuning.training import Work
from denoise_core.tuning.trials import Trial, TrialRecord


def search(
    data: Series | Sequence[Series] | TrainingSet,
    space: Mapping[str, Any] | Iterable[str] | None = None,
    budget: Budget | float | None = None,
    *,
    config: RunConfig | None = None,
    workers: int = 1,
    halt: threading.Event | None = None,
    **options: Any,
) -> Iterator[SearchEvent]:
    """Look for settings with which training leaves less error than with the suggested ones; the last event has the best.

    Parameters
    ----------
    data : Series, several of them, or a TrainingSet
    space : mapping or iterable of str, optional
        What is varied, see `Space.of`: ``{"window.length": [64, 128], "training.epochs": (10, 40)}``, or names of settings. By
        default those of the preset "normal".
    budget : Budget or float, optional
        A number is minutes.
    config : RunConfig, optional
        The settings to start from and to compare with; by default those suggested for the first series.
    workers : int
        Processes that train at once; with 1, everything happens in this one.
    halt : threading.Event, optional
        When set, the search ends with the best so far.
    **options
        Fields of `Plan`, such as ``sampler="random"`` or ``seed=1``.

    Raises
    ------
    SettingsError
        If a range is empty, a setting unknown, or a grid too large.
    DataError
        If the data cannot be trained on, or errors can be neither estimated nor measured on it.
    RunError
        If training with the settings to start from fails.
    """
    given = TrainingSet.of(data)
    start = config or for_channels(suggest(given.noisy[0]), given.channels)
    usual = PRESETS["normal"]
    if space is not None:
        options["space"] = Space.of(space, start)
    limit = budget if isinstance(budget, Budget) else Budget(minutes=usual.minutes if budget is None else budget)
    also = [] if config else [suggest_untaught(given.noisy[0])]
    plan = usual.plan(start, budget=limit, also=also, **options)
    return run(given, plan, workers=workers, halt=halt)


def run(data: TrainingSet, plan: Plan, *, workers: int = 1, halt: threading.Event | None = None) -> Iterator[SearchEvent]:
    """The same for a plan."""
    plan.check(samples=min(map(len, data.noisy)))
    prepare_data(data, plan.start)
    comparison = Comparison(data, plan.start)
    study = Study(plan, samples=min(map(len, data.noisy)), slots=workers)
    return _Search(data, study, comparison, workers, halt or threading.Event()).events()


class _Search:
    def __init__(self, data: TrainingSet, study: Study, comparison: Comparison, workers: int, halt: threading.Event) -> None:
        self._data, self._study, self._comparison, self._workers, self._halt = data, study, comparison, workers, halt
        self._outcomes: dict[int, Outcome] = {}
        self._judge = Judge(comparison=comparison, load=lambda number: self._outcomes[number])
        self._began = time.monotonic()

    def events(self) -> Iterator[SearchEvent]:
        with Executor.of(self._workers) as executor:
            while True:
                while executor.free and not self._halt.is_set() and (trial := self._study.ask(self._spent_s)):
                    work = self._work(trial)
                    executor.start(work)
                    yield TrialStarted(trial=trial, config=work.config)
                if not executor.busy or self._is_over():
                    break
                for record, outcome in executor.ended(self._watch):
                    yield from self._take(record, outcome)
        yield self._end()

    @property
    def _spent_s(self) -> float:
        return time.monotonic() - self._began

    def _is_over(self) -> bool:
        return self._halt.is_set() or self._study.phase(self._spent_s) == ENDED

    def _work(self, trial: Trial) -> Work:
        twin = self._comparison.twin_data(trial.repeat)
        return Work(trial=trial, config=trial.config(self._study.plan), data=self._data, twin=twin)

    def _watch(self, number: int, epoch: int, valid_loss: float) -> bool:
        return self._study.report(number, epoch, valid_loss) or self._is_over()

    def _take(self, record: TrialRecord, outcome: Outcome | None) -> Iterator[TrialEnded]:
        if outcome is not None:
            self._outcomes[record.number] = outcome
        for judged in self._judge.judge(record):
            self._study.tell(judged)
            self._forget()
            best = self._study.best()
            share = self._study.share_done(self._spent_s)
            yield TrialEnded(record=judged, best_gain_db=best.gain_db if best else None, share=share)

    def _forget(self) -> None:
        """Only the results that may still be asked for are kept."""
        keys = {(), *(one.key for one in (*self._study.finalists(), *self._study.averaged()))}
        wanted = {*self._study.running, *(one.number for one in self._study.records.values() if one.key in keys)}
        self._outcomes = {number: one for number, one in self._outcomes.items() if number in wanted}

    def _end(self) -> SearchEnded:
        study = self._study
        if study.start_failed:
            raise RunError(f"Training with the settings to start from fails: {study.records[0].reason}")
        found: Conclusion = conclude(study, by_truth=self._comparison.by_truth)
        if found.number not in self._outcomes:
            raise RunError("The search was stopped before its first training had ended, so there is nothing to keep.")
        result = best_mean(study, self._comparison, found.number, self._outcomes.__getitem__)
        return SearchEnded(
            conclusion=found.with_result(result.gain, networks=len(result.numbers)),
            config=Trial(number=found.number, params=found.params).config(study.plan),
            records=tuple(study.records.values()),
            importances=study.importances(),
            estimates=result.outcome.estimates,
        )
