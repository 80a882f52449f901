"""The one process that owns the queue: it indexes the runs, starts their workers and watches them. Imports no torch.

It can be killed at any moment: the workers go on, and the next supervisor adopts them.
"""

from __future__ import annotations

import argparse
import logging
import math
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from denoise_core.files.atomic_io import write_json
from denoise_core.jobs.folder_process import AWAY_CODE
from denoise_core.jobs.scheduling import pace, recovery
from denoise_core.jobs.scheduling.absences import Absences, kind_of
from denoise_core.jobs.scheduling.coordinators import Coordinators
from denoise_core.jobs.scheduling.process import Worker
from denoise_core.jobs.scheduling.queue import order, places
from denoise_core.jobs.scheduling.slots import cluster_number, free, machine_slots, pool
from denoise_core.jobs.spec import AFTER_STOP_S, CANCEL, FAILED, KEEP, RUNNING, Entry
from denoise_core.jobs.storage import disk_errors, retention
from denoise_core.jobs.storage.catalogue import read_entry
from denoise_core.jobs.storage.home import Home, check_settings, keep_days
from denoise_core.jobs.storage.index import IndexWriter
from denoise_core.jobs.storage.run_folder import RunFolder

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "denoise_core", "worker")
CLUSTER_COMMAND = (sys.executable, "-P", "-m", "denoise_core", "ray_worker")
POLL_S = 0.2
IDLE_S = 600.0
RETRY_S = 5.0
SILENT_S = 60.0
STARTS = 5
"""So often a run whose folder cannot be written is tried."""
ESCALATION = {KEEP: {"term_s": 3.0 * AFTER_STOP_S, "kill_s": 600.0}, CANCEL: {"term_s": 2.0, "kill_s": 7.0}}
"""Keeping the best may lawfully take long for a long series, and a second network is trained to judge it; cancelling may not."""


