"""One file packed as .gz or .zip: unpacked within the limits, and a result packed the same way."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from denoise_core.errors import DataError
from denoise_core.files.formats.archive import DAMAGED, check_archive
from denoise_core.files.options import MIB, Limits

_HARMLESS = 16 * MIB
_NO_FILES = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@contextmanager
def unpacked(path: Path, *, name: str, limits: Limits) -> Iterator[tuple[Path, str]]:
    """A file as it is, or what is packed in it; and how it is packed: "gz", "zip" or "".

    Raises
    ------
    DataError
        If the file is damaged, unpacks to more than the limits, or holds several files.
    """
    packed = packing(path)
    if not packed:
        yield path, ""
        return
    with tempfile.NamedTemporaryFile() as copy:
        try:
            if packed == "gz":
                with gzip.open(path) as content:
                    _copy(content, copy.file, path.stat().st_size, limits, name=name)
            else:
                check_archive(path, limits, name=name)
                with zipfile.ZipFile(path) as archive, archive.open(_only_member(archive, name)) as content:
                    _copy(content, copy.file, path.stat().st_size, limits, name=name)
        except (*DAMAGED, EOFError, zlib.error) as error:
            raise DataError(f"{name} is damaged: it cannot be unpacked. Pack the file again, or upload it as it is.") from error
        copy.flush()
        yield Path(copy.name), packed


def packing(path: Path) -> str:
    """How a file is packed: "gz", "zip" or not; workbooks and NPZ files, which are zip archives too, are not."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.namelist()
        except DAMAGED:
            return ""
        whole = {"xl/workbook.xml", "content.xml"} & set(members) or all(member.endswith(".npy") for member in members)
        return "" if whole else "zip"
    return ""


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith(_NO_FILES[0]) and not member.filename.endswith(_NO_FILES[1:])
    ]
    if len(members) != 1:
        shown = ", ".join(member.filename for member in members[:4])
        raise DataError(
            f"{name} is a zip archive of {len(members):,} files ({shown}). Unpack it, and upload the one with the numbers."
        )
    return members[0]


def _copy(content: IO[bytes] | gzip.GzipFile, out: IO[bytes], packed: int, limits: Limits, *, name: str) -> None:
    size = 0
    while block := content.read(MIB):
        size += len(block)
        if size > limits.unpacked_bytes or (size > _HARMLESS and size > limits.ratio * packed):
            raise DataError(
                f"{name} unpacks to more than {size / MIB:,.0f} MB, {size / max(1, packed):,.0f} times its size. "
                "Upload a shorter recording, or the file as it is."
            )
        out.write(block)


def repack(result: Path, like: Path, target: Path, *, packed: str) -> None:
    """`result` as `target`, packed as `like` is."""
    if packed == "gz":
        with result.open("rb") as content, gzip.open(target, "wb") as out:
            shutil.copyfileobj(content, out)
        return
    with zipfile.ZipFile(like) as archive:
        member = _only_member(archive, "The file").filename
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(result, member)
