"""Runs that only apply a model: queued, minded and ended like others, with no epochs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from denoise_core.errors import DataError, RunError
from denoise_core.jobs import Store
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage import retention
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from denoise_core.training.events import Ended
from tests.jobs.conftest import small, state_is, until, workers
from tests.models import model_bytes

pytestmark = pytest.mark.slow

Supervise = Callable[..., Supervisor]
Apply = Callable[..., str]


@pytest.fixture
def apply(store: Store, series: Series, owner: str) -> Apply:
    """Submit the application of a model: ``apply(steps=3, seed=0)`` takes three times `STEP_S` for each of two series."""
    pair = [series, Series(values=-series.values, time=series.time, name="pressure")]

    def _apply(*, steps: int = 1, seed: int = 0, repeat: int = 1) -> str:
        config = small(steps).replace("training.seed", seed)
        digest = store.put_input(model_bytes("flow", "pressure", config=config), "pump.denoiser")
        return store.submit(store.request_to_apply(pair * repeat, digest, name="pump.denoiser"), owner=owner, title="")

    return _apply


def test_a_model_is_applied_to_every_series_and_kept_with_the_run(
    supervise: Supervise, apply: Apply, store: Store, series: Series
) -> None:
    run_id = apply()
    queued = store.run(run_id)
    assert (queued.state, queued.queue_place, queued.spec.kind, queued.spec.model_name) == ("queued", 1, "apply", "pump.denoiser")
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    run = store.run(run_id)
    assert (run.epochs, run.epochs_done, run.best_epoch, run.eta_s, run.reason) == (0, 0, None, None, "")
    assert (run.has_result, run.spec.channels, run.spec.config) == (True, ("flow", "pressure"), small(1))
    assert np.array_equal(store.estimate(run_id, 0).values, series.values / 2)
    assert np.array_equal(store.estimate(run_id, 1).values, -series.values / 2)
    assert store.model_path(run_id).read_bytes() == model_bytes("flow", "pressure", config=small(1))
    assert [type(event) for event in store.metrics(run_id)[0]] == [Ended]


def test_an_uploaded_model_is_looked_at_before_it_is_applied(store: Store) -> None:
    digest = store.put_input(model_bytes("flow", "pressure"), "somebody's own name")
    header = store.model_header(digest, name="../pump.denoiser")
    assert (header.name, header.channels) == ("../pump.denoiser", ("flow", "pressure"))
    with pytest.raises(DataError, match="is not a model file"):
        store.model_header(store.put_input(b"a;b\n1;2\n", "table.csv"), name="table.csv")


def test_the_run_needs_its_upload_no_more(supervise: Supervise, apply: Apply, store: Store, home: Home) -> None:
    run_id = apply()
    entry = RunFolder(home.runs / run_id).entry()
    retention.prune(home, [entry], days=30, now=time.time() + 8 * retention.DAY_S)
    assert list(home.inputs.iterdir()) == []
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    assert store.estimate(run_id).method == "fake"


@pytest.mark.parametrize("ask", [Store.stop, Store.cancel])
def test_whoever_stops_it_cancels_it(
    supervise: Supervise, apply: Apply, store: Store, home: Home, ask: Callable[[Store, str], None]
) -> None:
    supervisor, run_id, waiting = supervise(), apply(steps=10, repeat=100), apply()
    until(lambda: (home.runs / run_id / "result-1.npz").exists(), beside=supervisor.tick)
    ask(store, waiting)
    assert store.run(waiting).state == "cancelled"
    ask(store, run_id)
    assert store.run(run_id).state == "stopping"
    until(state_is(store, run_id, "cancelled"), beside=supervisor.tick)
    assert (store.run(run_id).reason, store.run(run_id).has_result) == ("The run was cancelled.", False)
    until(lambda: not workers(home), beside=supervisor.tick)
    assert [store.run(one).state for one in (run_id, waiting)] == ["cancelled", "cancelled"]


def test_a_worker_that_the_system_ends_says_so(supervise: Supervise, apply: Apply, store: Store, home: Home) -> None:
    supervisor, run_id = supervise(), apply(steps=10, repeat=100)
    until(lambda: (home.runs / run_id / "result-1.npz").exists(), beside=supervisor.tick)
    workers(home)[0].terminate()
    until(state_is(store, run_id, "cancelled"), beside=supervisor.tick)
    assert "The operating system stopped the run" in store.run(run_id).reason


def test_after_a_kill_it_starts_again(supervise: Supervise, apply: Apply, store: Store, home: Home) -> None:
    supervisor, run_id = supervise(), apply(steps=10, repeat=10)
    until(lambda: (home.runs / run_id / "result-1.npz").exists(), beside=supervisor.tick)
    workers(home)[0].kill()
    until(lambda: store.run(run_id).reason, beside=supervisor.tick)
    assert "starts again from its beginning" in store.run(run_id).reason
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    assert store.estimate(run_id, 19).method == "fake"


def test_a_model_that_fails_says_why(supervise: Supervise, apply: Apply, store: Store) -> None:
    run_id = apply(seed=1)
    until(state_is(store, run_id, "failed"), beside=supervise().tick)
    assert store.run(run_id).reason == "The series is of no use. Take another."


def test_what_cannot_be_applied_makes_no_run(store: Store, series: Series, owner: str, home: Home) -> None:
    model = store.put_input(model_bytes("heat", "steam"), "pump.denoiser")
    table = store.put_input(b"a;b\n1;2\n", "table.csv")
    flat = Series.of(np.ones(401), name="heat")
    for data, digest, error, words in (
        (series, model, DataError, "pump.denoiser was trained on the channels heat, steam, but not on flow."),
        (series, table, DataError, "table.csv is not a model file"),
        (series, "0" * 64, RunError, "Upload it again"),
        (series, "../../etc/passwd", RunError, "Upload the file again"),
        (flat, model, DataError, "nothing to denoise"),
    ):
        name = "table.csv" if digest == table else "pump.denoiser"
        with pytest.raises(error, match=words):
            store.submit(store.request_to_apply(data, digest, name=name), owner=owner, title="")
    assert store.runs(owner) == []
    assert list(Path(home.parts).iterdir()) == []
