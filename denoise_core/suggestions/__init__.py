"""Settings suggested from the data, each with its reason; and how long a training with them takes."""

from denoise_core.suggestions.dependent import follow
from denoise_core.suggestions.recipes import RECIPES, Recipe
from denoise_core.suggestions.settings import LEAST_SAMPLES, REASONS_DEPEND_ON, SPIKE_SHARE, for_channels, for_goal, suggest

__all__ = [
    "LEAST_SAMPLES",
    "REASONS_DEPEND_ON",
    "RECIPES",
    "SPIKE_SHARE",
    "Recipe",
    "follow",
    "for_channels",
    "for_goal",
    "suggest",
]
