"""After a training, the worker finds out what its result is worth: finished or stopped, and in runs of before not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from denoise_core import methods
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.jobs import Request, Store, Studies, coordinator, worker
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from denoise_core.tuning.plan import PRESETS, Budget
from denoise_core.tuning.trials import Trial
from tests.jobs.conftest import small, until
from tests.jobs.fake_worker import FAKE, FakeDenoiser

Submit = Callable[..., str]


def work(store: Store, run: str, halt: threading.Event | None = None) -> RunFolder:
    folder = store.home / "runs" / run
    worker.run(folder, engine=replace(FAKE, checks=True), halt=halt)
    return RunFolder(folder)


def test_the_blend_of_a_finished_training_is_that_of_result_and_twin(store: Store, submit: Submit, series: Series) -> None:
    run = submit()
    work(store, run)
    found = store.blend(run)
    network = FakeDenoiser(3)
    noisier = methods.twin_of(series).noisy[0]
    expected = methods.blend_with_network(series, network.denoise(series), network.denoise(noisier))
    np.testing.assert_array_equal(found.chosen.values, expected.chosen.values)
    assert found.weights == expected.weights
    assert found.sentence == expected.sentence
    assert store.run(run).reason == ""


def test_a_stopped_training_is_checked_too(store: Store, submit: Submit) -> None:
    run = submit(epochs=1000)
    threading.Timer(0.4, store.stop, [run]).start()
    work(store, run)
    assert store.run(run).state == "stopped"
    assert set(store.blend(run).weights) >= {"instant", "lstm"}


def test_whoever_cancels_waits_for_no_check(store: Store, submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    run = submit()
    monkeypatch.setattr(worker, "train_twin", lambda *_, **__: store.cancel(run))
    work(store, run)
    assert store.run(run).state == "cancelled"
    assert store.blend(run) is None


def test_a_stop_during_the_check_keeps_the_result_alone(
    store: Store, submit: Submit, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = submit()
    monkeypatch.setattr(worker, "train_twin", lambda *_, **__: store.stop(run))
    work(store, run)
    assert store.run(run).state == "done"
    assert store.blend(run) is None
    assert len(store.estimate(run).values) == len(series)


def test_a_series_without_visible_noise_is_not_judged(store: Store, series: Series, owner: str) -> None:
    ramp = Series(values=np.arange(float(len(series))), time=series.time)
    run = store.submit(Request.to_train(ramp, small(3)), owner=owner, title="")
    work(store, run)
    assert store.run(run).state == "done"
    assert store.blend(run) is None


def test_a_run_of_before_has_no_blend_and_opens(store: Store, submit: Submit, series: Series) -> None:
    run = submit()
    folder: Path = work(store, run).path
    for kept in folder.glob("blend*"):
        kept.unlink()
    assert store.blend(run) is None
    assert len(store.estimate(run).values) == len(series)


TRIAL = Trial(number=3, params={"training.epochs": 3}, repeat=1)


def test_a_trial_of_a_search_keeps_what_its_twin_made_of_the_copy_of_its_repeat(
    store: Store, submit: Submit, series: Series
) -> None:
    run = submit(study="s" * 24, trial=TRIAL)
    folder = work(store, run)
    noisier = methods.twin_of(series, draw=1).noisy[0]
    np.testing.assert_array_equal(folder.twin().values, noisier.values / 2)
    assert not np.array_equal(noisier.values, methods.twin_of(series).noisy[0].values)
    assert store.blend(run) is None
    assert store.run(run).spec.trial == TRIAL


def test_a_trial_needs_no_twin_where_the_truth_is_known(store: Store, series: Series, owner: str) -> None:
    data = TrainingSet.of(series, clean=np.nan_to_num(series.values))
    request = Request.to_train(data, small(3).replace("objective.kind", "supervised"))
    run = store.submit(request, owner=owner, title="", study="s" * 24, trial=TRIAL)
    assert not work(store, run).twin_of(0).exists()
    assert store.run(run).state == "done"


def test_the_best_of_a_search_is_combined_with_other_methods_when_it_ends(store: Store, series: Series, owner: str) -> None:
    plan = PRESETS["quick"].plan(small(2).replace("training.seed", 10), budget=Budget(trials=1), repeats=1)
    studies = Studies(store.home)
    study = studies.submit(series, plan, owner=owner, title="")
    coordinating = threading.Thread(target=coordinator.run, args=(store.home / "studies" / study,))
    coordinating.start()

    def work_all() -> None:
        for run in store.runs(owner, study=study):
            if not run.ended:
                work(store, run.id)

    until(lambda: studies.study(study).ended, beside=work_all)
    coordinating.join()
    view = studies.study(study)
    assert [(record.gain_db, record.reason, record.state) for record in view.records] == [(0.0, "", "done")] * 3
    assert len(view.records) == 3
    assert set(store.blend(view.run_of(0)).weights) >= {"instant", "lstm"}


def test_a_run_that_has_ended_is_not_run_again_by_a_worker_that_was_started_twice(store: Store, submit: Submit) -> None:
    run = submit()
    ended = work(store, run).status()
    assert work(store, run).status() == ended
