"""What is taken away, and when: ended runs after `keep_days`, discarded ones, uploads that no run needs, leftovers."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from denoise_core.errors import RunError
from denoise_core.files.reading import PREFIX
from denoise_core.jobs.spec import QUEUED, Entry
from denoise_core.jobs.storage.catalogue import read_entry
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.inputs import Inputs, move_in, remove_folder
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.jobs.storage.study_folder import StudyFolder

DAY_S = 86_400.0
UPLOAD_DAYS = 7.0
"""Days that an upload is kept which no run was made from."""
DISCARDED_S = 3600.0
"""Seconds in which discarding a run can be taken back."""


def remove(home: Home, folder: RunFolder) -> None:
    """Take a run's folder away at once; a worker in it notices within a second and ends."""
    remove_folder(home, folder.path)


def discard(home: Home, folder: RunFolder) -> None:
    """Take a run's folder away as `remove` does, but keep it for `DISCARDED_S`."""
    kept = home.discarded / folder.id
    shutil.rmtree(kept, ignore_errors=True)
    folder.path.rename(kept)
    os.utime(kept)


def restore(home: Home, run_id: str) -> bool:
    """Put a discarded run back, into the queue if it had not ended; whether it was still there."""
    kept = RunFolder(home.discarded / run_id)
    if not left_s(home, run_id) or not kept.exists():
        return False
    status = kept.status()
    if status.ended is None:
        kept.forget_stop_request()
        kept.write(replace(status, state=QUEUED, reason=""))
    move_in(kept.path, home.runs / run_id)
    return True


def left_s(home: Home, run_id: str) -> float:
    """Seconds in which a run can still be restored; 0 if it cannot, or was not discarded."""
    try:
        discarded = (home.discarded / run_id).stat().st_mtime
    except FileNotFoundError:
        return 0.0
    return max(0.0, discarded + DISCARDED_S - time.time())


def prune(home: Home, entries: Iterable[Entry], *, days: float, now: float) -> None:
    """Apply the policy; ``days == 0`` keeps runs for ever.

    Parameters
    ----------
    entries : iterable of Entry
        All runs that there are.
    now : float
        In seconds since 1970.
    """
    needed = _prune_discarded(home)
    for entry in entries:
        if days and entry.status.ended is not None and entry.status.ended < now - days * DAY_S:
            remove(home, RunFolder(home.runs / entry.id))
        else:
            needed.add(entry.spec.source.input)
    needed |= _prune_studies(home, days * DAY_S, now)
    _prune_inputs(Inputs(home), needed, now - UPLOAD_DAYS * DAY_S)
    _prune_parts(home, now - DAY_S)
    _prune_temporary(now - DAY_S)


def _prune_discarded(home: Home) -> set[str | None]:
    """Take those away that nobody can restore any more; the uploads that the others need."""
    entries = {path: read_entry(RunFolder(path)) for path in home.discarded.iterdir()}
    late = {path for path in entries if not left_s(home, path.name)}
    needed = {entry.spec.source.input for path, entry in entries.items() if entry and path not in late}
    for path in late:
        remove_folder(home, path)
    return needed


def _prune_studies(home: Home, kept_s: float, now: float) -> set[str | None]:
    """Take those away that ended long ago, after their trials; the uploads that the others need."""
    needed: set[str | None] = set()
    for path in home.studies.iterdir():
        folder = StudyFolder(path)
        ended = folder.status().ended
        if kept_s and ended is not None and ended < now - kept_s:
            remove_folder(home, path)
            continue
        with suppress(RunError):
            needed.add(folder.spec().source.input)
    return needed


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
