"""What a web process may do with runs, with no supervisor at work."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.errors import DataError, DenoiseError, RunError, SettingsError
from denoise_core.jobs import Request, Source, Store, new_id
from denoise_core.jobs.spec import Status
from denoise_core.jobs.storage import retention
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.retention import DAY_S
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Estimate, Series
from tests.jobs.conftest import ROOT, by_another_version, index_all, small
from tests.jobs.test_jobs_plain import HOSTILE

Read = Callable[[Store, str], object]


def test_a_submitted_run_is_queued_and_holds_exactly_what_was_given(store: Store, series: Series, owner: str) -> None:
    digest = store.put_input(b"1;2\n", "Messung 1.csv")
    source = Source(input=digest, file_name="Messung 1.csv", column="flow", options={"decimal": ","})
    run_id = store.submit(Request.to_train(series, small(7)), owner=owner, title="Pumpe", source=source)
    run = store.run(run_id)
    assert (run.state, run.queue_place, run.spec.title, run.spec.owner) == ("queued", 1, "Pumpe", owner)
    assert (run.spec.config, run.spec.source, run.epochs, run.epochs_done) == (small(7), source, 7, 0)
    assert (run.spec.channels[0], run.spec.unit, run.spec.samples, run.eta_s, run.best_epoch) == ("flow", "l/s", 401, None, None)
    assert store.series(run_id).values.tobytes() == series.values.tobytes()
    assert store.series(run_id).time.values.tobytes() == series.time.values.tobytes()
    assert store.metrics(run_id) == ([], 0)


def test_inputs_are_kept_once_by_content_and_their_names_are_no_paths(store: Store, home: Home) -> None:
    data = b"a,b\n1,2\n"
    digest = store.put_input(data, "../../../etc/passwd")
    assert digest == hashlib.sha256(data).hexdigest() == store.put_input(data, "again.csv")
    assert store.input_path(digest).read_bytes() == data
    assert os.listdir(home.inputs) == [digest]
    assert sorted(os.listdir(home.inputs / digest)) == ["bytes", "name.json"]


@pytest.mark.parametrize("damage", [b"a,b\n1,", b"a,b\n1,3\n", b"", None])
def test_an_upload_that_the_disk_has_damaged_is_refused_and_made_whole_by_the_next(
    store: Store, home: Home, damage: bytes | None
) -> None:
    data = b"a,b\n1,2\n"
    digest = store.put_input(data, "table.csv")
    kept = home.inputs / digest / "bytes"
    if damage is None:
        kept.unlink()
    else:
        kept.write_bytes(damage)
    with pytest.raises(RunError, match="damaged on the disk"):
        store.input_path(digest)
    assert store.put_input(data, "table.csv") == digest
    assert store.input_path(digest).read_bytes() == data
    assert sorted(os.listdir(home.inputs / digest)) == ["bytes", "name.json"]


def test_two_tabs_give_two_runs_and_the_same_token_gives_one(submit: Callable[..., str], store: Store, owner: str) -> None:
    assert submit() != submit()
    with ThreadPoolExecutor(8) as tabs:
        ids = set(tabs.map(lambda _: submit(token="press 1"), range(16)))
    assert len(ids) == 1
    assert submit(token="press 2") not in ids
    assert submit(token="press 1", owner=new_id()) not in ids
    assert len(store.runs(owner)) == 4
    assert os.listdir(store.home / "parts") == []


def test_runs_are_those_of_the_owner_newest_first(submit: Callable[..., str], store: Store, owner: str) -> None:
    mine = [submit(), submit(), submit()]
    submit(owner=new_id())
    assert [run.id for run in store.runs(owner)] == mine[::-1]


def test_places_in_the_queue_are_fair_between_owners(submit: Callable[..., str], store: Store) -> None:
    anna, ben = new_id(), new_id()
    first, second, third = (submit(owner=anna) for _ in range(3))
    late = submit(owner=ben)
    assert [store.run(run_id).queue_place for run_id in (first, late, second, third)] == [1, 2, 3, 4]


@pytest.mark.parametrize("text", ["{x", "[]", "{}", '{"slots": 3}'])
def test_places_are_told_whatever_the_file_about_the_machine_holds(
    submit: Callable[..., str], store: Store, home: Home, text: str
) -> None:
    home.machine.write_text(text)
    assert store.run(submit()).queue_place == 1


def test_settings_and_data_that_cannot_work_make_no_run(store: Store, series: Series, owner: str) -> None:
    with pytest.raises(SettingsError, match=r"window\.length"):
        store.submit(Request.to_train(series, small(3).replace("window.length", 512)), owner=owner, title="")
    with pytest.raises(DataError, match="at least 512 are needed"):
        store.submit(Request.to_train(series, small(3).replace("window.length", 256)), owner=owner, title="")
    with pytest.raises(DataError, match="nothing to denoise"):
        store.submit(Request.to_train(Series.of(np.ones(400)), small(3)), owner=owner, title="")
    with pytest.raises(RunError, match="Upload it again"):
        store.submit(Request.to_train(series, small(3)), owner=owner, title="", source=Source(input="0" * 64))
    assert store.runs(owner) == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("ask", [Store.run, Store.metrics, Store.series, Store.estimate, Store.stop, Store.cancel, Store.delete])
def test_a_hostile_id_is_refused_in_words_by_everything(store: Store, ask: Callable[[Store, str], object], text: str) -> None:
    with pytest.raises(RunError, match="Check that the whole link"):
        ask(store, text)


@pytest.mark.parametrize("ask", [Store.run, Store.metrics, Store.series, Store.estimate, Store.stop, Store.cancel, Store.delete])
def test_a_run_deleted_by_hand_is_said_to_be_gone(
    store: Store, submit: Callable[..., str], owner: str, ask: Callable[[Store, str], object]
) -> None:
    run_id = submit()
    shutil.rmtree(store.home / "runs" / run_id)
    with pytest.raises(RunError, match=f"^The run {run_id} is no longer here: it was deleted or it expired"):
        ask(store, run_id)
    assert store.runs(owner) == []


def test_a_run_of_another_version_is_said_to_be_one(store: Store, submit: Callable[..., str], owner: str) -> None:
    run_id = submit()
    path = store.home / "runs" / run_id / "spec.json"
    path.write_text(path.read_text().replace('"hidden_size"', '"hidden_sighs"'))
    with pytest.raises(RunError, match=r"another version .*hidden_sighs"):
        store.run(run_id)
    assert store.runs(owner) == []
    store.delete(run_id)
    assert not path.exists()


def test_a_run_of_another_version_in_the_index_hides_no_other(
    store: Store, submit: Callable[..., str], owner: str, home: Home
) -> None:
    old, new, active = submit(), submit(), submit()
    for run_id in (old, new):
        RunFolder(home.runs / run_id).end("done", "")
    index_all(home)
    by_another_version(home, old)
    by_another_version(home, active)
    assert [run.id for run in store.runs(owner)] == [new]
    assert store.run(submit()).queue_place == 1
    for run_id in (old, active):
        with pytest.raises(RunError, match=r"another version .*hidden_sighs"):
            store.run(run_id)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("spec.json", '"samples": 401', '"samples": "many"'),
        ("spec.json", '"created": ', '"created": "yesterday", "was": '),
        ("spec.json", '"kind": "train"', '"kind": "trim"'),
        ("spec.json", '"channels": ["flow"]', '"channels": [1]'),
        ("spec.json", '"input": null', '"input": []'),
        ("spec.json", "{", "[" * 20_000),
        ("state.json", '"queued"', '"waiting"'),
        ("state.json", '"ended": null', '"ended": "today"'),
        ("state.json", '"crashes": 0', '"crashes": null'),
    ],
)
def test_a_run_that_cannot_be_right_is_passed_over(
    store: Store, submit: Callable[..., str], owner: str, file: str, old: str, new: str
) -> None:
    good, bad = submit(), submit()
    path = store.home / "runs" / bad / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert [run.id for run in store.runs(owner)] == [good]
    with pytest.raises(RunError, match="cannot be read; another version"):
        store.run(bad)


@pytest.mark.parametrize("damage", [lambda raw: raw[:9], lambda _: b"", lambda raw: raw.replace(b"null", b"NaN"), None])
def test_where_the_state_was_damaged_the_end_of_the_metrics_tells_it(
    store: Store, submit: Callable[..., str], damage: Callable[[bytes], bytes] | None
) -> None:
    waiting, done = submit(), submit()
    RunFolder(store.home / "runs" / done).end("done", "Stopped early.")
    for run_id in (waiting, done):
        path = store.home / "runs" / run_id / "state.json"
        path.write_bytes(damage(path.read_bytes())) if damage else path.unlink()
    assert (store.run(done).state, store.run(done).reason) == ("done", "Stopped early.")
    assert store.run(waiting).state == "queued"
    assert "was damaged, so the run goes on" in store.run(waiting).reason


@pytest.mark.parametrize("damage", [lambda raw: raw[: len(raw) // 2], lambda _: b"", lambda raw: raw[:-3000] + bytes(3000), None])
@pytest.mark.parametrize("read", [Store.series, Store.training_set, Store.estimate])
def test_damaged_files_of_a_run_are_told_in_words(
    store: Store, submit: Callable[..., str], series: Series, read: Read, damage: Callable[[bytes], bytes] | None
) -> None:
    file = "result.npz" if read is Store.estimate else "data.npz"
    run_id = submit()
    folder = store.home / "runs" / run_id
    save_estimate(folder / "result.npz", Estimate(values=series.values, method="lstm"))
    raw = (folder / file).read_bytes()
    (folder / file).unlink()
    if damage is None:
        (folder / file).mkdir()
    else:
        (folder / file).write_bytes(damage(raw))
    with pytest.raises(RunError, match=f"The files of the run {run_id} cannot be read; they may be damaged"):
        read(store, run_id)


def test_an_active_run_tells_that_the_disk_is_full(
    submit: Callable[..., str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, ended = submit(), submit()
    RunFolder(store.home / "runs" / ended).end("done", "")
    assert store.run(waiting).reason == ""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=4096))
    assert store.run(waiting).reason.startswith("The disk is full")
    assert store.run(ended).reason == ""


def test_results_are_refused_in_words_before_there_are_any(store: Store, submit: Callable[..., str]) -> None:
    run_id = submit()
    with pytest.raises(RunError, match="no result"):
        store.estimate(run_id)
    with pytest.raises(RunError, match="no model"):
        store.model_path(run_id)


@pytest.mark.parametrize("ask", [Store.stop, Store.cancel])
def test_a_waiting_run_is_cancelled_at_once(store: Store, submit: Callable[..., str], ask: Callable[[Store, str], None]) -> None:
    run_id = submit()
    ask(store, run_id)
    assert (store.run(run_id).state, store.run(run_id).queue_place) == ("cancelled", None)


def test_a_full_disk_leaves_nothing_half_written(
    full_disk: Callable[[], None], store: Store, series: Series, owner: str, home: Home
) -> None:
    full_disk()
    with pytest.raises(RunError, match="disk is full"):
        store.put_input(b"data", "a.csv")
    with pytest.raises(RunError, match="disk is full"):
        store.submit(Request.to_train(series, small(3)), owner=owner, title="")
    assert [os.listdir(folder) for folder in (home.inputs, home.runs, home.parts)] == [[], [], []]


def test_a_data_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DenoiseError, match="DENOISE_HOME"):
        Store(tmp_path / "file" / "home")


def test_an_upload_outlives_its_run_since_somebody_else_may_look_at_it(store: Store, series: Series, owner: str) -> None:
    source = Source(input=store.put_input(b"data", "a.csv", owner=owner))
    run_id = store.submit(Request.to_train(series, small(3)), owner=owner, title="", source=source)
    store.delete(run_id)
    assert store.input_path(source.input).read_bytes() == b"data"


def test_uploads_of_one_person_give_way_to_the_next_where_no_run_needs_them(
    store: Store, series: Series, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DENOISE_UPLOADS_GB_PER_PERSON", "0.00001")  # 10,000 bytes
    others = store.put_input(bytes(4000), "a.bin", owner=new_id())
    shared = [store.put_input(bytes([1] * 3000), "a.bin", owner=name) for name in (owner, new_id())]
    used = store.put_input(bytes([2] * 3000), "a.bin", owner=owner)
    store.submit(Request.to_train(series, small(3)), owner=owner, title="", source=Source(input=used))
    loose = store.put_input(bytes([3] * 3000), "a.bin", owner=owner)
    last = store.put_input(bytes([4] * 3000), "a.bin", owner=owner)
    assert set(os.listdir(store.home / "inputs")) == {others, *shared, used, last}
    assert loose not in os.listdir(store.home / "inputs")
    with pytest.raises(RunError, match=r"Your uploads would take up .* Delete runs"):
        store.put_input(bytes([5] * 6000), "a.bin", owner=owner)
    assert last in os.listdir(store.home / "inputs")
    store.put_input(bytes([5] * 6000), "a.bin", owner=new_id())


def test_all_uploads_together_stay_below_their_limit_and_those_of_today_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DENOISE_UPLOADS_GB", "0.00001")
    old, new = (store.put_input(bytes([k] * 4000), "a.bin", owner=new_id()) for k in (1, 2))
    os.utime(store.home / "inputs" / old, (1.0, 1.0))
    third = store.put_input(bytes([3] * 4000), "a.bin", owner=new_id())
    assert set(os.listdir(store.home / "inputs")) == {new, third}
    with pytest.raises(RunError, match=r"All uploads together would take up .* DENOISE_UPLOADS_GB"):
        store.put_input(bytes([4] * 4000), "a.bin", owner=new_id())
    assert store.put_input(bytes([3] * 4000), "again.bin", owner=new_id()) == third


def test_pruning_takes_old_ended_runs_their_uploads_and_forgotten_uploads(
    home: Home, store: Store, series: Series, owner: str
) -> None:
    now = time.time()
    old, new, running = (make_ended(store, series, owner, ended) for ended in (now - 31 * DAY_S, now - 29 * DAY_S, None))
    forgotten = store.put_input(b"never used", "b.csv")
    recent = store.put_input(b"just uploaded", "c.csv")
    for digest in (forgotten, *(store.run(run_id).spec.source.input for run_id in (old, new, running))):
        os.utime(home.inputs / str(digest), (now - 40 * DAY_S, now - 40 * DAY_S))
    kept = {store.run(run_id).spec.source.input for run_id in (new, running)} | {recent}
    entries = [RunFolder(home.runs / run_id).entry() for run_id in (old, new, running)]
    retention.prune(home, entries, days=0, now=now)
    assert len(os.listdir(home.runs)) == 3
    retention.prune(home, entries, days=30, now=now)
    assert set(os.listdir(home.runs)) == {new, running}
    assert set(os.listdir(home.inputs)) == kept


def make_ended(store: Store, series: Series, owner: str, ended: float | None) -> str:
    """A run with an upload of its own that ended then, or is still running."""
    digest = store.put_input(str(ended).encode(), "a.csv")
    run_id = store.submit(Request.to_train(series, small(3)), owner=owner, title="", source=Source(input=digest))
    folder = RunFolder(store.home / "runs" / run_id)
    folder.write(replace(Status(), state="done" if ended else "running", ended=ended))
    return run_id


def test_a_run_folder_and_an_upload_of_version_0_1_open_unchanged(home: Home, store: Store) -> None:
    kept = ROOT / "tests/data/version-0.1"
    for folder in ("runs", "inputs"):
        shutil.copytree(kept / folder, home.path / folder, dirs_exist_ok=True)
    (run_id,) = home.run_ids()
    run = store.run(run_id)
    assert (run.state, run.epochs_done, run.epochs, run.best_epoch, run.has_result) == ("done", 3, 3, 3, True)
    assert (run.spec.channels, run.spec.unit, run.spec.samples) == (("pressure",), "bar", 320)
    assert store.runs(run.spec.owner) == [run]
    assert store.input_path(str(run.spec.source.input)).read_bytes() == (kept / "pump.csv").read_bytes()
    series = dc.read(kept / "pump.csv")["pressure"]
    assert store.series(run_id).values.tobytes() == series.values.tobytes()
    assert store.estimate(run_id).values.shape == series.values.shape
    assert store.model_path(run_id).read_bytes() == (kept / "pump.denoiser").read_bytes()
    assert RunFolder(home.runs / run_id).worker() is not None


def test_the_web_side_imports_neither_torch_nor_streamlit() -> None:
    code = (
        "import denoise_core.jobs, denoise_core.jobs.scheduling.supervisor, sys; print({'torch', 'streamlit'} & set(sys.modules))"
    )
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "set()"
