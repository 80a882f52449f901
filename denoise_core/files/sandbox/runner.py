"""Runs the throw-away process that touches uploaded bytes, and turns every way it can end into an answer or a sentence."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from denoise_core.config import parse_untrusted
from denoise_core.errors import DataError
from denoise_core.files.options import Limits
from denoise_core.files.sandbox.fork_server import Fork, fork_server

_LOG = logging.getLogger(__name__)
_OUT_OF_MEMORY = (
    *("MemoryError", "bad_alloc", "malloc of size", "realloc of size", "memory allocation"),
    *("Cannot allocate memory", "failed to map segment"),
)


_LONGEST_ANSWER = 64 << 20
PATIENCE_S = 120.0
"""Longer than two files that take all of their time."""


def places() -> int:
    """How many files may be read at once: one for each core, as long as half of the memory is enough for all of them."""
    by_memory = int(psutil.virtual_memory().total) // 2 // Limits().memory_bytes
    return max(1, min(os.cpu_count() or 1, by_memory))


_PLACES = threading.BoundedSemaphore(places())


def run_child(task: dict[str, Any], folder: Path, *, name: str, limits: Limits) -> dict[str, Any]:
    """Do `task` in a process of its own, under `limits`; `folder` is theirs alone.

    Raises
    ------
    DataError
        If the task says so, takes too long or too much memory, or the process dies; or if too many others are at it.
    """
    if not _PLACES.acquire(timeout=PATIENCE_S):
        raise DataError(f"So many files are being read at the moment that {name} had to wait too long. Try again in a minute.")
    try:
        return _run(task, folder, name=name, limits=limits)
    finally:
        _PLACES.release()


def _run(task: dict[str, Any], folder: Path, *, name: str, limits: Limits) -> dict[str, Any]:
    (folder / "stderr").touch()
    with fork_server() as server:
        (folder / "task.json").write_text(json.dumps(task | {"limits": limits.to_dict(), "parent": server.pid}))
        code = _wait(server.fork(folder), limits.seconds)
    answer = _answer(folder / "answer.json") if code == 0 else None
    if answer is None or "memory" in answer:
        raise DataError(_ending(code, answer, folder, name=name, limits=limits))
    if "error" in answer:
        raise DataError(answer["error"])
    return dict(answer)


def _answer(file: Path) -> dict[str, Any] | None:
    """What the process said; None where it is nothing that ours would say, since a hostile file may have taken it over."""
    try:
        answer = parse_untrusted(file.read_bytes(), longest=_LONGEST_ANSWER)
    except (OSError, ValueError) as error:
        _LOG.warning("the answer cannot be read: %s", error)
        return None
    return answer if isinstance(answer, dict) else None


def _wait(process: Fork, seconds: float) -> int | None:
    """Its exit code, or None if it had to be ended at the end of its time."""
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _ending(code: int | None, answer: dict[str, Any] | None, folder: Path, *, name: str, limits: Limits) -> str:
    """Why there is no answer, in words for the person who uploaded the file."""
    errors = (folder / "stderr").read_text(errors="replace")[-4000:]
    _LOG.warning("reading ended with code %s: %s", code, errors)
    if code in (None, -signal.SIGXCPU, -signal.SIGKILL):
        return f"{name} took longer than {limits.seconds:g} s, so it was stopped. Upload a shorter recording."
    if (answer and "memory" in answer) or any(mark in errors for mark in _OUT_OF_MEMORY):
        size = limits.memory_bytes / 2**30
        return f"{name} needs more than {size:.2g} GB of memory. Upload a shorter recording or fewer columns."
    if os.strerror(errno.EFBIG) in errors:
        return f"{name} unpacks to more than can be kept. Upload a shorter recording or fewer columns."
    return (
        f"{name} could not be read: it is damaged, or not the kind of file that its name says. "
        "Open it in the program that made it, save it again, and upload that file."
    )
