"""What a web process may do with searches: submit, look, stop, continue, delete. Imports neither torch nor Optuna."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from denoise_core.config import RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError
from denoise_core.jobs.request import Data, Request
from denoise_core.jobs.spec import KEEP, QUEUED, Source
from denoise_core.jobs.storage import disk_errors
from denoise_core.jobs.storage.folders import make_folder
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.ids import check_id, id_from, inside, is_id, new_id
from denoise_core.jobs.storage.inputs import remove_folder
from denoise_core.jobs.storage.study_folder import StudyFolder, StudySpec, StudyStatus, missing_study
from denoise_core.tuning.comparison import Comparison
from denoise_core.tuning.conclusion import Conclusion
from denoise_core.tuning.plan import Budget, Plan
from denoise_core.tuning.trials import Trial, TrialRecord

_T = TypeVar("_T")
MOST_OPEN_OF_ONE = 5
"""Searches of one person that have not ended."""


@dataclass(frozen=True, kw_only=True)
class RunningTrial:
    """A trial that has not ended; its losses so far, one for each epoch."""

    trial: Trial
    run: str
    valid_losses: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class StudyLine:
    """One search in a list."""

    id: str
    spec: StudySpec
    status: StudyStatus


@dataclass(frozen=True, kw_only=True)
class StudyView:
    """One search at one moment.

    Parameters
    ----------
    phase : str
        searching, checking (the best, with other seeds) or ended.
    share : float
        How much of the budget is used up, 0 .. 1.
    best : int or None
        Number of the best trial with the first seed.
    conclusion : Conclusion or None
        None before the coordinator has looked.
    by_truth : bool
        Whether gains are true ones, on the validation part of a clean column.
    """

    id: str
    spec: StudySpec
    status: StudyStatus
    records: tuple[TrialRecord, ...]
    running: tuple[RunningTrial, ...]
    phase: str
    share: float
    best: int | None
    by_truth: bool
    importances: dict[str, float]
    conclusion: Conclusion | None

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more, unless it is continued."""
        return self.status.has_ended

    def run_of(self, number: int) -> str:
        """The id of the run that is the trial of that number."""
        return StudyFolder(Path(self.id)).run_id(self.spec.owner, number)

    def config_of(self, number: int) -> RunConfig:
        """The settings of that trial."""
        (record,) = [one for one in self.records if one.number == number]
        return record.trial.config(self.spec.plan)

    def leading(self, count: int) -> list[str]:
        """The runs of the trials of largest gain with the first seed, at most `count`, the best first."""
        tried = [one for one in self.records if one.gain_db is not None and not one.trial.repeat]
        tried.sort(key=lambda one: -(one.gain_db or 0.0))
        return [self.run_of(one.number) for one in tried[:count]]

    @property
    def searched(self) -> tuple[TrialRecord, ...]:
        """The proposals that have ended: without the start's settings and the checks."""
        return tuple(record for record in self.records if record.number and not record.trial.repeat)


