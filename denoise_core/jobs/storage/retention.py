"""What is taken away, and when: ended runs after `keep_days`, uploads that no run needs, leftovers."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from denoise_core.files.reading import PREFIX
from denoise_core.jobs.spec import Entry
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.inputs import Inputs, remove_folder
from denoise_core.jobs.storage.run_folder import RunFolder

DAY_S = 86_400.0
UPLOAD_DAYS = 7.0
"""Days that an upload is kept which no run was made from."""


def remove(home: Home, folder: RunFolder) -> None:
    """Take a run's folder away at once; a worker in it notices within a second and ends."""
    remove_folder(home, folder.path)


def prune(home: Home, entries: Iterable[Entry], *, days: float, now: float) -> None:
    """Apply the policy; ``days == 0`` keeps runs for ever.

    Parameters
    ----------
    entries : iterable of Entry
        All runs that there are.
    now : float
        In seconds since 1970.
    """
    needed = set()
    for entry in entries:
        if days and entry.status.ended is not None and entry.status.ended < now - days * DAY_S:
            remove(home, RunFolder(home.runs / entry.id))
        else:
            needed.add(entry.spec.source.input)
    _prune_inputs(Inputs(home), needed, now - UPLOAD_DAYS * DAY_S)
    _prune_parts(home, now - DAY_S)
    _prune_temporary(now - DAY_S)


def _prune_inputs(inputs: Inputs, needed: set[str | None], before: float) -> None:
    for digest in inputs.all():
        if digest not in needed and inputs.last_put(digest) < before:
            inputs.remove(digest)


def _prune_temporary(before: float) -> None:
    """What readers left in the temporary folder when the process that had started them was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)


def _prune_parts(home: Home, before: float) -> None:
    for part in os.scandir(home.parts):
        if part.stat().st_mtime < before:
            shutil.rmtree(part.path, ignore_errors=True)
