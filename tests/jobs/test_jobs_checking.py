"""After a training, the worker finds out what its result is worth: finished or stopped, and in runs of before not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from denoise_core import methods
from denoise_core.jobs import Request, Store, worker
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from tests.jobs.conftest import small
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
