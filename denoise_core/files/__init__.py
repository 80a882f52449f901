"""Files: reading uploads in a throw-away process, and writing results the way they came.

Names are looked up when first used, so that the throw-away process starts quickly.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOME = {
    "NO_TIME": "options",
    "Limits": "options",
    "ReadOptions": "options",
    "read": "reading",
    "SAMPLES": "samples",
    "Sample": "samples",
    "sample_path": "samples",
    "denoised_name": "writing",
    "render": "writing",
    "write": "writing",
}

__all__ = sorted(_HOME)

if TYPE_CHECKING:
    from denoise_core.files.options import NO_TIME as NO_TIME
    from denoise_core.files.options import Limits as Limits
    from denoise_core.files.options import ReadOptions as ReadOptions
    from denoise_core.files.reading import read as read
    from denoise_core.files.samples import SAMPLES as SAMPLES
    from denoise_core.files.samples import Sample as Sample
    from denoise_core.files.samples import sample_path as sample_path
    from denoise_core.files.writing import denoised_name as denoised_name
    from denoise_core.files.writing import render as render
    from denoise_core.files.writing import write as write


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'denoise_core.files' has no attribute {name!r}")
    return getattr(importlib.import_module(f"denoise_core.files.{_HOME[name]}"), name)