class Studies:
    """The searches in a data folder. Every method raises RunError in plain words, see `Store`."""

    def __init__(self, home: Path | str | None = None) -> None:
        self._home = Home.at(home)

    def slots(self) -> list[str]:
        """On which trials run: what the supervisor found, one processor where it has not looked yet."""
        return self._home.slots()

    def submit(
        self, data: Data, plan: Plan, *, owner: str, title: str, source: Source | None = None, token: str | None = None
    ) -> str:
        """Begin a search; its id. The same owner and token give the same search.

        Raises
        ------
        SettingsError, DataError
            If the plan has faults, or the data cannot be trained on or compared on.
        """
        study_id = new_id() if token is None else id_from(check_id(owner), f"study-{token}")
        if self._folder(study_id).exists():
            return study_id
        if sum(not one.status.has_ended for one in self.of_owner(owner)) >= MOST_OPEN_OF_ONE:
            raise RunError(f"{MOST_OPEN_OF_ONE} of your searches have not ended. Stop one of them first.")
        asked = checked(data, plan)
        first = asked.to_denoise[0]
        spec = StudySpec(
            title=title[:200],
            owner=check_id(owner),
            created=time.time(),
            channels=tuple(series.name for series in asked.to_denoise),
            samples=len(first),
            source=source or Source(),
            plan=plan,
        )
        make_folder(self._home, self._home.studies / study_id, lambda part: StudyFolder(part).fill(spec, asked))
        return study_id

    def study(self, study_id: str) -> StudyView:
        """The search as it is now."""
        folder = self._folder(check_id(study_id))
        return self._guarded(lambda: _view(folder))

    def of_owner(self, owner: str) -> list[StudyLine]:
        """The searches of one workspace, newest first."""
        found = []
        for path in self._home.studies.iterdir():
            folder = StudyFolder(path)
            with suppress(RunError, FileNotFoundError):
                if is_id(path.name) and (spec := folder.spec()).owner == owner:
                    found.append(StudyLine(id=path.name, spec=spec, status=folder.status()))
        return sorted(found, key=lambda one: one.spec.created, reverse=True)

    def stop(self, study_id: str) -> None:
        """End the search with the best so far; nothing happens to one that has ended."""
        folder = self._folder(check_id(study_id))
        if not self._guarded(folder.status).has_ended:
            self._guarded(lambda: folder.request_stop(KEEP))

    def go_on(self, study_id: str, *, minutes: float) -> None:
        """Continue a search that has ended for so many minutes more; nothing happens to one that has not."""
        folder = self._folder(check_id(study_id))
        status, spec = self._guarded(folder.status), folder.spec()
        if not status.has_ended:
            return
        plan = spec.plan
        budget = Budget(minutes=status.spent_s / 60.0 + minutes)
        more = replace(plan, budget=budget, stall=plan.stall + len(folder.records()))
        folder.write_spec(replace(spec, plan=more.check(samples=spec.samples)))
        folder.forget_stop_request()
        folder.write(replace(status, state=QUEUED, reason="", ended=None, crashes=0))

    def delete(self, study_id: str) -> None:
        """Take the search and all its trials away at once, running or not."""
        folder = self._folder(check_id(study_id))
        owner = folder.spec().owner
        last = max((record.number for record in folder.records()), default=0)
        remove_folder(self._home, folder.path)
        for number in range(last + 64):
            run = self._home.runs / folder.run_id(owner, number)
            if run.exists():
                remove_folder(self._home, run)

    def export(self, study_id: str, path: Path) -> None:
        """Write the trials as an Optuna study, an SQLite file. Imports Optuna."""
        from denoise_core.tuning.proposals import export

        view = self.study(study_id)
        export(view.spec.plan, view.records, path, name=view.spec.title or "search")

    def _folder(self, study_id: str) -> StudyFolder:
        return StudyFolder(inside(self._home.studies, study_id))

    def _guarded(self, what: Callable[[], _T]) -> _T:
        try:
            return what()
        except FileNotFoundError:
            raise missing_study() from None
        except OSError as error:
            raise RunError(disk_errors.describe(error)) from None


def checked(data: Data, plan: Plan) -> TrainingSet:
    """The training set, if a search with that plan can begin; SettingsError or DataError if not."""
    request = Request.to_train(data, plan.start)
    plan.check(samples=min(map(len, request.data.noisy)))
    Comparison(request.data, plan.start)
    return request.data


def _view(folder: StudyFolder) -> StudyView:
    if not folder.exists():
        raise missing_study()
    summary, status = folder.summary(), folder.status()
    return StudyView(
        id=folder.id,
        spec=folder.spec(),
        status=status,
        records=tuple(folder.records()),
        running=() if status.has_ended else tuple(map(_running, summary.get("running", ()))),
        phase=str(summary.get("phase", "searching")),
        share=float(summary.get("share", 0.0)),
        best=summary.get("best"),
        by_truth=bool(summary.get("by_truth")),
        importances=dict(summary.get("importances", {})),
        conclusion=Conclusion.from_json(summary["conclusion"]) if "conclusion" in summary else None,
    )


def _running(raw: dict[str, Any]) -> RunningTrial:
    return RunningTrial(trial=Trial(**raw["trial"]), run=raw["run"], valid_losses=tuple(raw["valid_losses"]))
