"""The methods that need no training, on series with gaps and pauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from denoise_core import filters
from denoise_core.assess.risk import NoiseModel
from denoise_core.config import NoiseConfig, unknown
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.dsp.sample_grid import SampleGrid
from denoise_core.errors import SettingsError
from denoise_core.filters.nonlocal_bayes import refine as refine_by_repetitions
from denoise_core.noise import Noise, describe, describe_series
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Estimate, Series

INSTANT, NONLOCAL = "instant", "nonlocal"
LABELS = {INSTANT: "Instant", NONLOCAL: "Repetitions", **{name: one.label for name, one in filters.FILTERS.items()}}


def denoise(series: Series, name: str, *, stated: NoiseConfig = NO_STATEMENT, **settings: Any) -> Estimate:
    """The estimate by one of `LABELS`, with pauses taken as missing samples; gaps stay gaps."""
    grid = SampleGrid.of(series.time)
    seen = grid.expand_series(series)
    if (noise := _stated_noise(seen, stated)) is not None:
        settings["noise"] = noise
    estimate = grid.collect_estimate(_FUNCTIONS[name](seen, **settings))
    return replace(estimate, notes=(*estimate.notes, *grid.notes(series.name)))


def _instant(series: Series, *, noise: Noise | None = None, **others: Any) -> Estimate:
    if others:
        raise SettingsError([f"{name!r} is not a setting of instant: it has none. Leave it out." for name in others])
    from denoise_core import instant

    return instant.denoise(series, noise=noise)


def _stated_noise(series: Series, stated: NoiseConfig) -> Noise | None:
    """The noise as far as it was stated; None where nothing was."""
    return describe_series(series, stated) if stated.level or stated.stretch else None


def guided(series: Series, guess: Estimate, *, stated: NoiseConfig = NO_STATEMENT) -> Estimate:
    """The instant estimate, told of another one; gaps stay gaps."""
    from denoise_core import instant

    grid = SampleGrid.of(series.time)
    seen = grid.expand_series(series)
    told = replace(guess, values=grid.expand(guess.values), sd=None if guess.sd is None else grid.expand(guess.sd))
    return grid.collect_estimate(instant.denoise(seen, guess=told, noise=_stated_noise(seen, stated)))


def refine(series: Series, first: Estimate, noise: Noise | None = None) -> Estimate:
    """A first estimate made better by what repeats in it; it keeps the error that the first one says it has."""
    model = NoiseModel.of(series, noise or describe(series.values))
    filled = interpolate_gaps(series.values)
    values = refine_by_repetitions(filled, interpolate_gaps(first.values), model.levels, model.power)
    return replace(first, values=np.where(series.observed, values, np.nan), method=NONLOCAL)


def _refine_instant(series: Series, *, noise: Noise | None = None, **others: Any) -> Estimate:
    if others:
        raise SettingsError([f"{name!r} is not a setting of nonlocal: it has none. Leave it out." for name in others])
    return refine(series, _instant(series, noise=noise), noise)


def _filter(name: str) -> Callable[..., Estimate]:
    return lambda series, **settings: filters.apply(series, name, **settings)


_FUNCTIONS: dict[str, Callable[..., Estimate]] = {
    INSTANT: _instant,
    NONLOCAL: _refine_instant,
    **{name: _filter(name) for name in filters.FILTERS},
}


def function(name: str) -> Callable[..., Estimate]:
    """``function(name)(series, **settings) == denoise(series, name, **settings)``, or SettingsError with the known names."""
    if name not in _FUNCTIONS:
        raise SettingsError([f"{unknown(name, _FUNCTIONS, what='method')} Those without training are: {', '.join(_FUNCTIONS)}."])
    return lambda series, **settings: denoise(series, name, **settings)
