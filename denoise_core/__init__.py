"""Denoise a 1-D time series without clean data.

Names are looked up when first used, so that importing this package imports neither torch nor scipy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOME = {
    "RunConfig": "config",
    "DenoiseError": "errors",
    "DataError": "errors",
    "SettingsError": "errors",
    "RunError": "errors",
    "Recording": "series",
    "Series": "series",
    "TimeAxis": "series",
    "Estimate": "series",
    "ReadOptions": "files",
    "read": "files",
    "write": "files",
    "METHODS": "methods",
    "denoise": "methods",
    "suggest": "suggestions",
    "TrainingSet": "training_set",
    "train": "training",
    "fit": "training",
    "TrainedDenoiser": "inference",
    "load": "export",
    "score": "assess",
}

__all__ = sorted(_HOME)

if TYPE_CHECKING:
    from denoise_core.assess import score as score
    from denoise_core.config import RunConfig as RunConfig
    from denoise_core.errors import DataError as DataError
    from denoise_core.errors import DenoiseError as DenoiseError
    from denoise_core.errors import RunError as RunError
    from denoise_core.errors import SettingsError as SettingsError
    from denoise_core.export import load as load
    from denoise_core.files import ReadOptions as ReadOptions
    from denoise_core.files import read as read
    from denoise_core.files import write as write
    from denoise_core.inference import TrainedDenoiser as TrainedDenoiser
    from denoise_core.methods import METHODS as METHODS
    from denoise_core.methods import denoise as denoise
    from denoise_core.series import Estimate as Estimate
    from denoise_core.series import Recording as Recording
    from denoise_core.series import Series as Series
    from denoise_core.series import TimeAxis as TimeAxis
    from denoise_core.suggestions import suggest as suggest
    from denoise_core.training import fit as fit
    from denoise_core.training import train as train
    from denoise_core.training_set import TrainingSet as TrainingSet


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'denoise_core' has no attribute {name!r}")
    return getattr(importlib.import_module(f"denoise_core.{_HOME[name]}"), name)
