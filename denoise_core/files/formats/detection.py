"""What a file is, by its first bytes and not by its ending."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from denoise_core.errors import DataError
from denoise_core.files.formats.archive import DAMAGED
from denoise_core.files.options import KINDS

_FOREIGN = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive within another",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"ARROW1": "a Feather file",
    b"ORC": "an ORC file",
    b"MDF ": "an MDF file",
    b"fLaC": "a FLAC sound",
    b"OggS": "an Ogg sound",
    b"ID3": "an MP3 sound",
    b"SQLite": "an SQLite database",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"\x80\x04": "a Python pickle",
    b"\x80\x05": "a Python pickle",
    b"{\\rtf": "a formatted document",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
}
_OWN = {
    "hdf5": re.compile(rb"(?s)\x89HDF\r\n\x1a\n|.{512}\x89HDF\r\n\x1a\n"),  # MATLAB 7.3 puts its own header before
    "mat": re.compile(rb"MATLAB 5.0"),
    "tdms": re.compile(rb"TDSm"),
    "edf": re.compile(rb"(?s)(?:0 {7}|\xffBIOSEMI).{160}\d\d\.\d\d\.\d\d\d\d\.\d\d\.\d\d"),
    "uff": re.compile(rb" {4}-1\s*\n\s+\d+"),
    "json": re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\]\"\d-])"),
}


def detect_format(path: Path, *, name: str) -> str:
    """The name in `registry.FORMATS` of the format that a file has.

    Raises
    ------
    DataError
        If it is empty, or of a kind that cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise DataError(f"{name} is empty (0 bytes). Upload a file with at least two rows of numbers.")
    if head.startswith(b"PK"):
        return _zip_format(path, name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(_compound(path, name))
    if head.startswith(b"\x93NUMPY"):
        return "npy"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if own := next((kind for kind, pattern in _OWN.items() if pattern.match(head)), None):
        return own
    if name.lower().endswith(".mat") and not head[:32].isascii():
        return "mat"  # version 4 has no mark
    for mark, kind in _FOREIGN.items():
        if head.startswith(mark):
            raise DataError(f"{name} is {kind}, which cannot be read. Export the numbers as {KINDS}.")
    return "text"


def _zip_format(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except DAMAGED as error:
        raise DataError(f"{name} is a damaged workbook or archive. Open it where it was made and save it again.") from error
    if members & {"xl/workbook.xml", "content.xml"}:
        return "workbook"
    if members and all(member.endswith(".npy") for member in members):
        return "npz"
    raise DataError(f"{name} is a zip archive within another. Unpack it, and upload the file with the numbers ({KINDS}).")


def _compound(path: Path, name: str) -> str:
    with path.open("rb") as file:
        if "EncryptedPackage".encode("utf-16-le") in file.read(2**20):
            return f"{name} is protected by a password. Open it, remove the password (File, Info, Protect), and save it again."
    return f"{name} is an old Excel or Office file. Open it and save it as .xlsx or .csv."
