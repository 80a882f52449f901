"""Make sure that a supervisor is running. Cheap enough for every run of a page; never ends one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from filelock import FileLock, Timeout

from denoise_core.errors import RunError
from denoise_core.jobs.scheduling.process import import_path
from denoise_core.jobs.storage import disk_errors
from denoise_core.jobs.storage.home import Home, check_settings

COMMAND = (sys.executable, "-P", "-m", "denoise_core", "supervisor")

ELSEWHERE = "elsewhere"
"""As ``$DENOISE_SUPERVISOR``: it is a service of its own, and is never started from here."""

RETRY_S = 10.0
"""Seconds from the start of a supervisor that has failed to the start of the next."""

_guard = threading.Lock()
_started: dict[Path, tuple[subprocess.Popen[bytes], float]] = {}


def ensure_supervisor(path: Path | str | None = None) -> None:
    """Start a supervisor for that data folder unless one is there, and let the one there know that a page is open.

    Two processes that call at once start one each at worst; the second finds the lock taken and ends.

    Raises
    ------
    RunError
        If the data folder cannot be used, a setting of the machine is wrong, or the supervisor fails as soon as it starts.
    """
    home = Home.at(path)
    check_settings()
    try:
        home.last_visit.touch()
        with _guard:
            _start_if_none(home)
    except OSError as error:
        raise RunError(disk_errors.describe(error)) from None


def _start_if_none(home: Home) -> None:
    if os.environ.get("DENOISE_SUPERVISOR") == ELSEWHERE:
        if not _is_running(home):
            raise RunError("The service that starts trainings is not running. Ask whoever runs this app to start it.")
        return
    child, began = _started.get(home.path, (None, 0.0))
    if (child is not None and child.poll() is None) or _is_running(home):
        return
    failed = child is not None and child.returncode > 0
    if failed and time.monotonic() - began < RETRY_S:
        raise RunError(f"The program that starts trainings fails. The last lines of {home.log} say why.")
    _started[home.path] = _start(home), time.monotonic()


def _is_running(home: Home) -> bool:
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
            env={**os.environ, **import_path(), "DENOISE_HOME": str(home.path)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
