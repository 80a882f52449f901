"""Every setting of a run, declared once."""

from denoise_core.config.declare import Searched, as_type_of, problem, setting, settings, unknown, wrong_type
from denoise_core.config.groups import (
    GROUPS,
    InputConfig,
    ModelConfig,
    NoiseConfig,
    ObjectiveConfig,
    ScalingConfig,
    SplitConfig,
    TrainingConfig,
    WindowConfig,
)
from denoise_core.config.objectives import OBJECTIVES, Objective
from denoise_core.config.run import POINT_LOSSES, RunConfig
from denoise_core.config.untrusted_json import parse_untrusted
from denoise_core.config.wording import choice_in_words, config_in_words, settings_in_words

__all__ = [
    "GROUPS",
    "OBJECTIVES",
    "POINT_LOSSES",
    "InputConfig",
    "ModelConfig",
    "NoiseConfig",
    "Objective",
    "ObjectiveConfig",
    "RunConfig",
    "ScalingConfig",
    "Searched",
    "SplitConfig",
    "TrainingConfig",
    "WindowConfig",
    "as_type_of",
    "choice_in_words",
    "config_in_words",
    "parse_untrusted",
    "problem",
    "setting",
    "settings",
    "settings_in_words",
    "unknown",
    "wrong_type",
]
