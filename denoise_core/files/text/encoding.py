"""The encoding of a text file, and the same text as UTF-8 and back, byte for byte."""

from __future__ import annotations

import codecs
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from denoise_core.errors import DataError
from denoise_core.files.layouts import Encoding

SAMPLE = 256 * 1024
BLOCK = 8 * 1024 * 1024

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")


def find_encoding(path: Path, *, name: str) -> Encoding:
    """The encoding of a whole file; its first odd byte may come late.

    Raises
    ------
    DataError
        If the file is blank, no text, or in an encoding that cannot be told.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
        if not sample.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
            raise DataError(f"{name} is empty. Upload a file with at least two rows of numbers.")
        mark = next((mark for mark in _MARKS if sample.startswith(mark)), b"")
        codec = _MARKS.get(mark) or _wide(sample) or _narrow(file, sample.rstrip(b"\0"), name)
        if mark == codecs.BOM_UTF8:
            _check_utf8(file, name)
    text = sample[len(mark) :].decode(codec, errors="ignore")
    line_end = "\r" if "\r" in text and "\n" not in text else "\n"
    return Encoding(codec=codec, mark=bool(mark), line_end=line_end)


def _check_utf8(file: IO[bytes], name: str) -> None:
    """DataError where the file is not what its mark says."""
    decoder, rows = codecs.getincrementaldecoder("utf-8")(), 1
    file.seek(0)
    while block := file.read(BLOCK):
        try:
            rows += decoder.decode(block).count("\n")
        except UnicodeDecodeError as error:
            row = rows + error.object[: error.start].count(b"\n")
            raise DataError(
                f"{name} is marked as UTF-8, but row {row:,} holds other bytes. Save it as UTF-8 and upload it again."
            ) from None


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of plain text is zero."""
    even, odd = sample[0:2000:2], sample[1:2000:2]
    if odd.count(0) > 0.7 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.7 * len(even) and not odd.count(0) else None


def _narrow(file: IO[bytes], sample: bytes, name: str) -> str:
    if _CONTROL.search(sample):
        raise DataError(
            f"{name} is not a text file: it holds control bytes. Export the numbers as CSV, or give the file the right extension."
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    while block := file.read(BLOCK):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            around = error.object[max(0, error.start - 4096) : error.start + 4096]
            return _eight_bit(sample[:4096] + around, sample, name)
    return "utf-8"


def _eight_bit(text: bytes, sample: bytes, name: str) -> str:
    """cp1252 for a few umlauts and signs among plain letters, else what charset-normalizer makes of it."""
    odd = b"\n".join(line for line in text.split(b"\n") if not line.isascii())
    high, letters = len(re.findall(rb"[\x80-\xff]", odd)), len(re.findall(rb"[A-Za-z]", odd))
    if high <= letters and not re.search(rb"[\x81\x8d\x8f\x90\x9d]", odd):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(text).best()
    sure = best and from_bytes(odd, cp_isolation=[best.encoding]).best()
    if best is None or not sure or sure.chaos > 0.1:
        place = next((i for i, byte in enumerate(sample) if byte > 127), len(sample))
        row = sample[:place].count(b"\n") + 1
        raise DataError(f"{name} uses an unknown encoding (row {row:,}). Save it as UTF-8 and upload it again.")
    return str(best.encoding)


def as_utf8(path: Path, encoding: Encoding) -> IO[bytes]:
    """The text as UTF-8 without mark, its lines ended by line feeds; a file that is so already is not copied."""
    if encoding.codec == "utf-8" and encoding.line_end == "\n":
        file = path.open("rb")
        file.seek(len(codecs.BOM_UTF8) if encoding.mark else 0)
        return file
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 the caller closes it
    copy.writelines(text.encode("utf-8") for text in _decode_blocks(path, encoding))
    copy.seek(0)
    return copy


def _decode_blocks(path: Path, encoding: Encoding) -> Iterator[str]:
    start = True
    with path.open("r", encoding=encoding.codec, newline="") as text:
        while block := _block(text, encoding):
            if start and encoding.mark:
                block = block.removeprefix("\ufeff")
            start = False
            yield block.replace("\r", "\n") if encoding.line_end == "\r" else block


def _block(text: IO[str], encoding: Encoding) -> str:
    try:
        return text.read(BLOCK)
    except UnicodeError as error:
        raise DataError(
            f"Some of the text is not {encoding.codec} ({error}). Save the file as UTF-8 and upload it again."
        ) from None


def from_utf8(parts: Iterable[bytes], encoding: Encoding) -> Iterator[bytes]:
    """The inverse of `as_utf8` for parts that end with whole characters."""
    if encoding.mark:
        yield "\ufeff".encode(encoding.codec)
    plain = encoding.codec == "utf-8" and encoding.line_end == "\n"
    for part in parts:
        yield part if plain else part.decode("utf-8").replace("\n", encoding.line_end).encode(encoding.codec)
