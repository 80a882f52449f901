"""The settings of a training: from a file, a recipe or the data, with the changes of the command line."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from denoise_core.config import RunConfig, unknown
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError, SettingsError
from denoise_core.series import Series
from denoise_core.suggestions import RECIPES, for_channels, for_goal

USUAL = "suggested"


def config_for(data: TrainingSet, arguments: Namespace) -> RunConfig:
    """Every setting, checked against the data.

    Raises
    ------
    SettingsError
        If a setting is unknown, out of range, or does not fit the data.
    DataError
        If the settings file cannot be read.
    """
    settings = changes(arguments)
    asked = {"training.device": arguments.device, "training.minutes": arguments.minutes}
    settings |= {path: value for path, value in asked.items() if value is not None}
    if data.clean and arguments.config is None:
        settings = {"objective.kind": "supervised"} | settings
    start = for_channels(_start(data.to_denoise[0], arguments), data.channels)
    if (goal := settings.get("objective.kind")) in OBJECTIVES:
        start = for_goal(start, goal)
    return _apply_changes(start, settings).check(samples=min(map(len, data.noisy)))


def recipe(name: str, series: Series) -> RunConfig:
    """The settings of one of `suggestions.RECIPES` for a series; SettingsError if there is none of that name."""
    if name not in RECIPES:
        raise SettingsError([f"{unknown(name, RECIPES, what='recipe')} The recipes are: {', '.join(RECIPES)}."])
    return RECIPES[name].fill(series)


def for_twins(config: RunConfig) -> RunConfig:
    """The settings with half of the time budget, for two trainings: the second is there to judge the first."""
    return config.replace("training.minutes", 0.5 * config.training.minutes)


def changes(arguments: Namespace) -> dict[str, Any]:
    """What --set asks for, by name."""
    found = {}
    for word in arguments.changes:
        name, equals, value = word.partition("=")
        if not equals:
            raise SettingsError([f"--set {word} has no value: write --set NAME=VALUE, for example --set window=21."])
        found[name] = _value(value)
    return found


def _start(series: Series, arguments: Namespace) -> RunConfig:
    if arguments.config is not None:
        return RunConfig.from_json(_text(arguments.config))
    return recipe(arguments.recipe or USUAL, series)


def _apply_changes(config: RunConfig, settings: dict[str, Any]) -> RunConfig:
    raw = json.loads(config.to_json())
    for path, value in settings.items():
        group, _, name = path.partition(".")
        raw.setdefault(group, {})[name] = value
    return RunConfig.from_json(json.dumps(raw))


def _value(word: str) -> Any:
    """A number if the word is one, else the word."""
    try:
        return json.loads(word)
    except ValueError:
        return word


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as a settings file ({error}). Check the path.") from None
