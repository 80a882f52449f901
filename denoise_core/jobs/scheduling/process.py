"""A worker's process, started here or by a supervisor before: is it alive, is it silent, end it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

import psutil

import denoise_core
from denoise_core.jobs.scheduling.slots import environment
from denoise_core.jobs.storage.process_folder import ProcessFolder

_ROOT = str(Path(denoise_core.__file__).resolve().parents[1])
_SAME_S = 2.0
"""Two readings of one process's start differ by less, since clocks are set; a number is not given out again so soon."""


def import_path() -> dict[str, str]:
    """What a child finds in its environment to import this very denoise_core: from a checkout or installed, in any folder."""
    others = (path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path not in ("", _ROOT))
    return {"PYTHONPATH": os.pathsep.join((_ROOT, *others))}


Folder = TypeVar("Folder", bound=ProcessFolder)


class Worker(Generic[Folder]):
    """One process that works in a folder, leader of its own process group."""

    def __init__(self, folder: Folder, slot: str, pid: int, created: float, child: subprocess.Popen[bytes] | None) -> None:
        self.folder = folder
        self.slot = slot
        self.was_silent = False
        self._escalated_at: float | None = None
        self._term_sent = False
        self._pid, self._created, self._child = pid, created, child
        self._beat, self._heard = 0, time.monotonic()

    @classmethod
    def start(cls, command: Sequence[str], folder: Folder, slot: str) -> Worker[Folder]:
        """A new process in its own session, its words in the run's log."""
        with folder.log.open("ab") as log:
            child = subprocess.Popen(
                [*command, str(folder.path)],
                env=environment(slot) | import_path(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(folder, slot, child.pid, psutil.Process(child.pid).create_time(), child)

    @classmethod
    def adopt(cls, folder: Folder) -> Worker[Folder] | None:
        """The process that says it works in this folder, if it is still that one: number and start must both agree."""
        said = folder.worker()
        if said is None:
            return None
        worker = cls(folder, said.slot, said.pid, said.created, None)
        return worker if worker.alive() else None

    def alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        try:
            process = psutil.Process(self._pid)
            same = abs(process.create_time() - self._created) < _SAME_S
            return same and bool(process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    @property
    def exit_code(self) -> int | None:
        """Negative for a signal; None while it lives or where another process was its parent."""
        return self._child.poll() if self._child else None

    def silent_s(self) -> float:
        """Seconds since its heartbeat was last seen to move; sleep of the whole machine does not count."""
        try:
            beat = self.folder.heartbeat.stat().st_mtime_ns
        except FileNotFoundError:
            beat = 0
        if beat != self._beat:
            self._beat, self._heard = beat, time.monotonic()
        return time.monotonic() - self._heard

    def end_silence(self) -> None:
        """Kill it, since it has not been heard for too long."""
        self.was_silent = True
        self.signal(signal.SIGKILL)

    def escalate(self, *, term_s: float, kill_s: float) -> None:
        """Ask for its end: by SIGTERM `term_s` seconds after the first call, by SIGKILL after `kill_s`."""
        if self._escalated_at is None:
            self._escalated_at = time.monotonic()
        waited = time.monotonic() - self._escalated_at
        if waited >= kill_s:
            self.signal(signal.SIGKILL)
        elif waited >= term_s and not self._term_sent:
            self._term_sent = True
            self.signal(signal.SIGTERM)

    def signal(self, number: signal.Signals) -> None:
        """Send to its process group and to nothing else."""
        if self.alive():
            os.killpg(self._pid, number)
