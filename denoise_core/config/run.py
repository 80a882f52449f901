"""All settings of one run: checked one by one and together, replaced, and written as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from denoise_core.config.declare import as_type_of, problem, settings, unknown, wrong_type
from denoise_core.config.groups import (
    InputConfig,
    ModelConfig,
    NoiseConfig,
    ObjectiveConfig,
    ScalingConfig,
    SplitConfig,
    TrainingConfig,
    WindowConfig,
)
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.config.untrusted_json import parse_untrusted
from denoise_core.errors import SettingsError

POINT_LOSSES = ("mse", "mae", "huber")
LARGEST_HELD_OUT = 0.8


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """All settings of one training. `reasons` says in words why a setting was suggested ("window.length" -> sentence)."""

    noise: NoiseConfig = field(default_factory=NoiseConfig)
    input: InputConfig = field(default_factory=InputConfig)
    scaling: ScalingConfig = field(default_factory=ScalingConfig)
    window: WindowConfig = field(default_factory=WindowConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    split: SplitConfig = field(default_factory=SplitConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    reasons: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def blind_gap(self) -> int:
        """Samples nearer than this to the predicted one are hidden: `model.gap` for blind goals, else 0."""
        return self.model.gap if OBJECTIVES[self.objective.kind].blind else 0

    @property
    def two_sided(self) -> bool:
        """Whether samples after the predicted one are seen as well."""
        return OBJECTIVES[self.objective.kind].two_sided

    @property
    def starts_pretrained(self) -> bool:
        """Whether the pretrained weights are asked for and fit the network."""
        model, usual = self.model, ModelConfig()
        fits = (model.backbone, model.hidden_size, model.layers, model.baseline) == (
            usual.backbone,
            usual.hidden_size,
            usual.layers,
            usual.baseline,
        )
        return model.start == "pretrained" and fits and self.two_sided and OBJECTIVES[self.objective.kind].blind

    def problems(self, *, samples: int | None = None) -> list[str]:
        """Every fault with its value, limit and remedy; empty if there is none. `samples` is the length of the series."""
        found = [p for path, spec, value in settings(self) if (p := problem(path, spec, value))]
        return found or _combination_problems(self, samples=samples)

    def check(self, *, samples: int | None = None) -> RunConfig:
        """Itself, or SettingsError with every fault."""
        if found := self.problems(samples=samples):
            raise SettingsError(found)
        return self

    def replace(self, path: str, value: Any) -> RunConfig:
        """A copy with one setting replaced.

        Examples
        --------
        >>> RunConfig().replace("window.length", 64).window.length
        64
        """
        group, name = path.split(".")
        return replace(self, **{group: replace(getattr(self, group), **{name: value})})

    changed = replace
    """The name of `replace` in version 0.1, kept for programs that use it."""

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
            raw = parse_untrusted(text)
        except ValueError as error:
            raise SettingsError([f"The settings are not valid JSON ({error})."]) from None
        if not isinstance(raw, dict):
            raise SettingsError(["The settings must be a JSON object, like the settings file that the app saves."])
        faults: list[str] = []
        config = _parse(raw, faults)
        if faults:
            raise SettingsError(faults)
        return config.check()


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
                    config = config.replace(path, typed)
    return config


def _combination_problems(config: RunConfig, *, samples: int | None = None) -> list[str]:
    """Every fault, in whole sentences; `samples` is the length of the shortest series, where it is known."""
    rules = (_noise_problems, _network_problems, _classic_problems, _goal_problems, _window_problems, _split_problems)
    found = [sentence for rule in rules for sentence in rule(config)]
    return found if found or samples is None else [*_length_problems(config, samples)]


def _noise_problems(config: RunConfig) -> Iterator[str]:
    start, stop = config.noise.start, config.noise.stop
    if start > stop:
        yield f"noise.stop = {stop:g} lies before noise.start = {start:g}: exchange them."


def _network_problems(config: RunConfig) -> Iterator[str]:
    model = config.model
    if model.dropout > 0 and model.layers == 1:
        yield "model.dropout acts between layers, but there is only one layer: set model.dropout to 0 or model.layers to 2."
    if model.backbone == "transformer" and model.hidden_size % (2 * model.heads):
        size = max(1, round(model.hidden_size / (2 * model.heads))) * 2 * model.heads
        yield (
            f"model.hidden_size = {model.hidden_size} is not a multiple of {2 * model.heads} (twice the attention heads): "
            f"set it to {size}, or change model.heads."
        )


def _classic_problems(config: RunConfig) -> Iterator[str]:
    if config.model.backbone != "classic":
        return
    if config.objective.kind != "next_step":
        yield (
            'model.backbone = "classic" only predicts the next sample from the past, which does not suit '
            f'objective.kind = "{config.objective.kind}": set objective.kind to "next_step", or choose another network.'
        )
    if config.objective.loss not in POINT_LOSSES:
        yield (
            f'model.backbone = "classic" predicts a value without the variance that objective.loss = "{config.objective.loss}" '
            f"needs: choose {', '.join(POINT_LOSSES)}, or another network."
        )
    if config.model.gap != 1:
        yield (
            f'model.gap = {config.model.gap} is not possible with model.backbone = "classic", which sees every earlier sample: '
            "set model.gap to 1, or choose another network."
        )
    if config.input.uneven == "channel":
        yield (
            'input.uneven = "channel" is not possible with model.backbone = "classic", which sees only values: '
            'set input.uneven to "resample", or choose another network.'
        )


def _goal_problems(config: RunConfig) -> Iterator[str]:
    if config.model.baseline == "linear" and (config.objective.kind == "next_step" or config.model.backbone == "classic"):
        yield (
            'model.baseline = "linear" uses the samples on both sides, but objective.kind = "next_step" only the past: '
            'set model.baseline to "none".'
        )


def _window_problems(config: RunConfig) -> Iterator[str]:
    if config.model.gap * 2 >= config.window.length:
        yield (
            f"model.gap = {config.model.gap} hides half the window of {config.window.length} samples on each side: "
            f"set it below {config.window.length // 2}, or lengthen the window."
        )


def _split_problems(config: RunConfig) -> Iterator[str]:
    held_out = config.split.valid_share + config.split.test_share
    if held_out > LARGEST_HELD_OUT:
        yield (
            f"split.valid_share and split.test_share add up to {held_out:g}, which leaves too little to train on: "
            f"reduce them to {LARGEST_HELD_OUT:g} or less in total."
        )


def _length_problems(config: RunConfig, samples: int) -> Iterator[str]:
    length = config.window.length
    if length > samples:
        yield f"window.length = {length} exceeds the {samples} samples of the series: set it to {samples} or less."
