"""The methods that need no training, on series with gaps and pauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from denoise_core import filters
from denoise_core.config import NoiseConfig, unknown
from denoise_core.dsp.sample_grid import SampleGrid
from denoise_core.errors import SettingsError
from denoise_core.noise import Noise, describe_series
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Estimate, Series

INSTANT = "instant"
LABELS = {INSTANT: "Instant", **{name: one.label for name, one in filters.FILTERS.items()}}


def denoise(series: Series, name: str, *, stated: NoiseConfig = NO_STATEMENT, **settings: Any) -> Estimate:
    """The estimate by one of `LABELS`, with pauses taken as missing samples; gaps stay gaps."""
    grid = SampleGrid.of(series.time)
    seen = grid.expand_series(series)
    if stated.level or stated.stretch:
        settings["noise"] = describe_series(seen, stated)
    estimate = grid.collect_estimate(_FUNCTIONS[name](seen, **settings))
    return replace(estimate, notes=(*estimate.notes, *grid.notes(series.name)))


def _instant(series: Series, *, noise: Noise | None = None, **others: Any) -> Estimate:
    if others:
        raise SettingsError([f"{name!r} is not a setting of instant: it has none. Leave it out." for name in others])
    from denoise_core import instant

    return instant.denoise(series, noise=noise)


def _filter(name: str) -> Callable[..., Estimate]:
    return lambda series, **settings: filters.apply(series, name, **settings)


_FUNCTIONS: dict[str, Callable[..., Estimate]] = {INSTANT: _instant, **{name: _filter(name) for name in filters.FILTERS}}


def function(name: str) -> Callable[..., Estimate]:
    """``function(name)(series, **settings) == denoise(series, name, **settings)``, or SettingsError with the known names."""
    if name not in _FUNCTIONS:
        raise SettingsError([f"{unknown(name, _FUNCTIONS, what='method')} Those without training are: {', '.join(_FUNCTIONS)}."])
    return lambda series, **settings: denoise(series, name, **settings)
