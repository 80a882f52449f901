"""From a file on disk to a recording, in this process: what the sandbox runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from denoise_core.files.formats.detection import detect_format
from denoise_core.files.formats.packed import unpacked
from denoise_core.files.formats.registry import FORMATS
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.recording import to_recording
from denoise_core.series import Recording


def parse(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Recording:
    """Read a file without any protection against hostile content.

    Raises
    ------
    DataError
        With what is wrong, where, and what to do.
    """
    with unpacked(path, name=name, limits=limits) as (inner, packed):
        reader = FORMATS[detect_format(inner, name=name)].read
        recording = to_recording(reader(inner, name=name, options=options, limits=limits), options)
    if not packed or recording.layout is None:
        return recording
    notes = (f"Unpacked from {packed}; results are packed again.", *recording.notes)
    return replace(recording, layout=replace(recording.layout, packed=packed), notes=notes)
