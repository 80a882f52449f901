"""What is damaged, deleted, foreign or unforeseen concerns one run and holds up no other."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable

import pytest

from denoise_core.jobs import Store
from denoise_core.jobs.scheduling import supervisor as supervisor_module
from denoise_core.jobs.scheduling.process import Worker
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.run_folder import RunFolder
from tests.jobs.conftest import epochs_of, rows, state_is, until, worker_of

pytestmark = pytest.mark.slow

Submit = Callable[..., str]
Supervise = Callable[..., Supervisor]
LONG = 2000


@pytest.mark.parametrize(
    ("file", "content", "end"),
    [
        ("worker.json", b"{x", "done"),
        ("worker.json", b"[]", "done"),
        ("worker.json", b'{"pid": -1, "created": 1.0, "slot": "cpu:0"}', "done"),
        ("worker.json", b'{"pid": "1", "created": "now", "slot": null}', "done"),
        ("stop", b"\xff\xfe", "cancelled"),
        ("stop", b"maybe", "cancelled"),
    ],
)
def test_garbage_in_one_run_stops_nobody(
    supervise: Supervise, submit: Submit, store: Store, home: Home, file: str, content: bytes, end: str
) -> None:
    bad, good = submit(epochs=1), submit(epochs=1)
    (home.runs / bad / file).write_bytes(content)
    supervisor = supervise()
    until(lambda: store.run(bad).ended and store.run(good).ended, beside=supervisor.tick)
    assert [store.run(run_id).state for run_id in (bad, good)] == [end, "done"]


def test_what_nobody_foresaw_ends_one_run_in_words_and_no_other(
    supervise: Supervise, submit: Submit, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = submit(epochs=1), submit(epochs=1)
    adopt = Worker.adopt

    def fail(folder: RunFolder) -> Worker | None:
        if folder.id == bad:
            raise ZeroDivisionError("nobody foresaw this")
        return adopt(folder)

    monkeypatch.setattr(Worker, "adopt", fail)
    until(state_is(store, good, "done"), beside=supervise().tick)
    assert store.run(bad).state == "failed"
    assert store.run(bad).reason == "The run could not be looked after (ZeroDivisionError: nobody foresaw this)."


def test_a_run_whose_folder_cannot_be_written_holds_up_no_other(
    supervise: Supervise, submit: Submit, store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "RETRY_S", 0.05)
    bad, good = submit(epochs=1), submit(epochs=1)
    (home.runs / bad / "worker.log").mkdir()
    halt = threading.Event()
    serving = threading.Thread(target=lambda: supervise().serve(halt))
    serving.start()
    until(lambda: store.run(good).ended and store.run(bad).ended)
    halt.set()
    serving.join()
    assert [store.run(run_id).state for run_id in (good, bad)] == ["done", "failed"]
    assert "its folder cannot be written (Is a directory)" in store.run(bad).reason


def test_what_is_not_ours_in_the_data_folder_disturbs_nobody(
    supervise: Supervise, submit: Submit, store: Store, home: Home, owner: str
) -> None:
    run_id = submit(epochs=1)
    shutil.copytree(home.runs / run_id, home.runs / "copy of it")
    for place in (home.path, home.runs, home.inputs, home.parts):
        (place / ".DS_Store").write_bytes(b"Bud1")
    (home.inputs / "f").mkdir()
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    assert [run.id for run in store.runs(owner)] == [run_id]
    assert not (home.runs / "copy of it" / "worker.log").exists()


def test_a_folder_in_place_of_the_index_is_moved_aside(supervise: Supervise, submit: Submit, store: Store, home: Home) -> None:
    (home.index / "kept").mkdir(parents=True)
    run_id = submit(epochs=1)
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    assert [row[0] for row in rows(home)] == [run_id]
    assert len(list(home.path.glob("index.sqlite.*/kept"))) == 1


def test_a_heartbeat_that_somebody_deletes_beats_again(supervise: Supervise, submit: Submit, store: Store, home: Home) -> None:
    supervisor, run_id = supervise(), submit(epochs=LONG)
    heartbeat = home.runs / run_id / "heartbeat"
    until(lambda: store.run(run_id).epochs_done, beside=supervisor.tick)
    heartbeat.unlink()
    until(heartbeat.exists, beside=supervisor.tick)
    assert store.run(run_id).state == "running"
    store.stop(run_id)
    until(state_is(store, run_id, "stopped"), beside=supervisor.tick)


def test_a_run_whose_metrics_somebody_deletes_still_keeps_its_best_epoch(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    supervisor, run_id = supervise(), submit(epochs=LONG)
    until(lambda: store.run(run_id).epochs_done >= 2, beside=supervisor.tick)
    (home.runs / run_id / "metrics.jsonl").unlink()
    store.stop(run_id)
    until(state_is(store, run_id, "stopped"), beside=supervisor.tick)
    assert store.estimate(run_id).settings["epoch"] >= 2


def test_a_run_whose_checkpoint_is_damaged_starts_again_and_says_so(
    supervise: Supervise, submit: Submit, store: Store, home: Home
) -> None:
    supervisor, run_id = supervise(), submit(epochs=30)
    checkpoint = home.runs / run_id / "checkpoint.pt"
    until(lambda: checkpoint.exists() and store.run(run_id).epochs_done, beside=supervisor.tick)
    worker_of(home, run_id).kill()
    checkpoint.write_bytes(checkpoint.read_bytes()[:5])
    until(lambda: "checkpoint of this run was damaged" in store.run(run_id).reason, beside=supervisor.tick)
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    assert epochs_of(store.metrics(run_id)[0]) == list(range(1, 31))
    assert store.model_path(run_id).read_text() == "epoch 30"


@pytest.mark.parametrize("damage", [lambda raw: raw[:5], lambda _: b"", None])
def test_where_the_last_checkpoint_is_damaged_the_run_goes_on_from_the_one_before(
    supervise: Supervise, submit: Submit, store: Store, home: Home, damage: Callable[[bytes], bytes] | None
) -> None:
    run_id = submit(epochs=30)
    folder = RunFolder(home.runs / run_id)
    folder.checkpoint_before.write_text('{"epoch": 7}')
    if damage is not None:
        folder.checkpoint.write_bytes(damage(b'{"epoch": 9}'))
    supervisor = supervise()
    until(lambda: folder.log.exists() and store.run(run_id).epochs_done, beside=supervisor.tick)
    assert ("the training went on from the one before" in store.run(run_id).reason) == (damage is not None)
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    assert epochs_of(store.metrics(run_id)[0]) == list(range(8, 31))


def test_a_run_whose_data_is_damaged_fails_in_words(supervise: Supervise, submit: Submit, store: Store, home: Home) -> None:
    run_id = submit(epochs=1)
    data = home.runs / run_id / "data.npz"
    data.write_bytes(data.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05"))
    until(state_is(store, run_id, "failed"), beside=supervise().tick)
    assert store.run(run_id).reason.startswith("The data of this run was damaged on the disk")
