"""Every setting of a run, declared once with default, range, unit and help. Knows neither torch nor streamlit."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, cast

from denoise_core.errors import SettingsError


def setting(
    default: Any,
    *,
    label: str,
    help: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    log: bool = False,
) -> Any:
    """A dataclass field that carries what a form, a check and the command line need to know."""
    metadata = {"label": label, "help": help, "low": low, "high": high, "choices": choices, "unit": unit, "log": log}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class ScalingConfig:
    kind: str = setting(
        "standard",
        label="Scaling",
        choices=("standard", "minmax", "robust", "none"),
        help="How values are brought to a common size before the network sees them. Robust ignores spikes.",
    )


@dataclass(frozen=True, kw_only=True)
class WindowConfig:
    length: int = setting(
        128,
        label="Window length",
        unit="samples",
        low=16,
        high=2048,
        help="How many samples the network sees at once. A few periods of the slowest rhythm is a good choice.",
    )
    overlap: float = setting(
        0.5,
        label="Window overlap",
        low=0.0,
        high=0.9,
        help="Share of a window that the next one repeats. More overlap, more windows in each epoch.",
    )

    @property
    def hop(self) -> int:
        """Samples between the starts of neighbouring windows; at least 1."""
        return max(1, round(self.length * (1.0 - self.overlap)))


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    backbone: str = setting(
        "lstm", label="Network", choices=("lstm",), help="The kind of network that reads the series from both sides."
    )
    hidden_size: int = setting(
        64,
        label="Hidden size",
        unit="cells",
        low=4,
        high=512,
        help="Memory cells in each layer. More cells learn finer shapes and need more data and time.",
    )
    layers: int = setting(2, label="Layers", low=1, high=4, help="LSTM layers on top of each other, in each direction.")
    dropout: float = setting(
        0.0,
        label="Dropout",
        low=0.0,
        high=0.8,
        help="Share of signals switched off at random between layers, against learning by heart. Needs two layers.",
    )
    baseline: str = setting(
        "none",
        label="Starting point",
        choices=("none", "linear"),
        help="What the network corrects: nothing, or the best weighted mean of the neighbours. Linear suits weak noise.",
    )
    gap: int = setting(
        1,
        label="Blind gap",
        unit="samples",
        low=1,
        high=64,
        help="How near a sample's neighbours must be to be hidden from its own prediction. 1 hides only the sample itself.",
    )


@dataclass(frozen=True, kw_only=True)
class ObjectiveConfig:
    kind: str = setting(
        "blind_spot",
        label="Learning goal",
        choices=("blind_spot",),
        help="Predict each sample from those before and after it: noise cannot be predicted, so what can be is the signal.",
    )
    loss: str = setting(
        "gaussian",
        label="Loss",
        choices=("gaussian",),
        help="Gaussian likelihood: the network also says how sure it is, and that is used to put the own sample back in.",
    )


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    epochs: int = setting(28, label="Epochs", low=1, high=2000, help="Rounds of training; the best one is kept.")
    steps_per_epoch: int = setting(
        5, label="Steps per epoch", low=1, high=2000, help="Learning steps in each round, one batch of windows each."
    )
    batch_size: int = setting(
        32, label="Batch size", unit="windows", low=1, high=4096, help="Windows that are learnt from at the same time."
    )
    learning_rate: float = setting(
        1e-2, label="Learning rate", low=1e-5, high=0.3, log=True, help="Size of a learning step at its largest."
    )
    weight_decay: float = setting(
        1e-3, label="Weight decay", low=0.0, high=1.0, help="Pulls weights towards zero, against learning by heart."
    )
    gradient_clip: float = setting(1.0, label="Gradient clip", low=0.01, high=100.0, help="Largest length of one gradient.")
    patience: int = setting(
        12, label="Patience", unit="epochs", low=1, high=2000, help="Stop after this many epochs without a better one."
    )
    valid_share: float = setting(
        0.15,
        label="Held-out share",
        low=0.02,
        high=0.5,
        help="Share of samples never learnt from, by which the best epoch is chosen.",
    )
    valid_block: int = setting(
        16, label="Held-out block", unit="samples", low=1, high=1024, help="Length of each held-out stretch."
    )
    seed: int = setting(0, label="Seed", low=0, high=2**31 - 1, help="The same seed on the same machine gives the same result.")
    device: str = setting(
        "auto",
        label="Device",
        choices=("auto", "cuda", "mps", "cpu"),
        help="Where to train. Auto takes an NVIDIA GPU, else an Apple GPU, else the processor.",
    )

    @property
    def steps(self) -> int:
        """All optimiser steps of a full run."""
        return self.epochs * self.steps_per_epoch


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """All settings of one training. `reasons` says in words why a setting was suggested ("window.length" -> sentence)."""

    scaling: ScalingConfig = ScalingConfig()
    window: WindowConfig = WindowConfig()
    model: ModelConfig = ModelConfig()
    objective: ObjectiveConfig = ObjectiveConfig()
    training: TrainingConfig = TrainingConfig()
    reasons: Mapping[str, str] = field(default_factory=dict, compare=False)

    def problems(self, *, samples: int | None = None) -> list[str]:
        """Every fault with its value, limit and remedy; empty if there is none. `samples` is the length of the series."""
        found = [p for path, spec, value in settings(self) if (p := problem(path, spec, value))]
        if found:
            return found
        if self.model.dropout > 0 and self.model.layers == 1:
            found.append("model.dropout acts between layers, and there is one layer: set dropout to 0 or layers to 2.")
        if self.model.gap * 2 >= self.window.length:
            found.append(
                f"model.gap = {self.model.gap} hides half the window of {self.window.length}: "
                f"set it below {self.window.length // 2} or lengthen the window."
            )
        if samples is not None and self.window.length > samples:
            found.append(
                f"window.length = {self.window.length} exceeds the {samples} samples of the series: set it to {samples} or less."
            )
        return found

    def check(self, *, samples: int | None = None) -> RunConfig:
        """Itself, or SettingsError with every fault."""
        if found := self.problems(samples=samples):
            raise SettingsError(found)
        return self

    def changed(self, path: str, value: Any) -> RunConfig:
        """A copy with one setting replaced: ``config.changed("window.length", 64)``."""
        group, name = path.split(".")
        return replace(self, **{group: replace(getattr(self, group), **{name: value})})

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """Read what `to_json` wrote; missing settings take their default.

        Raises
        ------
        SettingsError
            If the text is not JSON, or a name is unknown, or a value has the wrong type or is out of range.
        """
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise SettingsError([f"The settings are not valid JSON ({error})."]) from None
        if not isinstance(raw, dict):
            raise SettingsError(["The settings must be a JSON object, as the app's settings file is."])
        faults: list[str] = []
        config = _parse(raw, faults)
        if faults:
            raise SettingsError(faults)
        return config.check()


def settings(config: RunConfig) -> Iterator[tuple[str, Field[Any], Any]]:
    """Every setting as (path such as "window.length", dataclass field with its metadata, value)."""
    for group in fields(config):
        part = getattr(config, group.name)
        if is_dataclass(part):
            for item in fields(part):
                yield f"{group.name}.{item.name}", item, getattr(part, item.name)


def problem(path: str, spec: Field[Any], value: Any) -> str | None:
    """What is wrong with the value of one setting, or None."""
    choices = cast(tuple[str, ...], spec.metadata["choices"])
    if choices:
        return None if value in choices else f"{path} = {value!r} is not one of {', '.join(choices)}."
    low, high = spec.metadata["low"], spec.metadata["high"]
    if not math.isfinite(value):
        return f"{path} = {value} is not a number: set it between {low:g} and {high:g}."
    if value < low:
        return f"{path} = {value} is below {low:g}: set it between {low:g} and {high:g}."
    if value > high:
        return f"{path} = {value} is above {high:g}: set it between {low:g} and {high:g}."
    return None


def _parse(raw: dict[str, Any], faults: list[str]) -> RunConfig:
    config = RunConfig()
    known = {path: value for path, _, value in settings(config)}
    groups = {path.split(".")[0] for path in known}
    for group, part in raw.items():
        if group == "reasons" and isinstance(part, dict):
            config = replace(config, reasons={str(k): str(v) for k, v in part.items()})
        elif group not in groups or not isinstance(part, dict):
            faults.append(unknown(group, groups))
        else:
            for name, value in part.items():
                path = f"{group}.{name}"
                if path not in known:
                    faults.append(unknown(path, known))
                elif (typed := as_type_of(value, known[path])) is None:
                    faults.append(wrong_type(path, value, known[path]))
                else:
                    config = config.changed(path, typed)
    return config


def as_type_of(value: Any, example: Any) -> Any:
    """`value` in the type of `example`, or None where that would lose something."""
    if isinstance(example, str):
        return value if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(example, int):
        return int(value) if math.isfinite(value) and value == int(value) else None
    return float(value)


def wrong_type(path: str, value: Any, example: Any) -> str:
    """The sentence that says which kind of value belongs there."""
    kind = {int: "a whole number", float: "a number", str: "a word"}[type(example)]
    return f"{path} = {value!r} should be {kind}."


def unknown(name: str, known: Iterable[str], *, what: str = "setting") -> str:
    """A sentence that says so, with the nearest known name where one is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"{name!r} is not a {what}" + (f"; did you mean {near[0]!r}?" if near else ".")
