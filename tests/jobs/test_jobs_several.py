"""Runs over several series at once: what they hold, what they give, and what is refused before it is queued."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError, RunError, SettingsError
from denoise_core.jobs import Request, Store
from denoise_core.jobs import request as request_room
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.series import Series
from tests.jobs.conftest import small, state_is, until

Supervise = Callable[..., Supervisor]


@pytest.fixture
def columns(series: Series) -> list[Series]:
    return [
        Series(values=series.values * k, time=series.time, name=name, unit="l/s")
        for k, name in ((1.0, "flow"), (3.0, "pressure"))
    ]


def test_every_wanted_series_gets_its_estimate_and_the_others_only_teach(
    supervise: Supervise, store: Store, columns: list[Series], owner: str, home: Home
) -> None:
    data = TrainingSet(noisy=(*columns, Series.of(np.arange(90.0))), n_to_denoise=2)
    run_id = store.submit(Request.to_train(data, small(2)), owner=owner, title="")
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    run = store.run(run_id)
    assert (run.spec.channels, run.spec.unit, run.spec.samples, run.spec.kind) == (("flow", "pressure"), "l/s", 401, "train")
    for i, series in enumerate(columns):
        assert store.series(run_id, i).values.tobytes() == series.values.tobytes()
        assert np.array_equal(store.estimate(run_id, i).values, series.values / 2)
    assert len(store.training_set(run_id).noisy) == 3
    assert sorted(path.name for path in (home.runs / run_id).glob("result*")) == ["result-1.npz", "result.npz"]
    with pytest.raises(RunError, match="no result"):
        store.estimate(run_id, 2)
    for i in (-1, 2):
        with pytest.raises(RunError, match=f"no series number {i}; the first is number 0"):
            store.series(run_id, i)


def test_a_training_set_is_kept_as_it_was_given(store: Store, columns: list[Series], owner: str) -> None:
    clean = tuple(series.values - 1.0 for series in columns)
    config = small(2).replace("objective.kind", "supervised")
    run_id = store.submit(Request.to_train(TrainingSet.of(columns, clean=clean), config), owner=owner, title="")
    back = store.training_set(run_id)
    assert [values.tobytes() for values in back.clean] == [values.tobytes() for values in clean]
    assert [series.name for series in back.noisy] == ["flow", "pressure"]


def test_data_that_a_goal_cannot_use_make_no_run(store: Store, columns: list[Series], owner: str) -> None:
    supervised, repeats = (small(2).replace("objective.kind", kind) for kind in ("supervised", "repeats"))
    in_time = small(2).replace("split.kind", "in_time").replace("split.test_share", 0.05)
    noise = Series.of(np.random.default_rng(9).normal(size=401), name="other")
    for data, config, error, words in (
        (columns, supervised, DataError, "needs a clean column"),
        (columns[0], repeats, DataError, "two or more recordings"),
        ([columns[0], noise], repeats, DataError, "does not resemble"),
        ([*columns, Series.of(np.ones(401), name="flat")], small(2), DataError, "flat is 1 at every sample"),
        (columns, in_time, DataError, "The test part has 20 samples, too few for one window of 32"),
        ([columns[0], Series.of(np.arange(40.0))], small(2), DataError, "at least 64 are needed"),
        ([columns[0], Series.of(np.arange(20.0))], small(2), SettingsError, "window.length = 32 exceeds the 20 samples"),
    ):
        with pytest.raises(error, match=words):
            store.submit(Request.to_train(data, config), owner=owner, title="")
    assert store.runs(owner) == []


def test_long_repeats_are_left_for_the_worker_to_compare(
    store: Store, columns: list[Series], owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = Series.of(np.random.default_rng(9).normal(size=401), name="other")
    repeats = small(2).replace("objective.kind", "repeats")
    monkeypatch.setattr(request_room, "LOOKED_AT_CLOSELY", 801)
    assert store.submit(Request.to_train([columns[0], noise], repeats), owner=owner, title="")
