"""The parts of the jobs room that need no process: ids, files, metrics, queue order, slots."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denoise_core.config import RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError
from denoise_core.files import atomic_io
from denoise_core.jobs import Source
from denoise_core.jobs.scheduling import slots
from denoise_core.jobs.scheduling.queue import order
from denoise_core.jobs.spec import Entry, Spec, Status
from denoise_core.jobs.storage import disk_errors, metrics
from denoise_core.jobs.storage.arrays import load_estimate, load_series, load_training_set, save_estimate, save_training_set
from denoise_core.jobs.storage.ids import check_hash, check_id, id_from, inside, new_id
from denoise_core.series import LARGEST, Estimate, Series, TimeAxis
from denoise_core.training.events import Ended, EpochEnd, Recorded, Started, from_json, to_json
from tests.jobs.conftest import ROOT
from tests.jobs.events import epoch_end, started

HOSTILE = ["", ".", "..", "../../etc/passwd", "/etc/passwd", "a" * 65, "short", "a" * 15 + "/", "a" * 20 + "\n", "a\0" * 10]
HOSTILE += ["%2e%2e%2f" * 3, "ä" * 20, "a" * 20 + " ", "C:\\" + "a" * 20, "*" * 20]


def entry(run_id: str, owner: str, created: float) -> Entry:
    about = {"title": "", "channels": ("a", "b"), "unit": "", "samples": 9, "config": RunConfig(), "source": Source()}
    return Entry(run_id, Spec(owner=owner, created=created, **about), Status())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_id_and_no_hash(text: str) -> None:
    with pytest.raises(RunError, match="Check that the whole link"):
        check_id(text)
    with pytest.raises(RunError, match="Upload the file again"):
        check_hash(text)


def test_new_ids_are_valid_and_never_alike() -> None:
    ids = {check_id(new_id()) for _ in range(1000)}
    assert len(ids) == 1000


def test_id_from_depends_on_owner_and_token_without_worker() -> None:
    assert id_from("a" * 16, "t") == id_from("a" * 16, "t")
    assert len({id_from("a" * 16, "t"), id_from("b" * 16, "t"), id_from("a" * 16, "u")}) == 3


def test_inside_refuses_a_link_that_leads_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "out").symlink_to(tmp_path)
    with pytest.raises(RunError, match="outside"):
        inside(tmp_path / "root", "out")


@settings(deadline=None)
@given(
    columns=st.lists(st.lists(st.floats(-LARGEST, LARGEST) | st.just(np.nan), min_size=1, max_size=20), min_size=1, max_size=4),
    start=st.none() | st.builds(lambda i, unit: np.datetime64(i, unit), st.integers(0, 20000), st.sampled_from("YMDhs")),
    clean=st.booleans(),
    data=st.data(),
)
def test_a_training_set_comes_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory,
    columns: list[list[float]],
    start: np.datetime64 | None,
    clean: bool,
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.mktemp("s") / "data.npz"
    given = TrainingSet(
        noisy=tuple(series_of(values, start, i) for i, values in enumerate(columns)),
        clean=tuple(np.full(len(values), -0.0) for values in columns) if clean else (),
        n_to_denoise=data.draw(st.integers(0, len(columns))),
    )
    save_training_set(path, given)
    back = load_training_set(path)
    assert [told(series) for series in back.noisy] == [told(series) for series in given.noisy]
    assert [values.tobytes() for values in back.clean] == [values.tobytes() for values in given.clean]
    assert back.n_to_denoise == given.n_to_denoise
    for i, series in enumerate(given.to_denoise):
        assert told(load_series(path, i)) == told(series)
    for i in (-1, len(given.to_denoise)):
        with pytest.raises(IndexError):
            load_series(path, i)


def series_of(values: list[float], start: np.datetime64 | None, i: int) -> Series:
    time = TimeAxis(values=np.arange(len(values)) / 3.0, unit="s", start=start, name="Zeit")
    return Series(values=np.array(values), time=time, name=f"Druck ä{i}", unit="µbar")


def told(series: Series) -> tuple[object, ...]:
    """All that a series says, to the last bit."""
    time = series.time
    start = None if time.start is None else (time.start, time.start.dtype)
    return series.values.tobytes(), time.values.tobytes(), series.name, series.unit, time.unit, time.name, start


def test_equal_arrays_take_the_disk_and_the_memory_once(tmp_path: Path) -> None:
    clean = Series.of(np.sin(np.arange(10_000)))
    one, eight = (TrainingSet.with_added_noise(clean, snr=3.0, seed=0, draws=draws) for draws in (1, 8))
    save_training_set(tmp_path / "one.npz", one)
    save_training_set(tmp_path / "eight.npz", eight)
    added = (tmp_path / "eight.npz").stat().st_size - (tmp_path / "one.npz").stat().st_size
    assert 7 * clean.values.nbytes < added < 7.3 * clean.values.nbytes
    back = load_training_set(tmp_path / "eight.npz")
    assert len({id(values) for values in back.clean}) == len({id(series.time.values) for series in back.noisy}) == 1


def test_one_series_is_read_without_the_others(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    given = TrainingSet.of([Series.of(rng.normal(size=200_000), name=str(i)) for i in range(6)])
    save_training_set(tmp_path / "data.npz", given)
    tracemalloc.start()
    load_series(tmp_path / "data.npz", 3)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3 * 8 * 200_000  # its values, its time axis, and a bit


@pytest.mark.parametrize("sd", [None, np.array([0.1, 0.2])])
def test_estimate_comes_back_to_the_last_bit(tmp_path: Path, sd: np.ndarray | None) -> None:
    estimate = Estimate(values=np.array([1 / 3, np.nan]), sd=sd, noise_sd=0.1, method="lstm", settings={"epoch": np.int64(3)})
    save_estimate(tmp_path / "result.npz", estimate)
    back = load_estimate(tmp_path / "result.npz")
    assert back.values.tobytes() == estimate.values.tobytes()
    assert (back.noise_sd, back.method, back.settings) == (0.1, "lstm", {"epoch": 3})
    assert (back.sd is None) if sd is None else (back.sd.tobytes() == sd.tobytes())


def test_spec_comes_back_equal() -> None:
    spec = entry("r", "o" * 16, 12.5).spec
    config = spec.config.replace("window.length", 64)
    spec = Spec(**{**vars(spec), "config": config, "source": Source(input="f" * 64, column="ä", options={"decimal": ","})})
    assert Spec.from_json(spec.to_json()) == spec


def test_replace_by_leaves_the_old_file_and_nothing_else_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    atomic_io.write_bytes(path, b"old")

    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"ne")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        atomic_io.replace_by(path, fail)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"old"


def test_metrics_give_each_whole_line_once_and_wait_for_the_rest_of_a_half_written_one(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    events = [started(device="ä\u2028"), *(epoch_end(epoch=i) for i in range(1, 5)), Ended(state="done", reason="\u2028")]
    raw = b"".join(map(metrics.encode, events))
    read, after = [], 0
    for end in range(len(raw) + 1):
        path.write_bytes(raw[:end])
        new, after = metrics.read_on(path, after)
        read += new
    assert read == events
    assert after == len(raw)
    assert metrics.read_on(path, after) == ([], after)


def test_metrics_read_on_from_nowhere_is_empty(tmp_path: Path) -> None:
    assert metrics.read_on(tmp_path / "none", 7) == ([], 0)


def test_append_cuts_off_what_a_killed_writer_left(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(metrics.encode(started()) + b'{"event":"EpochEnd","epo')
    metrics.append(path, Ended(state="done", reason=""))
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["Started", "Ended"]


@pytest.mark.parametrize("filler", [0, 10, 70_000, 300_000])
def test_last_finds_the_last_line_of_its_kind_however_far_from_the_end(tmp_path: Path, filler: int) -> None:
    path = tmp_path / "metrics.jsonl"
    events = [epoch_end(epoch=1), epoch_end(epoch=2), Ended(state="failed", reason="x" * filler)]
    path.write_bytes(b"".join(map(metrics.encode, events)) + b'{"event":"EpochEnd","epo')
    assert metrics.last(path, EpochEnd) == events[1]
    assert metrics.last(path, Started) is None


def test_lines_that_are_no_event_of_this_version_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    wrong = [
        b"[]",
        b"{}",
        b'{"event":"Later"}',
        b'{"event":"EpochEnd","epoch":1}',
        b'{"event":["Ended"]}',
        b"\xff",
        b"[" * 100_000,
    ]
    path.write_bytes(b"\n".join([*wrong, b'{"event":"Ended","state":"done","reason":"","more":1}', b""]))
    assert metrics.read_on(path)[0] == [Ended(state="done", reason="")]


@pytest.mark.parametrize("event", [started(noise_sd=0.1 + 0.2), epoch_end(epoch=3, eta_s=1 / 3), Ended(state="done", reason="ä")])
def test_an_event_comes_back_equal_from_its_json(event: Recorded) -> None:
    assert from_json(json.loads(json.dumps(to_json(event)))) == event


def test_the_metrics_of_version_0_1_are_read_as_events() -> None:
    (path,) = (ROOT / "tests/data/version-0.1/runs").glob("*/metrics.jsonl")
    events = metrics.read_on(path)[0]
    assert [type(event) for event in events] == [Started, EpochEnd, EpochEnd, EpochEnd, Ended]
    for event, line in zip(events, path.read_bytes().splitlines(), strict=True):
        assert json.loads(line).items() <= json.loads(metrics.encode(event)).items()


def test_owners_take_turns_and_the_oldest_of_each_comes_first() -> None:
    waiting = [
        entry("a1", "anna", 1),
        entry("a2", "anna", 2),
        entry("a3", "anna", 3),
        entry("b1", "ben", 4),
        entry("c1", "cleo", 5),
    ]
    assert [e.id for e in order(waiting, {})] == ["a1", "b1", "c1", "a2", "a3"]
    assert [e.id for e in order(waiting, {"anna": 1})] == ["b1", "c1", "a1", "a2", "a3"]
    assert [e.id for e in order(waiting, {"anna": 1, "ben": 2})] == ["c1", "a1", "a2", "b1", "a3"]


@settings(deadline=None)
@given(owners=st.lists(st.sampled_from("abcd"), max_size=12), running=st.dictionaries(st.sampled_from("abcd"), st.integers(0, 4)))
def test_nobody_is_served_while_somebody_with_fewer_waits(owners: list[str], running: dict[str, int]) -> None:
    waiting = [entry(f"{i:03}", owner, float(i)) for i, owner in enumerate(owners)]
    ordered = order(waiting, running)
    load = Counter(running)
    assert sorted(ordered, key=lambda e: e.id) == waiting
    for place, chosen in enumerate(ordered):
        rest = ordered[place:]
        assert (load[chosen.spec.owner], chosen.spec.created) == min((load[e.spec.owner], e.spec.created) for e in rest)
        load[chosen.spec.owner] += 1


@pytest.mark.parametrize(
    ("device", "machine", "kind"),
    [
        ("auto", ["cpu:0"], "cpu"),
        ("auto", ["cuda:GPU-1", "cpu:0"], "cuda"),
        ("auto", ["mps:0", "cpu:0"], "mps"),
        ("cpu", ["cuda:GPU-1", "cpu:0"], "cpu"),
        ("cuda", ["cpu:0"], "cpu"),
    ],
)
def test_a_run_waits_for_the_best_device_that_is_there(device: str, machine: list[str], kind: str) -> None:
    assert slots.pool(device, machine) == kind


def test_free_slots_are_those_nobody_has_taken() -> None:
    machine = ["cuda:GPU-1", "cuda:GPU-2", "cpu:0", "cpu:1"]
    assert slots.free(machine, ["cuda:GPU-2", "cpu:0"], "cuda") == ["cuda:GPU-1"]
    assert slots.free(machine, ["cuda:GPU-2", "cpu:0", "cpu:1"], "cpu") == []


def test_a_gpu_child_sees_its_gpu_alone_and_a_cpu_child_none() -> None:
    gpu, cpu = slots.environment("cuda:GPU-2"), slots.environment("cpu:1")
    assert (gpu["CUDA_VISIBLE_DEVICES"], gpu["CUBLAS_WORKSPACE_CONFIG"]) == ("GPU-2", ":4096:8")
    assert cpu["CUDA_VISIBLE_DEVICES"] == ""
    assert {cpu[name] for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")} == {"1"}


def test_gpus_are_found_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "nvidia-smi"
    asked.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H100 (UUID: GPU-5f3a-01)'\necho 'GPU 1: NVIDIA H100 (UUID: GPU-77bb-02)'\n")
    asked.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DENOISE_CPU_SLOTS", "2")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert slots.machine_slots() == ["cuda:GPU-5f3a-01", "cuda:GPU-77bb-02", "cpu:0", "cpu:1"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert slots.machine_slots() == ["cuda:1", "cpu:0", "cpu:1"]


def test_a_driver_that_hangs_leaves_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*command: object, **_: object) -> None:
        raise subprocess.TimeoutExpired(str(command), 10)

    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/nvidia-smi")
    monkeypatch.setattr("subprocess.run", hang)
    monkeypatch.setenv("DENOISE_CPU_SLOTS", "1")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert slots.machine_slots() == ["cpu:0"]


@pytest.mark.parametrize("text", ["many", "0", "-1", "nan"])
def test_a_wrong_number_of_slots_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DENOISE_CPU_SLOTS", text)
    with pytest.raises(RunError, match="DENOISE_CPU_SLOTS = "):
        slots.machine_slots()


def test_a_full_disk_is_said_in_words(full_disk: Callable[[], None], tmp_path: Path) -> None:
    full_disk()
    with pytest.raises(OSError, match="No space") as caught:
        atomic_io.write_bytes(tmp_path / "file", b"x")
    assert "The disk is full" in disk_errors.describe(caught.value)
    assert list(tmp_path.iterdir()) == []
