"""From a file on disk to a recording, in this process: what the sandbox runs. Knows every reader."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from denoise_core.files.columns import Table, to_recording
from denoise_core.files.formats.detection import format_of
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.series import Recording

READERS = {
    "text": "text:read_text",
    "workbook": "workbook:read_workbook",
    "parquet": "parquet:read_parquet",
    "npy": "arrays:read_npy",
    "npz": "arrays:read_npz",
    "wav": "sound:read_wav",
}
"""Format -> module and function; a module is imported only for its own files."""

WRITERS = {
    "text": "text_out:write_text",
    "workbook": "workbook_out:write_workbook",
    "parquet": "parquet:write_parquet",
    "npy": "arrays:write_npy",
    "npz": "arrays:write_npz",
    "wav": "sound:write_wav",
}


def parse(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Recording:
    """Read a file without any protection against hostile content.

    Raises
    ------
    DataError
        With what is wrong, where, and what to do.
    """
    reader: Callable[..., Table] = function(READERS[format_of(path, name=name)])
    return to_recording(reader(path, name=name, options=options, limits=limits), options)


def function(place: str) -> Callable[..., Any]:
    """The function at a place such as "text:read_text"."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"denoise_core.files.formats.{module}"), name)
    return found
