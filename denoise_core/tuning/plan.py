"""What a search is to do: how settings are proposed, for how long, and how the best are checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from denoise_core.config import RunConfig
from denoise_core.errors import SettingsError
from denoise_core.suggestions.cost import expected_seconds
from denoise_core.tuning.space import Params, Space, apply, nearest, searchable

SAMPLERS = {
    "tpe": "Bayesian (TPE)",
    "gp": "Bayesian (Gaussian process)",
    "random": "Random",
    "grid": "Grid",
}
"""How settings are proposed -> what a person calls it."""
PRUNERS = {"median": "Median", "halving": "Successive halving", "none": "None"}
"""What ends a trial early whose validation loss promises little."""

_LONGEST_MINUTES, _MOST_TRIALS = 7 * 24 * 60.0, 10_000


@dataclass(frozen=True, kw_only=True)
class Budget:
    """When a search ends: after so many minutes, or so many trials, whichever comes first; 0 sets no limit.

    Parameters
    ----------
    minutes : float
        In which the search runs; the checks of the best are within them.
    trials : int
        Without the checks of the best.
    """

    minutes: float = 0.0
    trials: int = 0

    def problems(self) -> list[str]:
        found = []
        if not (math.isfinite(self.minutes) and 0.0 <= self.minutes <= _LONGEST_MINUTES):
            found.append(f"A budget of {self.minutes:g} minutes is out of range: choose up to {_LONGEST_MINUTES:,.0f}.")
        if not 0 <= self.trials <= _MOST_TRIALS:
            found.append(f"A budget of {self.trials:,} trials is out of range: choose up to {_MOST_TRIALS:,}.")
        return found


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that a search needs beside the data.

    Parameters
    ----------
    start : RunConfig
        The settings that are varied, and with which each trial is compared: the suggested ones.
    finalists : int
        So many of the best are trained again,
    repeats : int
        with so many other seeds each, on other noisier copies, so that luck does not win.
    stall : int
        The search ends after so many trials without a better one.
    seed : int
        Of the proposals.
    suggested : bool
        Whether the settings to start from are the suggested ones, unchanged.
    first : tuple of mappings
        Points of the space that are tried before any is proposed: settings that are known to be good elsewhere.
    """

    start: RunConfig
    space: Space
    budget: Budget
    sampler: str = "tpe"
    pruner: str = "median"
    finalists: int = 3
    repeats: int = 2
    stall: int = 40
    seed: int = 0
    suggested: bool = True
    first: tuple[Params, ...] = ()

    @property
    def start_name(self) -> str:
        """What the settings to start from are called in a sentence."""
        return "the suggested settings" if self.suggested else "the settings it started from"

    def check(self, *, samples: int) -> Plan:
        """Itself; SettingsError with every fault. `samples` is the length of the shortest series."""
        faults = [*self.budget.problems(), *self.start.problems(samples=samples)]
        faults += [_not_one_of("sampler", self.sampler, SAMPLERS)] if self.sampler not in SAMPLERS else []
        faults += [_not_one_of("pruner", self.pruner, PRUNERS)] if self.pruner not in PRUNERS else []
        if self.sampler != "grid" and self.budget == Budget():
            faults.append("The search would never end: give it minutes, or a number of trials.")
        if faults:
            raise SettingsError(faults)
        if self.sampler == "grid":
            self.space.grid()
        return self

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "space": self.space.to_json()}

    @classmethod
    def from_json(cls, raw: dict[str, Any], start: RunConfig) -> Plan:
        """What `to_json` wrote, without its start."""
        space, budget, first = Space.from_json(raw["space"]), Budget(**raw["budget"]), tuple(raw.get("first", ()))
        return cls(**{**raw, "start": start, "space": space, "budget": budget, "first": first})


def expected_minutes(plan: Plan, *, slots: int, expected_seconds: Callable[[RunConfig], float] = expected_seconds) -> float:
    """About how long a grid takes: each point is one training; the checks of the best come on top."""
    points = list(plan.space.grid())
    seconds = [expected_seconds(apply(plan.start, point)) for point in points]
    checks = plan.repeats * (plan.finalists + 1) * sum(seconds) / max(len(seconds), 1)
    return (sum(seconds) + checks) / slots / 60.0


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A ready-made search."""

    label: str
    help: str
    settings: tuple[str, ...]
    minutes: float
    finalists: int = 3
    repeats: int = 2
    more: dict[str, Any] = field(default_factory=dict)

    def plan(self, start: RunConfig, *, minutes: float | None = None, also: Iterable[RunConfig] = (), **changes: Any) -> Plan:
        """The plan for these settings to start from; `changes` replace parts of it. Points near `also` are tried first."""
        space = changes.get("space") or Space.of(self.settings, start)
        usual = {
            "space": space,
            "first": tuple(nearest(space, config) for config in also),
            "budget": Budget(minutes=self.minutes if minutes is None else minutes),
            "finalists": self.finalists,
            "repeats": self.repeats,
        }
        return Plan(start=start, **{**usual, **changes})


_FIRST = ("training.epochs", "training.learning_rate", "window.length")
_MORE = (*_FIRST, "model.start", "training.weight_decay", "training.averaging", "objective.loss", "model.dropout")
PRESETS = {
    "quick": Preset(
        label="Quick",
        help="Length of the training, learning rate and window, in 2 minutes.",
        settings=_FIRST,
        minutes=2.0,
        finalists=2,
    ),
    "normal": Preset(
        label="Normal",
        help="Also first weights, loss, weight decay, averaging and dropout, in 10 minutes.",
        settings=_MORE,
        minutes=10.0,
    ),
    "thorough": Preset(
        label="Thorough",
        help="Everything that can be varied, also the network, in an hour.",
        settings=tuple(searchable(RunConfig())),
        minutes=60.0,
        finalists=5,
        repeats=3,
    ),
}


def _not_one_of(what: str, name: str, known: dict[str, str]) -> str:
    return f"{what} = {name!r} is not one of {', '.join(known)}."
