"""All settings of one run, checked, changed, and as JSON. Knows neither torch nor streamlit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from denoise_core.config.declare import as_type_of, problem, settings, unknown, wrong_type
from denoise_core.config.groups import (
    InputConfig,
    ModelConfig,
    ObjectiveConfig,
    ScalingConfig,
    SplitConfig,
    TrainingConfig,
    WindowConfig,
)
from denoise_core.config.rules import combination_problems
from denoise_core.errors import SettingsError
from denoise_core.objectives import OBJECTIVES


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """All settings of one training. `reasons` says in words why a setting was suggested ("window.length" -> sentence)."""

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
        """From which distance on a neighbour may be seen: the gap where the noisy sample itself is the target, else 0."""
        return self.model.gap if OBJECTIVES[self.objective.kind].blind else 0

    @property
    def two_sided(self) -> bool:
        """Whether samples after the predicted one are seen too."""
        return OBJECTIVES[self.objective.kind].two_sided

    def problems(self, *, samples: int | None = None) -> list[str]:
        """Every fault with its value, limit and remedy; empty if there is none. `samples` is the length of the series."""
        found = [p for path, spec, value in settings(self) if (p := problem(path, spec, value))]
        return found or combination_problems(self, samples=samples)

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
