"""The trials of a search as runs: submitted, watched, and read when they have ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError
from denoise_core.jobs.request import Request
from denoise_core.jobs.spec import CANCEL, CANCELLED, DONE, FAILED, STOPPED
from denoise_core.jobs.storage import metrics
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.jobs.storage.study_folder import StudyFolder, StudySpec, token_of
from denoise_core.jobs.store import Store
from denoise_core.training.events import EpochEnd
from denoise_core.tuning import trials
from denoise_core.tuning.comparison import Outcome
from denoise_core.tuning.trials import Trial, TrialRecord

_AHEAD = 64
"""So many numbers beyond the last that has ended are looked for among the runs when a coordinator starts."""


@dataclass(frozen=True)
class EpochOf:
    """What a running trial said after an epoch."""

    number: int
    epoch: int
    valid_loss: float


class TrialRuns:
    """The runs of one search that have not ended, by their number."""

    def __init__(self, home: Home, study: StudyFolder, spec: StudySpec, data: TrainingSet) -> None:
        self._home, self._study, self._spec, self._data = home, study, spec, data
        self._store = Store(home.path)
        self._read: dict[int, int] = {}
        self._losses: dict[int, list[float]] = {}
        self._trials: dict[int, Trial] = {}

    def __len__(self) -> int:
        return len(self._trials)

    def find(self, ended: set[int]) -> Iterator[Trial]:
        """Those that an earlier coordinator submitted, which have no record yet; from now on they are watched."""
        for number in range(max(ended, default=-1) + _AHEAD):
            folder = self.folder(number)
            if number in ended or not folder.exists():
                continue
            trial = folder.entry().spec.trial
            if trial is not None:
                self._watch(trial)
                yield trial

    def submit(self, trial: Trial) -> None:
        """Put it into the queue; the same trial is one run, however often it is submitted."""
        request = Request(data=self._data, config=trial.config(self._spec.plan))
        spec = self._spec
        self._store.submit(
            request,
            owner=spec.owner,
            title=f"{spec.title}, trial {trial.number}",
            source=spec.source,
            token=token_of(self._study.id, trial.number),
            study=self._study.id,
            trial=trial,
        )
        self._watch(trial)

    def folder(self, number: int) -> RunFolder:
        return RunFolder(self._home.runs / self._study.run_id(self._spec.owner, number))

    def new_epochs(self) -> Iterator[EpochOf]:
        """What the running trials said since the last call."""
        for number in list(self._trials):
            events, self._read[number] = metrics.read_on(self.folder(number).metrics, self._read[number])
            for event in events:
                if isinstance(event, EpochEnd):
                    self._losses[number].append(event.valid_loss)
                    yield EpochOf(number, event.epoch, event.valid_loss)

    def ended(self) -> Iterator[TrialRecord]:
        """The records, still without a gain, of those that have ended since the last call."""
        for number, trial in list(self._trials.items()):
            record = self._record(trial)
            if record is not None:
                del self._trials[number]
                yield record

    def cancel(self, number: int) -> None:
        folder = self.folder(number)
        if folder.exists():
            folder.request_stop(CANCEL)

    def cancel_all(self) -> None:
        for number in self._trials:
            self.cancel(number)

    def running(self) -> list[dict[str, object]]:
        """The trials that have not ended, for a page."""
        return [
            {"trial": {**trial.__dict__}, "run": self.folder(number).id, "valid_losses": self._losses[number]}
            for number, trial in self._trials.items()
        ]

    def outcome(self, number: int) -> Outcome:
        """What the trial made of each series; RunError where that is gone."""
        folder, count = self.folder(number), len(self._data.to_denoise)
        try:
            estimates = tuple(folder.estimate(i) for i in range(count))
            twins = () if self._data.clean else tuple(folder.twin(i) for i in range(count))
        except FileNotFoundError:
            raise RunError(f"The result of trial {number} is gone.") from None
        return Outcome(estimates=estimates, twins=twins)

    def _watch(self, trial: Trial) -> None:
        self._trials[trial.number] = trial
        self._read[trial.number], self._losses[trial.number] = 0, []

    def _record(self, trial: Trial) -> TrialRecord | None:
        folder = self.folder(trial.number)
        gone = TrialRecord(trial=trial, state=trials.FAILED, reason="The run of this trial was deleted.")
        try:
            status = folder.status()
        except FileNotFoundError:
            return gone
        if status.state not in (DONE, STOPPED, CANCELLED, FAILED):
            return None
        best = folder.last_epoch()
        record = TrialRecord(
            trial=trial,
            state=_STATES[status.state],
            seconds=(status.ended or 0.0) - (status.started or status.ended or 0.0),
            best_epoch=best.best_epoch if best else 0,
            valid_losses=tuple(self._losses[trial.number]),
            reason=status.reason if status.state == FAILED else "",
        )
        for checkpoint in folder.checkpoints():
            checkpoint.unlink(missing_ok=True)
        complete = self._data.clean or all(folder.twin_of(i).exists() for i in range(len(self._data.to_denoise)))
        if record.state == trials.DONE and not complete:
            return replace(record, state=trials.FAILED, reason="Its error could not be estimated.")
        return record


_STATES = {DONE: trials.DONE, STOPPED: trials.DONE, CANCELLED: trials.PRUNED, FAILED: trials.FAILED}
