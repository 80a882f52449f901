"""Every setting of a run, declared once. Knows neither torch nor streamlit."""

from denoise_core.config.declare import as_type_of, problem, setting, settings, unknown, wrong_type
from denoise_core.config.groups import (
    GROUPS,
    InputConfig,
    ModelConfig,
    ObjectiveConfig,
    ScalingConfig,
    SplitConfig,
    TrainingConfig,
    WindowConfig,
)
from denoise_core.config.rules import POINT_LOSSES
from denoise_core.config.run import RunConfig

__all__ = [
    "GROUPS",
    "POINT_LOSSES",
    "InputConfig",
    "ModelConfig",
    "ObjectiveConfig",
    "RunConfig",
    "ScalingConfig",
    "SplitConfig",
    "TrainingConfig",
    "WindowConfig",
    "as_type_of",
    "problem",
    "setting",
    "settings",
    "unknown",
    "wrong_type",
]
