"""Settings in words, as a list of results shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from denoise_core.config.declare import settings
from denoise_core.config.run import RunConfig

_PER_SAMPLE = "cycles/sample"


def in_words(spec: Field[Any], value: Any, *, rate_hz: float | None = None) -> str:
    """One setting: "Window 11 samples", "Threshold Hard"; a frequency in hertz where the sampling rate is known."""
    data = spec.metadata
    if isinstance(value, bool):
        return f"{data['label']} {'on' if value else 'off'}"
    if data["choices"]:
        return f"{data['label']} {data['words'].get(value, value)}"
    unit = data["unit"]
    if unit == _PER_SAMPLE and rate_hz:
        value, unit = value * rate_hz, "Hz"
    number = f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
    return f"{data['label']} {number} {unit}".rstrip()


def settings_in_words(kind: type[Any], values: Mapping[str, Any], *, rate_hz: float | None = None) -> dict[str, str]:
    """Each of `values` that is a field of the dataclass `kind`, by its name; not a 0 that leaves a number to be found.

    What does not count beside the others is left out.
    """
    known = {spec.name: spec for spec in fields(kind)}
    given = {name: value for name, value in values.items() if name in known and not value == known[name].default == 0}
    for name in list(given):
        if (only := known[name].metadata["only_with"]) and values.get(only[0], known[only[0]].default) != only[1]:
            del given[name]
    return {name: in_words(known[name], value, rate_hz=rate_hz) for name, value in given.items()}


def config_in_words(config: RunConfig) -> dict[str, str]:
    """Every setting of a training, by its path."""
    return {path: in_words(spec, value) for path, spec, value in settings(config)}


def choice_in_words(config: RunConfig, path: str) -> str:
    """The words for what was chosen for the setting `path`, such as "LSTM" for "model.backbone"."""
    spec, value = next((spec, value) for at, spec, value in settings(config) if at == path)
    return str(spec.metadata["words"][value])
