"""Uploaded bytes, kept once by their content."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import denoise_core
from denoise_core.errors import RunError
from denoise_core.files.atomic_io import sync, write_bytes, write_json
from denoise_core.jobs.storage import disk_errors
from denoise_core.jobs.storage.arrays import UNREADABLE, load_estimate, save_estimate
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.ids import check_hash, check_id, inside, is_hash, new_id
from denoise_core.series import Estimate

OWNERS = "owners"


@dataclass(frozen=True)
class StoredInput:
    """One upload: its bytes on the disk, when somebody last uploaded it (in seconds since 1970), and whose it is."""

    digest: str
    size: int
    last_put: float
    owners: frozenset[str]


@dataclass(frozen=True)
class RecentInput:
    """One upload as its person knows it."""

    digest: str
    name: str
    last_put: float


class Inputs:
    """``inputs/<sha256>/``: the bytes, and a mark of each person who uploaded them, in which is the name that person knows."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def put(self, data: bytes, name: str, owner: str | None = None) -> str:
        """Keep `data`; ``path(put(data, name)).read_bytes() == data``, also where the disk has damaged what was kept.

        RunError if the disk is full.
        """
        digest = sha256(data)
        folder = self._home.inputs / digest
        try:
            if not folder.exists():
                self._make(folder, data, name)
            elif not _holds(folder / "bytes", digest):
                _fill(folder, data, name)
            if owner is not None:
                (folder / OWNERS).mkdir(exist_ok=True)
                (folder / OWNERS / self.owner_mark(owner)).write_text(name[:255], encoding="utf-8")
            os.utime(folder)
        except OSError as error:
            raise RunError(disk_errors.describe(error)) from None
        return digest

    @staticmethod
    def owner_mark(owner: str) -> str:
        """Stands for a person in the folders of uploads: whoever reads it cannot open that person's runs with it."""
        return hashlib.sha256(owner.encode()).hexdigest()[:24]

    def holds(self, digest: str) -> bool:
        """Whether there is such an upload, damaged or not."""
        return self._folder(digest).exists()

    def stored(self) -> list[StoredInput]:
        """Everything that is kept."""
        return [self._look(self._folder(digest)) for digest in self.all()]

    def recent(self, owner: str, *, most: int) -> list[RecentInput]:
        """What a person uploaded last, the newest first, under that person's own names."""
        found = []
        for digest in self.all():
            mark = self._folder(digest) / OWNERS / self.owner_mark(owner)
            with suppress(OSError):
                found.append(RecentInput(digest, mark.read_text(encoding="utf-8", errors="replace"), mark.stat().st_mtime))
        named = [one for one in found if one.name]
        return sorted(named, key=lambda one: one.last_put, reverse=True)[:most]

    def _look(self, folder: Path) -> StoredInput:
        return StoredInput(
            folder.name, sum(_sizes(folder).values()), self.last_put(folder.name), frozenset(_sizes(folder / OWNERS))
        )

    def path(self, digest: str) -> Path:
        """The file that holds the bytes; RunError if they are no longer kept, or are not what was uploaded."""
        path = self._existing_folder(digest) / "bytes"
        if not _holds(path, digest):
            raise RunError("The uploaded file was damaged on the disk. Upload it again.")
        return path

    def kept_estimate(self, digest: str, name: str) -> Estimate | None:
        """A result that was kept with an upload by this very code; None where there is none that can be read."""
        try:
            return load_estimate(self._folder(digest) / _estimate_file(name))
        except UNREADABLE:
            return None

    def keep_estimate(self, digest: str, name: str, estimate: Estimate) -> None:
        """Keep a result with an upload; a disk that is full, or an upload that is gone, only means that it is made again."""
        with suppress(OSError):
            save_estimate(self._folder(digest) / _estimate_file(name), estimate)

    def last_put(self, digest: str) -> float:
        """When somebody last uploaded these bytes, in seconds since 1970; 0 if never."""
        try:
            return self._folder(digest).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def all(self) -> list[str]:
        """The digests of everything that is kept; whatever else lies there is not ours."""
        return sorted(path.name for path in self._home.inputs.iterdir() if is_hash(path.name))

    def remove(self, digest: str) -> None:
        remove_folder(self._home, self._folder(digest))

    def _folder(self, digest: str) -> Path:
        return inside(self._home.inputs, check_hash(digest))

    def _existing_folder(self, digest: str) -> Path:
        """The folder of these bytes; RunError if they are no longer kept."""
        folder = self._folder(digest)
        if not folder.exists():
            raise RunError("The uploaded file is no longer kept here. Upload it again.")
        return folder

    def _make(self, folder: Path, data: bytes, name: str) -> None:
        part = self._home.parts / new_id()
        try:
            part.mkdir()
            _fill(part, data, name)
            move_in(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _estimate_file(name: str) -> str:
    return f"{check_id(name)}-{_code_version()}.npz"


@cache
def _code_version() -> str:
    """Changes with every file of the program: a result is never taken for that of other code."""
    package = Path(denoise_core.__file__).parent
    files = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".npz", ".onnx"))
    return sha256(repr([(path.name, path.stat().st_mtime_ns) for path in files]).encode())[:12]


def sha256(data: bytes) -> str:
    """The name of these bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _fill(folder: Path, data: bytes, name: str) -> None:
    write_bytes(folder / "bytes", data)
    write_json(folder / "name.json", {"name": name[:255], "size": len(data), "stored": time.time()})


def _sizes(folder: Path) -> dict[str, int]:
    """The files in a folder and how large they are; none if it is not there."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.stat().st_size for entry in entries if entry.is_file()}
    except OSError:
        return {}


def _holds(path: Path, digest: str) -> bool:
    """Whether the bytes of a file are those; takes about as long as reading them."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


def move_in(part: Path, folder: Path) -> None:
    """Let a finished folder appear in its place; where somebody else was first, theirs stays."""
    with suppress(FileExistsError):
        try:
            part.rename(folder)
        except OSError:
            if folder.exists():
                raise FileExistsError(folder) from None
            raise
    sync(folder.parent)


def remove_folder(home: Home, folder: Path) -> None:
    """Let a folder vanish at once, then free its space."""
    part = home.parts / new_id()
    with suppress(FileNotFoundError):
        folder.rename(part)
    shutil.rmtree(part, ignore_errors=True)
