"""Folders of runs and searches: found by their id, made whole, read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from denoise_core.errors import RunError
from denoise_core.jobs.storage import disk_errors
from denoise_core.jobs.storage.arrays import UNREADABLE
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.ids import check_id, inside, new_id
from denoise_core.jobs.storage.inputs import move_in
from denoise_core.jobs.storage.run_folder import RunFolder, missing_run

_T = TypeVar("_T")


def find_folder(home: Home, run_id: str) -> RunFolder:
    """RunError for an id that is not ours, and for a run that is gone."""
    folder = RunFolder(inside(home.runs, check_id(run_id)))
    if not folder.exists():
        raise missing_run(run_id)
    return folder


def make_folder(home: Home, folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder elsewhere, then move it in: half a run never exists. RunError if the disk is full."""
    part = home.parts / new_id()
    try:
        fill(part)
        move_in(part, folder)
    except OSError as error:
        raise RunError(disk_errors.describe(error)) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def read_folder(home: Home, run_id: str, read: Callable[[RunFolder], _T]) -> _T:
    """What `read` finds in the folder; RunError in words where it is gone, or damaged."""
    try:
        return read(find_folder(home, run_id))
    except FileNotFoundError:
        raise missing_run(run_id) from None
    except IndexError as error:
        raise RunError(f"The run {run_id} has no series number {error}; the first is number 0.") from None
    except UNREADABLE as error:
        raise RunError(f"The files of the run {run_id} cannot be read; they may be damaged ({error}).") from None
