"""A data folder, a store and a small run for the tests of the jobs room."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from denoise_core.config import RunConfig
from denoise_core.jobs import Request, Store, new_id
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.index import IndexWriter
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from denoise_core.training.events import EpochEnd, Recorded
from tests.common import small_config

ROOT = Path(__file__).parents[2]
FAKE = (sys.executable, "-m", "tests.jobs.fake_worker")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """An empty data folder; no process that works in it outlives the test."""
    for name in ("DENOISE_CPU_SLOTS", "DENOISE_RAY_CPUS", "DENOISE_RAY_GPUS", "DENOISE_KEEP_DAYS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DENOISE_HOME", str(tmp_path / "home"))
    home = Home.at(tmp_path / "home")
    yield home
    for process in supervisors(home) + workers(home):
        process.kill()


@pytest.fixture
def store(home: Home) -> Store:
    return Store(home.path)


@pytest.fixture
def owner() -> str:
    return new_id()


@pytest.fixture
def series() -> Series:
    noise = np.random.default_rng(3).normal(size=401)
    return Series.of(np.sin(np.arange(401) / 9.0) + 0.3 * noise, rate_hz=100.0, name="flow", unit="l/s")


@pytest.fixture
def submit(store: Store, series: Series, owner: str) -> Callable[..., str]:
    """Submit a small run: ``submit(epochs=3, owner=...)``."""

    def _submit(*, epochs: int = 3, **more: Any) -> str:
        return store.submit(Request.to_train(series, small(epochs)), **({"owner": owner, "title": "a run"} | more))

    return _submit


@pytest.fixture
def supervise(home: Home) -> Callable[..., Supervisor]:
    """Supervisors in this process, with fake workers unless told otherwise."""

    def _supervise(*, slots: tuple[str, ...] = ("cpu:0",), command: tuple[str, ...] = FAKE) -> Supervisor:
        return Supervisor(home, slots, command)

    return _supervise


def small(epochs: int) -> RunConfig:
    """A network of a few hundred weights."""
    return small_config({"model.layers": 1, "training.epochs": epochs, "training.batch_size": 4, "training.patience": 2000})


def until(true: Callable[[], Any], *, seconds: float = 40.0, beside: Callable[[], None] | None = None) -> Any:
    """What `true` returns as soon as it is true; `beside` is called before each look."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if beside:
            beside()
        if value := true():
            return value
        time.sleep(0.02)
    raise AssertionError(f"{true} did not come true within {seconds} s")


def state_is(store: Store, run_id: str, *states: str) -> Callable[[], bool]:
    return lambda: store.run(run_id).state in states


def workers(home: Home) -> list[psutil.Process]:
    """All living workers in this data folder, whatever started them."""
    return _processes(lambda last_word: last_word.startswith(f"{home.runs}{os.sep}"))


def worker_of(home: Home, run_id: str) -> psutil.Process:
    """The one living worker of a run."""
    (process,) = [process for process in workers(home) if process.cmdline()[-1] == str(home.runs / run_id)]
    return process


def supervisors(home: Home) -> list[psutil.Process]:
    """All living supervisors of this data folder, whatever started them."""
    return _processes(lambda last_word: last_word == str(home.path))


def _processes(wanted: Callable[[str], bool]) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or [""]
        if wanted(words[-1]) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def index_all(home: Home) -> None:
    """What a supervisor writes into the index, once."""
    writer = IndexWriter(home.index)
    writer.sync({path.name: RunFolder(path).entry() for path in home.runs.iterdir()})
    writer.close()


def by_another_version(home: Home, run_id: str) -> None:
    """Have the index and the folder of a run speak of a setting that is not known here."""
    path = home.runs / run_id / "spec.json"
    path.write_text(path.read_text().replace('"hidden_size"', '"hidden_sighs"'))
    with sqlite3.connect(home.index) as connection:
        connection.execute("UPDATE runs SET spec = replace(spec, 'hidden_size', 'hidden_sighs') WHERE id = ?", (run_id,))


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, nothing can be brought to the disk."""

    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda: monkeypatch.setattr("os.fsync", no_space)


def epochs_of(events: list[Recorded]) -> list[int]:
    return [event.epoch for event in events if isinstance(event, EpochEnd)]


def rows(home: Home) -> list[tuple[object, ...]]:
    with sqlite3.connect(home.index) as connection:
        return connection.execute("SELECT * FROM runs ORDER BY id").fetchall()
