"""Make sure that a supervisor is at work. Cheap enough for every run of a page; never ends one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from denoise_core.errors import RunError
from denoise_core.jobs.scheduling.process import PROJECT
from denoise_core.jobs.storage.atomic_io import in_words
from denoise_core.jobs.storage.home import Home

COMMAND = (sys.executable, "-m", "denoise_core", "supervisor")

_guard = threading.Lock()
_started: dict[Path, subprocess.Popen[bytes]] = {}


def ensure_supervisor(path: Path | str | None = None) -> None:
    """Start a supervisor for that data folder unless one is there, and let the one there know that a page is open.

    Two processes that call at once start one each at worst; the second finds the lock taken and ends.
    RunError if the data folder cannot be used.
    """
    home = Home.at(path)
    try:
        home.touched.touch()
        with _guard:
            child = _started.get(home.path)
            if (child is None or child.poll() is not None) and not _held(home):
                _started[home.path] = _start(home)
    except OSError as error:
        raise RunError(in_words(error)) from None


def _held(home: Home) -> bool:
    """Whether somebody holds the supervisor's lock; a supervisor waits a little for it, so looking does no harm."""
    lock = FileLock(home.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def _start(home: Home) -> subprocess.Popen[bytes]:
    with home.log.open("ab") as log:
        return subprocess.Popen(
            [*COMMAND, str(home.path)],
            cwd=PROJECT,
            env={**os.environ, "DENOISE_HOME": str(home.path)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
