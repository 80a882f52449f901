"""Zip archives from strangers: how large they would become, before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from denoise_core.errors import DataError
from denoise_core.files.options import MIB, Limits

_HARMLESS = 16 * MIB  # small members may be packed as tightly as they like


DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, IndexError)
"""What zipfile raises for archives that are broken."""


def check_archive(path: Path, limits: Limits, *, name: str) -> None:
    """Raise DataError for a zip archive that is damaged, locked, or unpacks to more than the limits.

    The sizes are what the archive claims; the memory limit of the reading process holds against those that lie.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGED as error:
        raise DataError(f"{name} is a damaged archive. Open it in the program that made it and save it again.") from error
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_bytes:
        raise DataError(
            f"{name} would unpack to {total / MIB:,.0f} MB; at most {limits.unpacked_bytes / MIB:,.0f} MB can be read. "
            "Upload a shorter recording."
        )
    for member in members:
        _check_member(member, limits, name)


def _check_member(member: zipfile.ZipInfo, limits: Limits, name: str) -> None:
    if member.flag_bits & 1:
        raise DataError(f"{name} is protected by a password. Remove the password and save it again.")
    ratio = member.file_size / max(1, member.compress_size)
    if member.file_size > _HARMLESS and ratio > limits.ratio:
        raise DataError(
            f"A part of {name} unpacks to {ratio:,.0f} times its size; at most {limits.ratio} times is read, because "
            "such files can flood a computer. Save the numbers as CSV and upload that."
        )