class Supervisor:
    """The queue of one data folder; `tick` does whatever is due and returns.

    Parameters
    ----------
    home : Home
    slots : sequence of str
        As `machine_slots` names them.
    command : sequence of str
        Starts a worker on this machine when the run's folder is added.
    """

    def __init__(self, home: Home, slots: Sequence[str], command: Sequence[str] = COMMAND) -> None:
        self._home, self._slots, self._command, self._keep_days = home, list(slots), command, keep_days()
        self._entries: dict[str, Entry] = {}
        self._workers: dict[str, Worker[RunFolder]] = {}
        self._absences = Absences()
        self._pruned = 0.0
        self._busy = time.time()
        self._troubles: list[OSError] = []
        self._refused: Counter[str] = Counter()
        self._index = IndexWriter(home.index)
        self._places: dict[str, int] | None = None
        self._machine: dict[str, Any] = {}
        self._coordinators = Coordinators(home)
        self._tell_machine()

    def tick(self) -> None:
        """Look, watch the workers, start those whose turn it is, write the index.

        Raises
        ------
        OSError, sqlite3.Error
            If the data folder cannot be used, if only for one run; all that could be done was done then.
        """
        self._troubles.clear()
        for run_id, worker in list(self._workers.items()):
            with self._isolate(run_id):
                self._watch(run_id, worker)
        self._scan()
        self._drop_orphans()
        for entry in self._without_worker():
            with self._isolate(entry.id):
                self._reconcile(entry)
        self._scan()
        self._start_next()
        try:
            self._coordinators.tick()
        except OSError as error:
            self._troubles.append(error)
        self._tell_places()
        self._tell_machine()
        self._prune()
        self._sync_index()
        if self._troubles:
            raise self._troubles[0]

    def serve(self, halt: threading.Event, *, idle_s: float = IDLE_S) -> None:
        """Tick until `halt` is set, the data folder is gone, or nobody has needed anything for `idle_s` seconds."""
        while not halt.is_set() and self._home.runs.exists() and self._is_needed(idle_s):
            try:
                self.tick()
                halt.wait(POLL_S)
            except FileNotFoundError as error:
                log.info("A run vanished while it was looked at (%s).", error)
                halt.wait(POLL_S)
            except (OSError, sqlite3.Error):
                log.exception("The data folder cannot be used as it should; trying again.")
                halt.wait(RETRY_S)
            except Exception:
                log.exception("This should not happen; going on with the queue.")
                halt.wait(RETRY_S)
        self._index.close()

    @contextmanager
    def _isolate(self, run_id: str) -> Iterator[None]:
        """Keep what goes wrong with one run from the others: trouble with the disk is tried again, all else ends that run."""
        try:
            yield
        except OSError as error:
            self._troubles.append(error)
        except Exception as error:
            log.exception("Run %s cannot be looked after, so it is ended.", run_id)
            with suppress(Exception):  # where even this fails, it cannot be read, and is passed over from now on
                self._folder(run_id).end(FAILED, f"The run could not be looked after ({type(error).__name__}: {error}).")

    def _is_needed(self, idle_s: float) -> bool:
        if self._workers or self._coordinators.busy or any(not entry.ended for entry in self._entries.values()):
            self._busy = time.time()
        visited = self._home.last_visit.stat().st_mtime if self._home.last_visit.exists() else 0.0
        return time.time() - max(self._busy, visited) < idle_s

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder(self._home.runs / run_id)

    def _scan(self) -> None:
        """Read what may have changed; an entry that has not changed stays the same object."""
        entries = {}
        for run_id in self._home.run_ids():
            known = self._entries.get(run_id)
            entry = known if known and known.ended else read_entry(self._folder(run_id))
            if entry is not None:
                entries[run_id] = known if known == entry and known else entry
        self._entries = entries

    def _drop_orphans(self) -> None:
        """Take away the trials of deleted searches: a coordinator may submit one while its search is being deleted."""
        present = {"", *(path.name for path in self._home.studies.iterdir())}
        orphans = [run_id for run_id, entry in self._entries.items() if entry.spec.study not in present]
        for run_id in orphans:
            retention.remove(self._home, self._folder(run_id))
            del self._entries[run_id]

    def _without_worker(self) -> list[Entry]:
        return [entry for run_id, entry in self._entries.items() if not entry.ended and run_id not in self._workers]

    def _watch(self, run_id: str, worker: Worker[RunFolder]) -> None:
        """Nothing while it works well."""
        if not worker.alive():
            del self._workers[run_id]
            if worker.exit_code == AWAY_CODE:
                reason = worker.folder.away_reason()
                log.info("Slot %s is not to be had (%s); %s says more.", worker.slot, reason, worker.folder.log)
                self._absences.note(worker.slot, reason)
                return
            recovery.handle_exit(worker)
            pace.note(self._home, worker.folder, worker.slot)
        elif worker.silent_s() > SILENT_S:
            log.warning("Run %s has been silent for %d s, so it is killed.", run_id, SILENT_S)
            worker.end_silence()
        elif request := worker.folder.stop_request() if worker.folder.exists() else CANCEL:
            worker.escalate(**ESCALATION[request])

    def _reconcile(self, entry: Entry) -> None:
        """Adopt the worker that an earlier supervisor started, or act on its death, or on a request to stop it while it waits."""
        folder = self._folder(entry.id)
        if worker := Worker.adopt(folder):
            log.info("Adopted the worker of run %s.", entry.id)
            self._workers[entry.id] = worker
        elif entry.status.state == RUNNING and not folder.is_held():
            recovery.handle_crash(folder, "its process was gone when it was looked for")
        elif request := folder.stop_request():
            recovery.end_without_worker(folder, request)

    def _start_next(self) -> None:
        present = self._absences.present(self._slots)
        for entry in order(*self._waiting_and_running()):
            device = entry.spec.config.training.device
            kind = pool(device, present if device == "auto" else self._slots)
            slots = free(present, (worker.slot for worker in self._workers.values()), kind)
            if slots:
                log.info("Starting run %s on %s.", entry.id, slots[0])
                with self._isolate(entry.id):
                    self._start(entry.id, slots[0])

    def _start(self, run_id: str, slot: str) -> None:
        """A folder that cannot be written although the disk is not full fails its run after some tries, and no other."""
        folder = self._folder(run_id)
        try:
            command = self._command if cluster_number(slot) is None else CLUSTER_COMMAND
            self._workers[run_id] = Worker.start(command, folder, slot)
        except OSError as error:
            self._refused[run_id] += 1
            if disk_errors.is_disk_full(error) or not folder.exists() or self._refused[run_id] < STARTS:
                raise
            folder.end(FAILED, f"The run could not be started: its folder cannot be written ({error.strerror or error}).")

    def _waiting_and_running(self) -> tuple[list[Entry], Counter[str]]:
        """The runs that wait, and how many of each owner run."""
        waiting = [entry for entry in self._without_worker() if entry.waits]
        return waiting, Counter(self._entries[run_id].spec.owner for run_id in self._workers if run_id in self._entries)

    def _tell_places(self) -> None:
        """So that a page that waits need not look at everybody's runs."""
        found = places(*self._waiting_and_running(), self._slots)
        if found != self._places:
            write_json(self._home.queue, found)
            self._places = found

    def _tell_machine(self) -> None:
        """So that a page can say what a run waits for where no other is ahead."""
        waiting = [pool(entry.spec.config.training.device, self._slots) for entry in self._entries.values() if entry.waits]
        running = {kind_of(worker.slot) for run_id, worker in self._workers.items() if self._is_running(run_id)}
        away = {kind: asdict(absence) for kind, absence in self._absences.tell(waiting=waiting, running=running).items()}
        if (machine := {"slots": self._slots, "away": away}) != self._machine:
            write_json(self._home.machine, machine)
            self._machine = machine

    def _is_running(self, run_id: str) -> bool:
        return run_id in self._entries and self._entries[run_id].status.state == RUNNING

    def _sync_index(self) -> None:
        """Made again from the folders where the file was damaged or taken away."""
        try:
            if not self._home.index.exists():
                raise sqlite3.DatabaseError("the index was taken away")
            self._index.sync(self._entries)
        except sqlite3.OperationalError:
            raise  # locked, or the disk is full: it is tried again
        except sqlite3.DatabaseError as error:
            log.warning("The index is made again from the run folders (%s).", error)
            self._index.close()
            self._index = IndexWriter(self._home.index, damaged=True)
            self._index.sync(self._entries)

    def _prune(self) -> None:
        """Once an hour."""
        if time.time() - self._pruned > 3600.0:
            self._pruned = time.time()
            retention.prune(self._home, self._entries.values(), days=self._keep_days, now=self._pruned)


def main(argv: Sequence[str] | None = None, *, command: Sequence[str] = COMMAND) -> int:
    """``supervisor [--stay] [DATA_FOLDER]``: own the queue until nobody needs it; ends at once if another one does."""
    parser = argparse.ArgumentParser(prog="supervisor", description="Start and mind the trainings of a data folder.")
    parser.add_argument("home", nargs="?", type=Path, help="the data folder; default $DENOISE_HOME")
    parser.add_argument("--stay", action="store_true", help="also when nobody needs it: for a service of its own")
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    home = Home.at(arguments.home)
    check_settings()
    lock = FileLock(home.lock, timeout=2.0)  # whoever only looks whether it is held lets go at once
    try:
        lock.acquire()
    except Timeout:
        log.info("Another supervisor is running.")
        return 0
    halt = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: halt.set())
    Supervisor(home, machine_slots(), command).serve(halt, idle_s=math.inf if arguments.stay else IDLE_S)
    return 0


if __name__ == "__main__":
    sys.exit(main())
