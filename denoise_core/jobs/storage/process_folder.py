"""What a folder needs in which one process works at a time: which that is, whether it is alive, and what it should do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from denoise_core.errors import RunError
from denoise_core.files.atomic_io import read_json, write_bytes, write_json
from denoise_core.jobs.spec import CANCEL, KEEP

NOT_TAKEN = "no machine of the cluster has taken the run"
"""Why work was left, where nothing else is known."""


class Busy(Exception):
    """Another process holds this folder."""


@dataclass(frozen=True, kw_only=True)
class WorkerProcess:
    """Which process works in a folder: number and start, in seconds since 1970, since a number is used again."""

    pid: int
    created: float
    slot: str

    def __post_init__(self) -> None:
        if not (isinstance(self.pid, int) and self.pid > 0 and isinstance(self.created, float) and isinstance(self.slot, str)):
            raise ValueError("no process of a worker")

    @classmethod
    def own(cls, slot: str) -> WorkerProcess:
        """What is true of this process, on that slot."""
        process = psutil.Process()
        return cls(pid=process.pid, created=process.create_time(), slot=slot)


@dataclass(frozen=True)
class ProcessFolder:
    """A folder in which one process works; it may vanish at any moment: then reading raises FileNotFoundError."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def log(self) -> Path:
        return self.path / "worker.log"

    @property
    def heartbeat(self) -> Path:
        return self.path / "heartbeat"

    @property
    def _stop(self) -> Path:
        return self.path / "stop"

    @property
    def _away(self) -> Path:
        return self.path / "away"

    @property
    def _worker(self) -> Path:
        return self.path / "worker.json"

    def exists(self) -> bool:
        return (self.path / "spec.json").exists()

    def missing(self) -> RunError:
        """The error where the folder is gone."""
        raise NotImplementedError

    def tell_away(self, reason: str) -> None:
        """Leave for the supervisor why no machine took this work; see `spec.Absence`."""
        write_bytes(self._away, reason.encode())

    def away_reason(self) -> str:
        """What `tell_away` was given last."""
        try:
            return self._away.read_text(errors="replace")
        except FileNotFoundError:
            return NOT_TAKEN

    def request_stop(self, request: str) -> None:
        """Leave the request, "keep" or "cancel", where the worker looks."""
        write_bytes(self._stop, request.encode())

    def stop_request(self) -> str | None:
        """None, "keep" (stop and keep the best) or "cancel"; whatever else stands there is taken for "keep"."""
        try:
            return CANCEL if self._stop.read_bytes() == CANCEL.encode() else KEEP
        except FileNotFoundError:
            return None

    def forget_stop_request(self) -> None:
        self._stop.unlink(missing_ok=True)

    def has_stop_request(self) -> bool:
        """Whether there is any; cheap enough for every training step."""
        return self._stop.exists()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only worker of this run; Busy if there is one already, RunError if the folder is gone."""
        if not self.exists():
            raise self.missing()
        lock = FileLock(self.path / "worker.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise Busy(self.id) from None
        try:
            yield
        finally:
            lock.release()

    def is_held(self) -> bool:
        """Whether a worker is running here, whatever is known of its process."""
        try:
            with self.lock():
                return False
        except Busy:
            return True

    def write_worker(self, process: WorkerProcess) -> None:
        write_json(self._worker, asdict(process))

    def worker(self) -> WorkerProcess | None:
        """What the last worker said about its process; None where it said nothing that can be read."""
        try:
            return WorkerProcess(**read_json(self._worker))
        except (FileNotFoundError, ValueError, TypeError, RecursionError):
            return None
