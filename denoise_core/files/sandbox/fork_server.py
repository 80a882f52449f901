"""Processes that have the readers in memory and fork for each file: importing them takes longer than reading most files."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import denoise_core

_PARENT_OF_PACKAGE = Path(denoise_core.__file__).resolve().parents[1]  # a checkout, or site-packages
_STARTER = ThreadPoolExecutor(1)
"""Linux ends a child with the thread that started it; this one lasts as long as the process."""


class ForkServer:
    """One such process; it has one fork at a time."""

    def __init__(self) -> None:
        self._process = _STARTER.submit(_start).result()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def fork(self, folder: Path) -> Fork:
        """Have the task done that lies in `folder`."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # where it has died, it says nothing
            self._process.stdin.write(json.dumps(str(folder)).encode() + b"\n")
        said = self.line()
        return Fork(self, pid=int(said)) if said else Fork(self, pid=self.pid, code=1)

    @property
    def pid(self) -> int:
        return self._process.pid

    def line(self, timeout: float | None = None) -> bytes:
        """What it says next, b"" if it died; TimeoutExpired where it says nothing for so many seconds."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self._process.args, timeout or 0.0)
        return self._process.stdout.readline()


class Fork:
    """A process that reads one file: as much of `subprocess.Popen` as is needed."""

    def __init__(self, server: ForkServer, *, pid: int, code: int | None = None) -> None:
        self._server, self.pid, self._code = server, pid, code

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative for a signal; TimeoutExpired where it has none after so many seconds."""
        if self._code is None:
            self._code = int(self._server.line(timeout) or b"1")
        return self._code

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        try:
            return self.wait(timeout=0.0)
        except subprocess.TimeoutExpired:
            return None


def _start() -> subprocess.Popen[bytes]:
    environment = {
        "PYTHONPATH": str(_PARENT_OF_PACKAGE),
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
    }
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "denoise_core.files.sandbox.child", str(os.getpid())],
        cwd="/",
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,  # `select` sees nothing of what lies in a buffer of ours
        start_new_session=True,
    )


_idle: list[ForkServer] = []
_guard = threading.Lock()


def _forget() -> None:
    """In a process that was forked from this one: what runs here answers to this one alone."""
    global _STARTER, _guard
    _STARTER, _guard = ThreadPoolExecutor(1), threading.Lock()
    _idle.clear()


os.register_at_fork(after_in_child=_forget)


def start_ahead() -> None:
    """Have the readers in memory before the first file comes; this does not wait for them."""
    with fork_server():
        pass


@contextmanager
def fork_server() -> Iterator[ForkServer]:
    """One that nobody else has meanwhile."""
    with _guard:
        living = [server for server in _idle if server.is_alive]
        server = living.pop() if living else None
        _idle[:] = living
    server = server or ForkServer()
    try:
        yield server
    finally:
        with _guard:
            _idle.append(server)
