"""A thread that shows once a second that its process is alive, and notices when the run's folder is gone."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from types import TracebackType

from denoise_core.jobs.storage.process_folder import ProcessFolder

_EVERY_S = 1.0


class Heartbeat:
    """While entered, the time of `job.heartbeat` moves on.

    Attributes
    ----------
    began : float
        In seconds since 1970.
    gone : bool
        Whether the folder has vanished.
    """

    def __init__(self, job: ProcessFolder) -> None:
        self.began = time.time()
        self.gone = False
        self._job = job
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._job.heartbeat.touch()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._ended.wait(_EVERY_S):
            try:
                os.utime(self._job.heartbeat)
            except OSError:
                if not self._job.exists():
                    self.gone = True
                    return
                with suppress(OSError):  # a disk in trouble; if it lasts, the silence tells
                    self._job.heartbeat.touch()
