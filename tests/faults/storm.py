"""A storm of faults over real small trainings: ``python -m tests.faults.storm [--faults 2000] [--seed 1]``.

Runs are trained by real worker processes under a supervisor while, at random moments, workers and supervisors are killed or
stopped, files deleted, cut or corrupted, and the disk is full. In the end every run must be there once, tell its state truly,
and have, bit for bit, the result of an undisturbed run.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from denoise_core.errors import DenoiseError
from denoise_core.jobs import FINAL, Request, Store, new_id
from denoise_core.jobs import worker as worker_module
from denoise_core.jobs.scheduling import recovery
from denoise_core.jobs.scheduling.process import Worker
from denoise_core.jobs.scheduling.slots import environment
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Series
from denoise_core.training.events import Ended, EpochEnd
from tests.common import small_config

EPOCHS = 40
RUNS_AT_ONCE = 2
PATIENCE_S = 300.0


@dataclass
class Run:
    """One training in the storm, and what was done to it that may change how it lawfully ends."""

    id: str
    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)


class Storm:
    """Faults of one seed over the runs of one data folder.

    Parameters
    ----------
    expected : mapping of training seed to digest of result and losses
        Those of undisturbed runs.
    """

    def __init__(self, home: Home, seed: int, expected: dict[int, str]) -> None:
        self.home, self.store, self.owner = home, Store(home.path), new_id()
        self.rng, self.expected = np.random.default_rng(seed), expected
        self.supervisor = self._new_supervisor()
        self.open: list[Run] = []
        self.faults: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.wrong: list[str] = []

    def _new_supervisor(self) -> Supervisor:
        return Supervisor(self.home, [f"cpu:{k}" for k in range(RUNS_AT_ONCE)])

    def rage(self, count: int) -> None:
        """So many faults, and then calm until every run has ended."""
        while sum(self.faults.values()) < count:
            while len(self.open) < RUNS_AT_ONCE + 1:
                self.open.append(self._submit())
            self._tick_for(float(self.rng.uniform(0.0, 0.25)))
            name = str(self.rng.choice(list(FAULTS)))
            run = self.open[int(self.rng.integers(len(self.open)))]
            if FAULTS[name](self, run):
                run.faults[name] += 1
                self.faults[name] += 1
            self._collect()
        while self.open:
            self._tick_for(0.05)
            self._collect()

    def _submit(self) -> Run:
        seed = int(self.rng.choice(list(self.expected)))
        return Run(self.store.submit(request(seed), owner=self.owner, title=f"seed {seed}"), seed)

    def _tick_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            with suppress(OSError, sqlite3.OperationalError):
                self.supervisor.tick()
            if time.monotonic() >= end:
                return
            time.sleep(0.02)

    def _collect(self) -> None:
        for run in list(self.open):
            ended = RunFolder(self.home.runs / run.id).status().state in FINAL
            view = self.store.run(run.id)
            if ended:
                self.open.remove(run)
                self.ends[view.state] += 1
                self.wrong += [f"{run}: {fault} ({view.state}: {view.reason})" for fault in self._faults_of(run)]
                with suppress(DenoiseError):
                    self.store.delete(run.id)
            elif time.monotonic() - run.began > PATIENCE_S:
                self.open.remove(run)
                self.wrong.append(f"{run}: stuck as {view.state} ({view.reason})")

    def _faults_of(self, run: Run) -> Iterator[str]:
        """What is not as it must be with a run that has ended."""
        view, events = self.store.run(run.id), self.store.metrics(run.id)[0]
        epochs = [event.epoch for event in events if isinstance(event, EpochEnd)]
        if len(epochs) != len(set(epochs)):
            yield "an epoch was told twice"
        lawful = {"done"} | ({"stopped", "cancelled"} if run.faults["stop"] else set())
        lawful |= {"cancelled"} if run.faults["cancel"] else set()
        if view.state not in lawful:
            yield "it ended otherwise than it was asked to"
        if view.state == "done" and digest(self.store, run.id) != self.expected[run.seed]:
            yield "its result is not that of an undisturbed run"
        if view.state in ("done", "stopped") and not np.isfinite(self.store.estimate(run.id).values).all():
            yield "its result is not finite"
        if view.state == "cancelled" and "before its first epoch" in view.reason and self._had_checkpoint(run):
            yield "it says that there was nothing to keep, but there was"
        told = [event for event in events if isinstance(event, Ended)]
        if not told or told[-1].state != view.state:
            yield "its metrics tell of another end"

    def _had_checkpoint(self, run: Run) -> bool:
        return bool(RunFolder(self.home.runs / run.id).checkpoints())


def request(seed: int) -> Request:
    """A training of half a second."""
    noise = np.random.default_rng(seed).normal(size=301)
    series = Series.of(np.sin(np.arange(301) / 9.0) + 0.3 * noise, name="flow", unit="l/s")
    size = {"model.layers": 1, "training.batch_size": 4}
    changes = {**size, "training.epochs": EPOCHS, "training.patience": 2000, "training.seed": seed}
    return Request.to_train(series, small_config(changes))


def digest(store: Store, run_id: str) -> str:
    """Of everything that a run computes: estimate, weights, and losses of the last epoch."""
    estimate = store.estimate(run_id)
    assert estimate.sd is not None
    weights = store.model_path(run_id).read_bytes()
    tensors = weights[8 + int.from_bytes(weights[:8], "little") :]
    return hashlib.sha256(estimate.values.tobytes() + estimate.sd.tobytes() + tensors).hexdigest()


def _signal(number: signal.Signals) -> Callable[[Storm, Run], bool]:
    def send(storm: Storm, run: Run) -> bool:
        said = RunFolder(storm.home.runs / run.id).worker()
        if said is None or RunFolder(storm.home.runs / run.id).status().state != "running":
            return False
        if number == signal.SIGKILL and RunFolder(storm.home.runs / run.id).status().crashes >= recovery.RESUMES:
            return False  # one more, and it lawfully fails
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if abs(psutil.Process(said.pid).create_time() - said.created) < 2.0:
                os.kill(said.pid, number)
                if number == signal.SIGSTOP:
                    storm._tick_for(0.1)
                    os.kill(said.pid, signal.SIGCONT)
                return True
        return False

    return send


def _new_supervisor(storm: Storm, _: Run) -> bool:
    """As after a kill: it knows nothing but what is on the disk."""
    storm.supervisor._index.close()
    storm.supervisor = storm._new_supervisor()
    return True


def _damage(name: str, how: str) -> Callable[[Storm, Run], bool]:
    """Delete, cut or corrupt one file of a run that is not being written at this very moment by design."""

    def damage(storm: Storm, run: Run) -> bool:
        path = storm.home.runs / run.id / name
        if storm.store.run(run.id).ended or not path.is_file():
            return False
        with suppress(FileNotFoundError):
            _spoil(path, how, storm.rng)
            return True
        return False

    return damage


def _spoil(path: Path, how: str, rng: np.random.Generator) -> None:
    if how == "delete":
        path.unlink()
        return
    size = path.stat().st_size
    with path.open("r+b") as file:
        if how == "cut":
            file.truncate(int(rng.integers(size + 1)))
        elif size:
            file.seek(int(rng.integers(size)))
            file.write(bytes([int(rng.integers(256))]))


def _damage_index(storm: Storm, run: Run) -> bool:
    how = str(storm.rng.choice(["delete", "cut", "corrupt"]))
    with suppress(FileNotFoundError):
        _spoil(storm.home.index, how, storm.rng)
        return _new_supervisor(storm, run)
    return False


def _full_disk(storm: Storm, _: Run) -> bool:
    """For a while, nothing that the supervisor or a page writes reaches the disk."""
    with no_space(), suppress(DenoiseError):
        storm._tick_for(0.05)
        storm.store.put_input(storm.rng.bytes(50), "x", owner=storm.owner)
    return True


def _foreign(storm: Storm, run: Run) -> bool:
    for place in (storm.home.path, storm.home.runs, storm.home.inputs, storm.home.parts, storm.home.runs / run.id):
        (place / ".DS_Store").write_bytes(storm.rng.bytes(8))
    return True


def _ask(what: str) -> Callable[[Storm, Run], bool]:
    def ask(storm: Storm, run: Run) -> bool:
        if storm.rng.uniform() < 0.6:  # else most runs would end so
            return False
        getattr(storm.store, what)(run.id)
        return True

    return ask


@contextmanager
def no_space() -> Iterator[None]:
    """In this process, no write is brought to the disk."""
    fsync = os.fsync

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    os.fsync = full
    try:
        yield
    finally:
        os.fsync = fsync


FAULTS: dict[str, Callable[[Storm, Run], bool]] = {
    "kill the worker": _signal(signal.SIGKILL),
    "halt the worker": _signal(signal.SIGSTOP),
    "another supervisor": _new_supervisor,
    "the index": _damage_index,
    "full disk": _full_disk,
    "foreign files": _foreign,
    "stop": _ask("stop"),
    "cancel": _ask("cancel"),
    **{
        f"{how} {name}": _damage(name, how)
        for name in ("checkpoint.pt", "checkpoint-before.pt", "heartbeat", "worker.json", "worker.log")
        for how in ("delete", "cut", "corrupt")
    },
    **{f"{how} {name}": _damage(name, how) for name in ("metrics.jsonl", "state.json") for how in ("delete", "cut")},
}


def undisturbed(home: Home, seeds: range) -> dict[int, str]:
    """What each seed gives where nothing happens."""
    store, owner = Store(home.path), new_id()
    ids = {seed: store.submit(request(seed), owner=owner, title="") for seed in seeds}
    calm = Supervisor(home, ["cpu:0", "cpu:1"])
    end = time.monotonic() + PATIENCE_S
    while not all(store.run(run_id).ended for run_id in ids.values()):
        calm.tick()
        time.sleep(0.02)
        assert time.monotonic() < end
    calm._index.close()
    found = {seed: digest(store, run_id) for seed, run_id in ids.items()}
    for run_id in ids.values():
        store.delete(run_id)
    return found


def rage(folder: Path, *, faults: int, seed: int) -> Storm:
    """A storm on a data folder of its own; its `wrong` must be empty."""
    home = Home.at(folder)
    with forked_workers():
        storm = Storm(home, seed, undisturbed(home, range(3)))
        storm.rage(faults)
    return storm


class Forked:
    """A worker's process as `subprocess.Popen` shows it: forked from this one, which has imported torch already."""

    def __init__(self, folder: RunFolder, slot: str) -> None:
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            code = 1
            try:
                os.setsid()
                log = os.open(folder.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
                os.dup2(log, 1)
                os.dup2(log, 2)
                os.environ.update(environment(slot))
                code = worker_module.main([str(folder.path)])
            finally:
                os._exit(code)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode


@contextmanager
def forked_workers() -> Iterator[None]:
    """Workers start in a hundredth of a second; all else about them is as ever."""
    import denoise_core.training.trainer  # noqa: F401

    start = Worker.start

    def fork(_: object, folder: RunFolder, slot: str) -> Worker:
        child = Forked(folder, slot)
        return Worker(folder, slot, child.pid, psutil.Process(child.pid).create_time(), child)  # type: ignore[arg-type]

    Worker.start = staticmethod(fork)
    try:
        yield
    finally:
        Worker.start = start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        storm = rage(Path(folder), faults=chosen.faults, seed=chosen.seed)
    sys.stdout.write(f"{sum(storm.faults.values())} faults in {time.monotonic() - began:.0f} s: {dict(storm.faults)}\n")
    sys.stdout.write(f"runs ended: {dict(storm.ends)}\n")
    sys.stdout.write("\n".join([*storm.wrong, f"wrong: {len(storm.wrong)}"]) + "\n")
    return bool(storm.wrong)


if __name__ == "__main__":
    sys.exit(main())
