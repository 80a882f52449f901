"""Which settings are varied, and over which values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from denoise_core.config import RunConfig, Searched, as_type_of, problem, settings, unknown
from denoise_core.errors import SettingsError
from denoise_core.suggestions import follow

Params = dict[str, Any]
"""Setting -> value, such as ``{"window.length": 64}``; the others stay as in the settings that the search starts from."""

MOST_POINTS = 1000
"""Of a grid."""


@dataclass(frozen=True, kw_only=True)
class Range:
    """All numbers from `low` to `high`; `whole` ones alone where the setting is a count."""

    low: float
    high: float
    log: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Values:
    """These values and no others."""

    values: tuple[Any, ...]


Dimension = Range | Values


@dataclass(frozen=True)
class Space:
    """The settings that are varied, by their path.

    Examples
    --------
    >>> Space.of({"window.length": [64, 128], "training.epochs": (10, 40)}, RunConfig()).points
    inf
    """

    dimensions: Mapping[str, Dimension]

    @classmethod
    def of(cls, given: Mapping[str, Any] | Iterable[str], start: RunConfig) -> Space:
        """The space that a person names.

        Parameters
        ----------
        given : mapping or iterable of str
            Setting -> a list of values to try, or a tuple (low, high) of two numbers between which to search. Settings that are
            only named take the range that is declared for them.
        start : RunConfig
            The settings that are varied.

        Raises
        ------
        SettingsError
            If a setting is unknown or cannot be varied, or a range is empty or out of bounds; says all faults at once.
        """
        if isinstance(given, Space):
            return given
        known = {path: (spec, value) for path, spec, value in settings(start)}
        asked = dict(given) if isinstance(given, Mapping) else dict.fromkeys(given)
        faults, dimensions = [], {}
        for path, wanted in asked.items():
            searched = known[path][0].metadata["searched"] if path in known else None
            if path not in known:
                faults.append(unknown(path, known))
            elif searched is None:
                faults.append(f"{path} cannot be varied by a search. Choose among {', '.join(searchable(start))}.")
            else:
                spec, value = known[path]
                dimension = _declared(spec, value) if wanted is None else _dimension(wanted, value, log=searched.log)
                faults += _faults(path, spec, value, dimension)
                dimensions[path] = dimension
        if not asked:
            faults.append("Nothing is to be varied. Name at least one setting.")
        if faults:
            raise SettingsError(faults)
        return cls(dimensions)

    @property
    def points(self) -> float:
        """How many combinations there are; infinitely many with a range of real numbers, or of a count."""
        return math.prod(len(one.values) if isinstance(one, Values) else math.inf for one in self.dimensions.values())

    def grid(self) -> Iterator[Params]:
        """Every combination, the last setting changing fastest.

        Raises
        ------
        SettingsError
            If there are more than `MOST_POINTS`, or a setting has a range in place of values.
        """
        if ranges := [path for path, one in self.dimensions.items() if isinstance(one, Range)]:
            raise SettingsError([f"A grid needs values, not a range: list those of {', '.join(ranges)}."])
        if self.points > MOST_POINTS:
            raise SettingsError(
                [
                    f"A grid of {self.points:,.0f} points is more than {MOST_POINTS:,}: choose fewer values, or search by a "
                    "time budget."
                ]
            )
        lists = [one.values for one in self.dimensions.values() if isinstance(one, Values)]
        return (dict(zip(self.dimensions, point, strict=True)) for point in itertools.product(*lists))

    def to_json(self) -> dict[str, Any]:
        return {path: _as_json(one) for path, one in self.dimensions.items()}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Space:
        """``Space.from_json(space.to_json()) == space``."""
        return cls({path: Values(tuple(one)) if isinstance(one, list) else Range(**one) for path, one in raw.items()})


def nearest(space: Space, config: RunConfig) -> Params:
    """The point of a space that is most like these settings."""
    values = {path: value for path, _, value in settings(config)}
    return {path: _nearest(one, values[path]) for path, one in space.dimensions.items()}


def _nearest(one: Dimension, value: Any) -> Any:
    if isinstance(one, Range):
        return type(value)(min(max(value, one.low), one.high))
    if value in one.values or isinstance(value, str):
        return value if value in one.values else one.values[0]
    return min(one.values, key=lambda other: abs(other - value))


def searchable(start: RunConfig) -> dict[str, Dimension]:
    """Every setting that can be varied, with the values declared for it."""
    return {path: _declared(spec, value) for path, spec, value in settings(start) if spec.metadata["searched"] is not None}


def few_values(path: str, start: RunConfig, *, most: int = 6) -> tuple[list[Any], list[Any]]:
    """Values of a setting to choose among for a grid, that of the start included; and those that are chosen at first."""
    dimension = searchable(start)[path]
    value = next(value for one, _, value in settings(start) if one == path)
    if isinstance(dimension, Values):
        offered = [*dimension.values] if value in dimension.values else sorted([*dimension.values, value])
    else:
        spread = np.geomspace if dimension.log else np.linspace
        numbers = [float(f"{one:.2g}") for one in spread(dimension.low, dimension.high, most)]
        offered = sorted({*(map(round, numbers) if dimension.whole else numbers), value})
    at = offered.index(value)
    return offered, offered[max(0, at - 1) : at + 2]


def apply(start: RunConfig, params: Params) -> RunConfig:
    """The settings that a search starts from with those of a trial; what depends on them follows, unless it is varied itself."""
    config = start
    for path, value in params.items():
        config = config.replace(path, value)
    return follow(start, config, fixed=params)


def _declared(spec: Any, value: Any) -> Dimension:
    searched: Searched = spec.metadata["searched"]
    if searched.choices:
        return Values(searched.choices)
    low, high = searched.low, searched.high
    if searched.relative:
        low, high = max(spec.metadata["low"], low * value), min(spec.metadata["high"], high * value)
    whole = isinstance(value, int)
    return Range(low=math.ceil(low) if whole else low, high=int(high) if whole else high, log=searched.log, whole=whole)


def _dimension(wanted: Any, value: Any, *, log: bool) -> Dimension:
    if isinstance(wanted, tuple) and len(wanted) == 2 and all(_is_number(bound) for bound in wanted):
        return Range(low=wanted[0], high=wanted[1], log=log and wanted[0] > 0, whole=_is_whole(value))
    values = wanted if isinstance(wanted, list | tuple) else (wanted,)
    return Values(tuple(one if (typed := as_type_of(one, value)) is None else typed for one in dict.fromkeys(values)))


def _faults(path: str, spec: Any, value: Any, dimension: Dimension) -> Iterator[str]:
    """What is wrong with the values to try."""
    if isinstance(dimension, Range):
        if not dimension.low < dimension.high:
            yield f"{path}: the range from {dimension.low:g} to {dimension.high:g} is empty. Give the smaller number first."
            return
        bounds: tuple[Any, ...] = (dimension.low, dimension.high)
        if not _is_number(value):
            yield f"{path} has no range: list the values to try, among {', '.join(spec.metadata['choices'])}."
            return
    else:
        bounds = dimension.values
    if not bounds:
        yield f"{path}: there is no value to try. Name at least one."
    for one in bounds:
        if isinstance(dimension, Values) and as_type_of(one, value) is None:
            yield f"{path} = {one!r} is not a value that this setting can have."
        elif found := problem(path, spec, one):
            yield found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _as_json(one: Dimension) -> Any:
    return list(one.values) if isinstance(one, Values) else {"low": one.low, "high": one.high, "log": one.log, "whole": one.whole}
