"""The settings of a training: from a file, a recipe or the data, with the changes of the command line."""

from __future__ import annotations

import json
import math
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from denoise_core.config import NoiseConfig, RunConfig, unknown
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError, SettingsError
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Series
from denoise_core.signals.added_noise import AddedNoise
from denoise_core.suggestions import RECIPES, for_channels, for_goal
from denoise_core.suggestions.settings import suggest_untaught
from denoise_core.tuning.plan import PRESETS, Budget, Plan
from denoise_core.tuning.space import Space

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
    settings = {f"noise.{name}": value for name, value in stated_changes(arguments).items()} | changes(arguments)
    asked = {"training.device": arguments.device, "training.minutes": arguments.minutes}
    settings |= {path: value for path, value in asked.items() if value is not None}
    if data.clean and arguments.config is None:
        settings = {"objective.kind": "supervised"} | settings
    start = for_channels(_start(data.to_denoise[0], arguments), data.channels)
    if (goal := settings.get("objective.kind")) in OBJECTIVES:
        start = for_goal(start, goal)
    return _apply_changes(start, settings).check(samples=min(map(len, data.noisy)))


def recipe(name: str, series: Series, stated: NoiseConfig = NO_STATEMENT) -> RunConfig:
    """The settings of one of `suggestions.RECIPES` for a series; SettingsError if there is none of that name."""
    if name not in RECIPES:
        raise SettingsError([f"{unknown(name, RECIPES, what='recipe')} The recipes are: {', '.join(RECIPES)}."])
    return RECIPES[name].fill(series, stated=stated)


def stated_noise(arguments: Namespace, start: NoiseConfig = NO_STATEMENT) -> NoiseConfig:
    """`start` with what the options say of the noise, and what they ask to remove."""
    return replace(start, **stated_changes(arguments))


def stated_changes(arguments: Namespace) -> dict[str, Any]:
    """The settings of the group "noise" that the options change, by name.

    Raises
    ------
    SettingsError
        If --noise-from is no stretch, or --noise-level is not above 0.
    """
    found: dict[str, Any] = {f"remove_{name}": True for name in ("hum", "drift") if getattr(arguments, f"remove_{name}")}
    if arguments.noise_level is not None:
        if not 0.0 < arguments.noise_level < math.inf:
            raise SettingsError([f"--noise-level {arguments.noise_level:g} must be above 0: it is the sd of the noise."])
        found["level"] = arguments.noise_level
    if arguments.noise_from is not None:
        found["start"], found["stop"] = _stretch(arguments.noise_from)
    return found


def known_noise(word: str) -> AddedNoise:
    """What --known-noise says; SettingsError where it is no kind of noise with its SNR."""
    kind, _, decibels = word.partition(":")
    try:
        return AddedNoise(kind=kind, snr_db=float(decibels))
    except ValueError:
        raise SettingsError([f"--known-noise {word} should be a kind of noise and its SNR in dB, such as white:10."]) from None


def _stretch(word: str) -> tuple[float, float]:
    try:
        start, stop = map(float, word.split(":"))
    except ValueError:
        raise SettingsError([f"--noise-from {word} is no stretch: write START:STOP, for example 0:2.5."]) from None
    if not start < stop or not math.isfinite(stop - start):
        raise SettingsError([f"--noise-from {word} is empty: START must lie before STOP."])
    return start, stop


def for_twins(config: RunConfig) -> RunConfig:
    """The settings with half of the time budget, for two trainings: the second is there to judge the first."""
    return config.replace("training.minutes", 0.5 * config.training.minutes)


def search_plan(series: Series, config: RunConfig, arguments: Namespace, minutes: float | None) -> Plan:
    """What a search is to do, from the options; a limit of trials alone leaves the time open, as a grid does."""
    open_ended = minutes is None and (arguments.trials or arguments.sampler == "grid")
    preset = PRESETS[arguments.preset]
    limit = 0.0 if open_ended else preset.minutes if minutes is None else minutes
    suggested = not arguments.changes and arguments.config is None
    options: dict[str, Any] = {"sampler": arguments.sampler, "pruner": arguments.pruner, "suggested": suggested}
    if arguments.vary:
        options["space"] = Space.of(dict(map(_varied, arguments.vary)), config)
    also = [suggest_untaught(series, stated=config.noise)] if suggested else []
    return preset.plan(config, budget=Budget(minutes=limit, trials=arguments.trials), also=also, **options)


def _varied(word: str) -> tuple[str, Any]:
    """A setting, and the values that --vary names for it: a range, a list, or None."""
    name, equals, text = word.partition("=")
    if not equals:
        return name, None
    low, colon, high = text.partition(":")
    return name, (_value(low), _value(high)) if colon else [_value(one) for one in text.split(",") if one]


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
    return recipe(arguments.recipe or USUAL, series, stated_noise(arguments))


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
