"""One trial of a search, before it runs and when it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from denoise_core.config import RunConfig, settings
from denoise_core.tuning.plan import Plan
from denoise_core.tuning.space import Params, apply

_SCALE_OF_LOSS = ("objective.kind", "objective.loss", "scaling.kind", "input.whiten", "model.gap")
"""Losses of trainings that differ in one of these cannot be compared."""
DONE, PRUNED, FAILED = "done", "pruned", "failed"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A training that is to be tried.

    Parameters
    ----------
    number : int
        From 0, which are the settings that the search starts from.
    params : mapping
        Setting -> value, where it differs from the start.
    repeat : int
        0 for a new proposal; 1, 2, ... for checks of a good one with another seed, on another noisier copy.
    """

    number: int
    params: Params
    repeat: int = 0

    def config(self, plan: Plan) -> RunConfig:
        """All its settings."""
        config = apply(plan.start, self.params)
        return config.replace("training.seed", plan.start.training.seed + self.repeat)


@dataclass(frozen=True, kw_only=True)
class TrialRecord:
    """A trial that has ended.

    Parameters
    ----------
    state : str
        "done", "pruned" (ended early, as it promised little) or "failed".
    gain_db : float or None
        By how much less its error is than that of the start's settings with the same seed, estimated or, where a clean column
        exists, true on the validation part; None unless done.
    sd_db : float or None
        Standard deviation of that figure.
    seconds : float
        Of its training and that of its twin.
    valid_losses : tuple of float
        One for each epoch.
    """

    trial: Trial
    state: str
    gain_db: float | None = None
    sd_db: float | None = None
    seconds: float = 0.0
    best_epoch: int = 0
    valid_losses: tuple[float, ...] = ()
    reason: str = ""

    @property
    def number(self) -> int:
        return self.trial.number

    @property
    def key(self) -> tuple[tuple[str, Any], ...]:
        """The same for trials of the same settings."""
        return key_of(self.trial.params)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> TrialRecord:
        """``TrialRecord.from_json(record.to_json()) == record``; what is not known here is left out."""
        known = {spec.name: raw[spec.name] for spec in fields(cls) if spec.name in raw}
        return cls(**{**known, "trial": Trial(**raw["trial"]), "valid_losses": tuple(raw.get("valid_losses", ()))})


def key_of(params: Params) -> tuple[tuple[str, Any], ...]:
    """The settings of a trial as something that can be compared."""
    return tuple(sorted(params.items()))


def is_comparable(plan: Plan, params: Params) -> bool:
    """Whether the validation loss of these settings is measured as that of the start."""
    start = {path: value for path, _, value in settings(plan.start)}
    return all(params.get(path, start[path]) == start[path] for path in _SCALE_OF_LOSS)
