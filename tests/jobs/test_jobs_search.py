"""Searches outside the web process: stopped, continued, killed, deleted, two at once. Trials are runs of fake workers."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from denoise_core.config import RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError, SettingsError
from denoise_core.jobs import Request, Studies, new_id
from denoise_core.jobs.scheduling.coordinators import CRASHES
from denoise_core.jobs.spec import QUEUED
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.study_folder import StudyFolder
from denoise_core.jobs.trial_runs import TrialRuns
from denoise_core.series import Series
from denoise_core.tuning.plan import Budget, Plan
from denoise_core.tuning.space import Space
from denoise_core.tuning.trials import DONE, FAILED, PRUNED, Trial, TrialRecord
from tests.common import small_config
from tests.jobs.conftest import _processes, until

pytestmark = pytest.mark.slow

CONFIG = small_config({"training.epochs": 2, "training.steps_per_epoch": 2, "objective.kind": "supervised"})
KILLS = 4  # ten, with 40 trials, took 38 s and passed as well
SPACE = Space.of({"training.learning_rate": (1e-3, 1e-1)}, CONFIG)


@pytest.fixture
def studies(home: Home) -> Studies:
    return Studies(home.path)


def data() -> TrainingSet:
    """With a clean column: then a trial needs no second training, which fake workers lack."""
    rng = np.random.default_rng(3)
    clean = np.sin(np.arange(401) / 9.0)
    return TrainingSet.of(Series.of(clean + 0.3 * rng.standard_normal(401)), clean=clean)


def plan(trials: int = 5, *, config: RunConfig = CONFIG, minutes: float = 0.0) -> Plan:
    budget = Budget(trials=trials, minutes=minutes)
    return Plan(start=config, space=SPACE, budget=budget, pruner="none", sampler="random", repeats=0)


def coordinators(home: Home) -> list:
    return _processes(lambda last_word: last_word.startswith(f"{home.studies}/"))


@pytest.fixture(autouse=True)
def nothing_outlives(home: Home):
    yield
    for process in coordinators(home):
        process.kill()


def runs_of(home: Home, study_id: str) -> list[int]:
    """The numbers of the trials that exist as runs."""
    found = []
    for path in home.runs.iterdir():
        text = (path / "spec.json").read_text()
        if study_id in text:
            found.append(int(text.split('"trial": {"number": ')[1].split(",")[0]))
    return sorted(found)


def test_a_search_runs_to_its_end_and_its_best_is_an_ordinary_result(studies, store, supervise, owner, tmp_path):
    study_id = studies.submit(data(), plan(), owner=owner, title="pump", token="press")
    assert studies.submit(data(), plan(), owner=owner, title="pump", token="press") == study_id
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    until(lambda: studies.study(study_id).ended, beside=supervisor.tick)
    view = studies.study(study_id)
    assert (view.status.state, view.phase, view.share) == ("done", "ended", 1.0)
    assert [record.state for record in view.records] == [DONE] * 6
    assert view.status.spent_s > 0.0
    assert "None of 5 trials" in view.conclusion.sentence  # the fake workers' results are all the same
    run = store.run(view.run_of(2))
    assert run.has_result
    assert run.spec.study == study_id
    assert run.spec.config.training.learning_rate == view.records[2].trial.params["training.learning_rate"]
    assert store.runs(owner) == []
    assert len(store.runs(owner, study=study_id)) == 6
    assert [one.id for one in studies.of_owner(owner)] == [study_id]
    studies.export(study_id, tmp_path / "study.sqlite")
    with sqlite3.connect(tmp_path / "study.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM trials").fetchone() == (5,)


def test_kill_9_of_the_coordinator_at_random_moments_loses_no_trial_and_runs_none_twice(home, studies, supervise, owner):
    study_id = studies.submit(data(), plan(trials=12, minutes=2.0), owner=owner, title="pump")
    folder = StudyFolder(home.studies / study_id)
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    rng, kills, seen, spent = random.Random(4), 0, {}, [0.0]
    finished_runs: dict[str, float] = {}
    next_kill = time.monotonic() + 2.0

    def look() -> None:
        nonlocal kills, next_kill, supervisor
        supervisor.tick()
        for record in folder.records():
            assert seen.setdefault(record.number, record) == record
        for path in home.runs.iterdir():
            status = supervisor._folder(path.name).status()
            if status.ended:
                assert finished_runs.setdefault(path.name, status.ended) == status.ended
        spent.append(folder.status().spent_s)
        if kills < KILLS and time.monotonic() > next_kill and (alive := coordinators(home)):
            alive[0].kill()
            kills += 1
            if kills == 2:  # the supervisor too: the next one adopts what runs
                supervisor = supervise(slots=("cpu:0", "cpu:1"))
            next_kill = time.monotonic() + rng.uniform(0.1, 2.0)

    until(lambda: studies.study(study_id).ended, seconds=120.0, beside=look)
    view = studies.study(study_id)
    assert kills == KILLS
    assert view.status.state == "done"
    numbers = [record.number for record in view.records]
    assert sorted(numbers) == list(range(len(numbers)))
    assert {record.number: record for record in view.records}.items() >= seen.items()
    assert Counter(runs_of(home, study_id)) == Counter(numbers)
    assert len(view.searched) == 12
    assert spent == sorted(spent)
    assert view.status.spent_s < 120.0


def test_stop_keeps_the_best_and_the_search_can_go_on(studies, supervise, owner):
    study_id = studies.submit(data(), plan(trials=0, minutes=10.0), owner=owner, title="pump")
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    until(lambda: len(studies.study(study_id).records) > 3, beside=supervisor.tick)
    studies.stop(study_id)
    until(lambda: studies.study(study_id).ended, beside=supervisor.tick)
    view = studies.study(study_id)
    assert view.status.state == "stopped"
    assert len(view.records) > 3
    studies.stop(study_id)
    assert studies.study(study_id).status.state == "stopped"
    studies.go_on(study_id, minutes=0.05)
    assert studies.study(study_id).status.state == QUEUED
    until(lambda: studies.study(study_id).ended, beside=supervisor.tick)
    after = studies.study(study_id)
    assert after.status.state == "done"
    assert len(after.records) > len(view.records)
    assert after.records[: len(view.records)] == view.records
    assert after.status.spent_s >= view.status.spent_s + 3.0


def test_a_search_deleted_in_the_middle_takes_its_trials_with_it(home, studies, supervise, owner):
    study_id = studies.submit(data(), plan(trials=0, minutes=10.0), owner=owner, title="pump")
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    until(lambda: len(studies.study(study_id).records) > 2, beside=supervisor.tick)
    studies.delete(study_id)
    with pytest.raises(RunError, match="no longer here"):
        studies.study(study_id)
    until(lambda: not coordinators(home), beside=supervisor.tick)
    until(lambda: not list(home.runs.iterdir()), beside=supervisor.tick)


def test_a_trial_submitted_while_its_search_is_deleted_is_taken_away(home, studies, store, supervise, owner):
    study_id = studies.submit(data(), plan(), owner=owner, title="pump")
    folder = StudyFolder(home.studies / study_id)
    runs = TrialRuns(home, folder, folder.spec(), folder.training_set())
    studies.delete(study_id)
    runs.submit(Trial(number=1, params={}))
    mine = store.submit(Request.to_train(data(), CONFIG), owner=owner, title="not of that search")
    supervise(slots=("cpu:0",)).tick()
    assert [path.name for path in home.runs.iterdir()] == [mine]


def test_a_deleted_run_is_a_failed_trial_and_the_search_goes_on(home, studies, store, supervise, owner):
    study_id = studies.submit(data(), plan(), owner=owner, title="pump")
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    lost = studies.study(study_id).run_of(2)
    until(lambda: (home.runs / lost).exists(), beside=supervisor.tick)
    store.delete(lost)
    until(lambda: studies.study(study_id).ended, beside=supervisor.tick)
    records = {record.number: record for record in studies.study(study_id).records}
    assert records[2].state == FAILED
    assert "deleted" in records[2].reason
    assert sum(record.state == DONE for record in records.values()) == 5


def test_settings_that_cannot_be_trained_end_the_search_with_the_reason(studies, supervise, owner):
    study_id = studies.submit(data(), plan(config=CONFIG.replace("training.seed", 1)), owner=owner, title="pump")
    until(lambda: studies.study(study_id).ended, beside=supervise().tick)
    status = studies.study(study_id).status
    assert status.state == "failed"
    assert "The series is of no use" in status.reason


def test_another_person_waits_no_longer_than_one_trial(home, studies, store, supervise, owner, submit):
    slow = CONFIG.replace("training.epochs", 40)
    studies.submit(data(), plan(trials=50, config=slow), owner=owner, title="pump")
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    until(lambda: len(list(home.runs.iterdir())) >= 3, beside=supervisor.tick)
    until(lambda: len(supervisor._workers) == 2, beside=supervisor.tick)
    busy = set(supervisor._workers)
    other = submit(owner=new_id())
    until(lambda: store.run(other).state != "queued", beside=supervisor.tick)
    started = {run for run in supervisor._workers if run not in busy}
    assert other in started
    assert len(started) <= 2  # both slots may have become free at once


def test_two_searches_on_one_series_do_not_disturb_each_other(studies, supervise, owner):
    ids = [studies.submit(data(), plan(trials=2), owner=owner, title="pump") for _ in range(2)]
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    until(lambda: all(studies.study(one).ended for one in ids), beside=supervisor.tick)
    assert [len(studies.study(one).records) for one in ids] == [3, 3]


def test_a_coordinator_that_always_dies_ends_its_search(studies, supervise, owner):
    study_id = studies.submit(data(), plan(), owner=owner, title="pump")
    supervisor = supervise()
    supervisor._coordinators._command = ("python3", "-c", "raise SystemExit('out of luck')")
    until(lambda: studies.study(study_id).ended, beside=supervisor.tick)
    status = studies.study(study_id).status
    assert (status.state, status.crashes) == ("failed", CRASHES)
    assert "out of luck" in status.reason


def test_a_search_on_too_short_a_series_and_a_grid_too_large_are_refused(studies, owner):
    short = Series.of(np.random.default_rng(0).normal(size=40))
    with pytest.raises(SettingsError, match="exceeds the 40 samples"):
        studies.submit(short, plan(config=CONFIG.replace("window.length", 64)), owner=owner, title="short")


def test_half_a_line_of_records_is_no_record(tmp_path: Path):
    folder = StudyFolder(tmp_path)
    record = TrialRecord(trial=Trial(number=0, params={}), state=PRUNED, valid_losses=(1.0,))
    folder.append(record)
    with (tmp_path / "trials.jsonl").open("ab") as file:
        file.write(b'{"trial": {"num')
    folder.mend()
    later = TrialRecord(trial=Trial(number=1, params={"a": 1}), state=DONE, gain_db=0.5, sd_db=0.1)
    folder.append(later)
    folder.append(TrialRecord(trial=Trial(number=1, params={}), state=FAILED))
    assert folder.records() == [record, later]
