"""From a file on disk to a recording, in this process: what the sandbox runs."""

from __future__ import annotations

from pathlib import Path

from denoise_core.files.formats.detection import detect_format
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
    reader = FORMATS[detect_format(path, name=name)].read
    return to_recording(reader(path, name=name, options=options, limits=limits), options)
