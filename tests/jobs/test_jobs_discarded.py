"""Discarding a run can be taken back for an hour, and no longer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

from denoise_core.errors import RunError
from denoise_core.jobs import Request, Source, Store
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage import retention
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.retention import DISCARDED_S
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from tests.jobs.conftest import small, state_is, until, workers

LONG = 2_000


def age(home: Home, run_id: str, seconds: float) -> None:
    """As if the run had been discarded so long ago."""
    os.utime(home.discarded / run_id, (time.time() - seconds,) * 2)


def test_a_discarded_run_is_gone_and_comes_back_as_it_was(
    store: Store, submit: Callable[..., str], home: Home, owner: str
) -> None:
    run_id = submit()
    RunFolder(home.runs / run_id).end("done", "")
    before = store.run(run_id)
    store.discard(run_id)
    assert store.runs(owner) == []
    with pytest.raises(RunError, match="no longer here"):
        store.run(run_id)
    spec, left_s = store.discarded(run_id) or pytest.fail("nothing can be restored")
    assert spec == before.spec
    assert 0 < left_s <= DISCARDED_S
    store.restore(run_id)
    assert store.run(run_id) == before
    assert store.discarded(run_id) is None


def test_after_an_hour_nothing_can_be_restored_and_the_upload_stays_for_its_week(
    store: Store, series: Series, owner: str, home: Home
) -> None:
    source = Source(input=store.put_input(b"data", "a.csv"))
    old, new = (store.submit(Request.to_train(series, small(3)), owner=owner, title="", source=source) for _ in range(2))
    for run_id in (old, new):
        store.discard(run_id)
    age(home, old, DISCARDED_S + 1)
    retention.prune(home, [], days=0, now=time.time())
    assert os.listdir(home.discarded) == [new]
    with pytest.raises(RunError, match="no longer here"):
        store.restore(old)
    assert store.input_path(str(source.input)).read_bytes() == b"data"
    age(home, new, DISCARDED_S + 1)
    retention.prune(home, [], days=0, now=time.time())
    assert not os.listdir(home.discarded)
    assert store.input_path(str(source.input)).read_bytes() == b"data"


@pytest.mark.slow
def test_a_training_that_was_discarded_ends_and_goes_on_from_its_checkpoint_when_restored(
    store: Store, submit: Callable[..., str], home: Home, supervise: Callable[..., Supervisor]
) -> None:
    supervisor, run_id = supervise(), submit(epochs=LONG)
    folder = RunFolder(home.runs / run_id)
    until(lambda: store.run(run_id).epochs_done and folder.checkpoint.exists(), beside=supervisor.tick)
    store.discard(run_id)
    done = RunFolder(home.discarded / run_id).last_epoch()
    assert done is not None
    until(lambda: not workers(home), beside=supervisor.tick)
    store.restore(run_id)
    assert (store.run(run_id).state, store.run(run_id).reason) == ("queued", "")
    until(lambda: store.run(run_id).epochs_done > done.epoch, beside=supervisor.tick)
    store.stop(run_id)
    until(state_is(store, run_id, "stopped"), beside=supervisor.tick)
