"""What can be taken away besides the denoised series. Knows no page.

Names are looked up when first used, so that a page can read a model file's header without importing torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOME = {"load": "model_file", "save": "model_file", "ModelHeader": "header", "about": "header"}

__all__ = sorted(_HOME)

if TYPE_CHECKING:
    from denoise_core.export.header import ModelHeader as ModelHeader
    from denoise_core.export.header import about as about
    from denoise_core.export.model_file import load as load
    from denoise_core.export.model_file import save as save


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'denoise_core.export' has no attribute {name!r}")
    return getattr(importlib.import_module(f"denoise_core.export.{_HOME[name]}"), name)
