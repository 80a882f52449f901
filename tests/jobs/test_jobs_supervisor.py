"""The queue at work, with worker processes that only sleep."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest

from denoise_core.config import RunConfig
from denoise_core.errors import RunError
from denoise_core.jobs import Request, Store, new_id
from denoise_core.jobs.scheduling import supervisor as supervisor_module
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.spec import AFTER_STOP_S
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.index import IndexReader
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from denoise_core.suggestions.cost import expected_seconds, targets_per_s
from denoise_core.training.events import Ended, EpochEnd, Started
from tests.jobs.conftest import epochs_of, rows, small, state_is, until, worker_of, workers

pytestmark = pytest.mark.slow

Submit = Callable[..., str]
Supervise = Callable[..., Supervisor]
LONG = 2000


def failing(seed: int) -> RunConfig:
    return small(3).replace("training.seed", seed)


def test_a_run_is_done_with_result_model_and_whole_curve(
    supervise: Supervise, submit: Submit, store: Store, series: Series
) -> None:
    run_id = submit(epochs=4)
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    run, (events, _) = store.run(run_id), store.metrics(run_id)
    assert (run.epochs_done, run.best_epoch, run.eta_s, run.queue_place, run.reason) == (4, 4, None, None, "")
    assert [type(event) for event in events] == [Started, *[EpochEnd] * 4, Ended]
    assert epochs_of(events) == [1, 2, 3, 4]
    assert [event.eta_s for event in events[1:-1]][-1] == 0.0
    assert events[-1].state == "done"
    assert np.array_equal(store.estimate(run_id).values, series.values / 2)
    assert store.model_path(run_id).read_text() == "epoch 4"


def test_runs_start_fairly_and_never_more_than_there_are_slots(supervise: Supervise, submit: Submit, store: Store) -> None:
    anna, ben = new_id(), new_id()
    ids = [submit(owner=anna), submit(owner=anna), submit(owner=ben)]
    supervisor, most = supervise(), 0

    def tick() -> None:
        nonlocal most
        supervisor.tick()
        most = max(most, sum(store.run(run_id).state == "running" for run_id in ids))

    until(lambda: all(store.run(run_id).ended for run_id in ids), beside=tick)
    started = sorted(ids, key=lambda run_id: RunFolder(store.home / "runs" / run_id).status().started)
    assert started == ids  # with one slot nobody ever runs anything while others wait, so the oldest is next
    assert most == 1


def test_who_runs_nothing_comes_before_who_runs_something(supervise: Supervise, submit: Submit, store: Store) -> None:
    anna, ben = new_id(), new_id()
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    first = submit(epochs=LONG, owner=anna)
    until(state_is(store, first, "running"), beside=supervisor.tick)
    waiting = [submit(epochs=LONG, owner=anna), submit(epochs=LONG, owner=ben)]
    assert [store.run(run_id).queue_place for run_id in waiting] == [2, 1]
    until(state_is(store, waiting[1], "running"), beside=supervisor.tick)
    assert store.run(waiting[0]).state == "queued"


def test_stop_keeps_the_best_epoch(supervise: Supervise, submit: Submit, store: Store) -> None:
    supervisor, run_id = supervise(), submit(epochs=LONG)
    until(lambda: store.run(run_id).epochs_done >= 2, beside=supervisor.tick)
    store.stop(run_id)
    assert store.run(run_id).state in ("stopping", "stopped")
    until(state_is(store, run_id, "stopped"), beside=supervisor.tick)
    done = store.run(run_id).epochs_done
    assert store.estimate(run_id).settings == {"epoch": done}
    assert store.metrics(run_id)[0][-1] == Ended(state="stopped", reason="")
    store.cancel(run_id)
    assert store.run(run_id).state == "stopped"


def test_a_worker_that_is_asked_to_end_by_the_system_keeps_the_best(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    supervisor, run_id = supervise(), submit(epochs=LONG)
    until(lambda: store.run(run_id).epochs_done >= 1, beside=supervisor.tick)
    workers(home)[0].terminate()
    until(state_is(store, run_id, "stopped"), beside=supervisor.tick)
    assert "The operating system stopped" in store.run(run_id).reason
    assert store.estimate(run_id).method == "fake"


def test_cancel_keeps_nothing(supervise: Supervise, submit: Submit, store: Store, home: Home) -> None:
    supervisor, run_id, waiting = supervise(), submit(epochs=LONG), submit()
    until(lambda: store.run(run_id).epochs_done >= 1, beside=supervisor.tick)
    store.cancel(waiting)
    store.cancel(run_id)
    until(lambda: RunFolder(home.runs / waiting).status().state == "cancelled", beside=supervisor.tick)
    until(state_is(store, run_id, "cancelled"), beside=supervisor.tick)
    until(lambda: not workers(home), beside=supervisor.tick)
    assert not (home.runs / run_id / "result.npz").exists()
    assert [store.run(one).state for one in (run_id, waiting)] == ["cancelled", "cancelled"]


def test_a_worker_that_does_not_listen_is_killed_with_its_group_without_worker(
    supervise: Supervise, submit: Submit, store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(supervisor_module.ESCALATION, "cancel", {"term_s": 0.1, "kill_s": 0.3})
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    deaf, other = submit(epochs=LONG), submit(epochs=LONG)
    until(lambda: store.run(deaf).epochs_done and store.run(other).epochs_done, beside=supervisor.tick)
    worker_of(home, deaf).suspend()
    store.cancel(deaf)
    until(state_is(store, deaf, "cancelled"), beside=supervisor.tick)
    assert store.run(other).state == "running"
    assert len(workers(home)) == 1


def test_a_silent_worker_is_killed_and_its_run_goes_on(
    supervise: Supervise, submit: Submit, store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor, run_id = supervise(), submit(epochs=60)
    until(lambda: store.run(run_id).epochs_done, beside=supervisor.tick)
    worker_of(home, run_id).suspend()
    monkeypatch.setattr(supervisor_module, "SILENT_S", 2.5)
    folder = RunFolder(store.home / "runs" / run_id)
    until(lambda: "its process did not respond" in folder.status().reason, beside=supervisor.tick)
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    assert folder.status().crashes == 1


def test_after_a_kill_the_run_goes_on_from_its_checkpoint_and_no_epoch_is_told_twice(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    supervisor, run_id = supervise(), submit(epochs=40)
    until(lambda: store.run(run_id).epochs_done >= 5, beside=supervisor.tick)
    workers(home)[0].kill()
    until(lambda: store.run(run_id).reason, beside=supervisor.tick)
    assert "goes on from its last checkpoint" in store.run(run_id).reason
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    events = store.metrics(run_id)[0]
    assert [event.first_epoch for event in events if isinstance(event, Started)] == [1, 2]
    assert epochs_of(events) == list(range(1, 41))
    assert store.model_path(run_id).read_text() == "epoch 40"


@pytest.mark.parametrize(
    ("seed", "reason"),
    [
        (1, "The series is of no use. Take another."),
        (2, "An unexpected error ended the run: ZeroDivisionError: nobody foresaw this"),
        (3, "Out of memory. Choose a smaller batch size, hidden size or window, and start again."),
        (4, "The disk is full, so nothing more can be saved. Delete runs that are no longer needed and try again."),
    ],
)
def test_a_failed_run_says_why(supervise: Supervise, store: Store, series: Series, owner: str, seed: int, reason: str) -> None:
    run_id = store.submit(Request.to_train(series, failing(seed)), owner=owner, title="")
    until(state_is(store, run_id, "failed"), beside=supervise().tick)
    assert store.run(run_id).reason == reason
    assert store.metrics(run_id)[0][-1] == Ended(state="failed", reason=reason)
    assert ("Traceback" in (store.home / "runs" / run_id / "worker.log").read_text()) is (seed > 1)


def test_a_run_that_always_crashes_fails_with_the_last_words_of_its_log(
    supervise: Supervise, store: Store, series: Series, owner: str
) -> None:
    run_id = store.submit(Request.to_train(series, failing(5)), owner=owner, title="")
    until(state_is(store, run_id, "failed"), beside=supervise().tick)
    reason = store.run(run_id).reason
    assert "unexpectedly 4 times; the last time its process ended with code 7." in reason
    assert "something went badly wrong" in reason


def test_a_disk_that_is_full_for_a_while_loses_no_run(
    supervise: Supervise, submit: Submit, store: Store, home: Home, full_disk: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor, run_id = supervise(), submit(epochs=40)
    until(lambda: store.run(run_id).epochs_done, beside=supervisor.tick)
    workers(home)[0].kill()
    full_disk()
    with pytest.raises(OSError, match="No space left"):
        until(lambda: False, beside=supervisor.tick)
    monkeypatch.undo()
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    assert store.run(run_id).epochs_done == 40


def test_a_worker_that_cannot_even_start_fails_in_words(supervise: Supervise, submit: Submit, store: Store) -> None:
    run_id = submit()
    supervisor = supervise(command=(sys.executable, "-c", "raise SystemExit('no such machine')"))
    until(state_is(store, run_id, "failed"), beside=supervisor.tick)
    assert "no such machine" in store.run(run_id).reason


def test_a_run_deleted_while_it_runs_ends_its_worker_and_is_forgotten(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    by_hand, by_button = submit(epochs=LONG), submit(epochs=LONG)
    until(lambda: store.run(by_hand).epochs_done and store.run(by_button).epochs_done, beside=supervisor.tick)
    shutil.rmtree(home.runs / by_hand, ignore_errors=True)
    store.delete(by_button)
    until(lambda: not workers(home) and not IndexReader(home.index).ids(), beside=supervisor.tick)
    assert not (home.runs / by_button).exists()


def test_the_index_made_again_from_the_folders_is_equal(supervise: Supervise, submit: Submit, store: Store, home: Home) -> None:
    supervisor = supervise(slots=("cpu:0", "cpu:1"))
    ids = [submit(), submit(owner=new_id())]
    until(lambda: all(store.run(run_id).ended for run_id in ids), beside=supervisor.tick)
    waiting = submit()
    store.cancel(waiting)
    until(lambda: RunFolder(home.runs / waiting).status().state == "cancelled", beside=supervisor.tick)
    before = rows(home)
    assert len(before) == 3
    end_serving = threading.Event()
    end_serving.set()
    supervisor.serve(end_serving)
    for path in home.path.glob("index.sqlite*"):
        path.unlink()
    assert store.run(ids[0]).state == "done"
    supervise().tick()
    assert rows(home) == before


@pytest.mark.parametrize("damage", [b"", b"this is no database" * 300])
def test_a_damaged_index_is_made_again(
    supervise: Supervise, submit: Submit, store: Store, home: Home, owner: str, damage: bytes
) -> None:
    run_id = submit()
    home.index.write_bytes(damage)
    assert [run.id for run in store.runs(owner)] == [run_id]
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    assert [row[0] for row in rows(home)] == [run_id]


def test_the_index_and_the_folders_tell_the_same_views(
    supervise: Supervise, submit: Submit, store: Store, owner: str, home: Home
) -> None:
    ids = [submit(epochs=1), submit(epochs=1)]
    supervisor = supervise()
    until(lambda: all(store.run(run_id).ended for run_id in ids), beside=supervisor.tick)
    supervisor.tick()
    indexed = store.runs(owner)
    home.index.unlink()
    assert store.runs(owner) == indexed == [store.run(run_id) for run_id in ids[::-1]]


def test_a_folder_that_is_no_run_disturbs_nobody(
    supervise: Supervise, submit: Submit, store: Store, owner: str, home: Home
) -> None:
    (home.runs / "rubbish").mkdir()
    (home.runs / "rubbish" / "spec.json").write_text("{")
    (home.runs / "file").write_text("?")
    run_id = submit()
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    assert [run.id for run in store.runs(owner)] == [run_id]
    assert store.estimate(run_id).method == "fake"


def test_the_supervisor_tells_the_places_so_that_a_page_need_not_read_the_runs_of_all(
    supervise: Supervise, submit: Submit, store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor, ids = supervise(), [submit(epochs=LONG, owner=new_id()) for _ in range(4)]
    until(state_is(store, ids[0], "running"), beside=supervisor.tick)
    by_hand = [store.run(run_id).queue_place for run_id in ids]
    monkeypatch.setattr(Store, "_places", None)
    assert [store.run(run_id).queue_place for run_id in ids] == by_hand == [None, 1, 2, 3]
    store.cancel(ids[1])
    supervisor.tick()
    assert [store.run(run_id).queue_place for run_id in ids] == [None, None, 1, 2]
    monkeypatch.undo()
    last = submit(owner=new_id())
    assert store.run(last).queue_place == 3
    home.queue.write_text("[")
    assert store.run(last).queue_place == 3


def test_neither_one_person_nor_all_can_fill_the_queue(submit: Submit, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("denoise_core.jobs.store.MOST_WAITING_OF_ONE", 2)
    monkeypatch.setattr("denoise_core.jobs.store.MOST_WAITING", 3)
    first = submit(token="first")
    submit()
    with pytest.raises(RunError, match=r"2 of your runs are waiting already. Cancel some of them"):
        submit()
    assert submit(token="first") == first
    submit(owner=new_id())
    with pytest.raises(RunError, match="3 runs of all users are waiting already"):
        submit(owner=new_id())
    RunFolder(home.runs / first).end("cancelled", "")
    submit(owner=new_id())


def test_a_stop_that_keeps_the_best_leaves_time_for_the_second_network():
    """It takes as long as the training, of up to AFTER_STOP_S, and then the results are combined; SIGTERM would end it."""
    assert supervisor_module.ESCALATION["keep"]["term_s"] > 2 * AFTER_STOP_S


def test_the_time_of_a_training_is_expected_from_those_that_ended_here(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    config = small(3)
    assert store.expected_seconds(config) == expected_seconds(config)
    run_id = submit(epochs=3)
    until(state_is(store, run_id, "done"), beside=(supervisor := supervise()).tick)
    until(home.pace.exists, beside=supervisor.tick)
    status = RunFolder(home.runs / run_id).status()
    rate = targets_per_s(config, epochs=3, seconds=status.ended - status.started)
    assert store.expected_seconds(config) == pytest.approx(expected_seconds(config, targets_per_s=rate))
    home.pace.write_text("[1")
    assert store.expected_seconds(config) == expected_seconds(config)


def test_a_run_that_had_to_be_started_again_tells_nothing_of_the_time_of_a_training(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    supervisor, run_id = supervise(), submit(epochs=60)
    until(lambda: store.run(run_id).epochs_done, beside=supervisor.tick)
    worker_of(home, run_id).kill()
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    until(lambda: not workers(home), beside=supervisor.tick)
    supervisor.tick()
    assert RunFolder(home.runs / run_id).status().crashes == 1
    assert not home.pace.exists()
