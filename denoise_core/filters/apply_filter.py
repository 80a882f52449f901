"""A filter on a series that may have gaps, with settings suggested from the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from denoise_core.config import as_type_of, problem, unknown, wrong_type
from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.errors import SettingsError
from denoise_core.filters.catalogue import lookup
from denoise_core.filters.settings import Settings
from denoise_core.noise import Noise, level
from denoise_core.noise.power_spectrum import noise_with
from denoise_core.series import Estimate, Float64Array, Series

# The derivative of a filter is measured by a random step of this many noise levels; short series get several of them.
_PROBE_STEP = 0.1
_PROBED_SAMPLES = 8_192


def suggest(series: Series, name: str, noise: Noise | None = None) -> Settings:
    """The settings of one filter with the least estimated error on this series; the defaults where no noise is visible.

    Where the `noise` is stated or marked, s is its level, and the probes have its spectrum.

    The estimate is Stein's: ``mean((y - f(y))**2) + 2 s**2 mean(df/dy)``, with s by `noise.level` and the derivative by random
    probes.

    References
    ----------
    Ramani, Blu, Unser 2008, Monte-Carlo SURE, doi:10.1109/TIP.2008.2001404
    """
    chosen, values = lookup(name), interpolate_gaps(series.values)
    start = max(0, (len(values) - chosen.tuned_on) // 2)
    excerpt = values[start : start + chosen.tuned_on]
    sigma, power = _noise_sd(series, noise), None if noise is None else noise.power
    candidates = [c for c in chosen.candidates(len(excerpt)) if not _problems(c, samples=len(excerpt))]
    if sigma == 0.0 or not candidates:
        return chosen.settings().fit_window(samples=len(values))
    return min(candidates, key=lambda c: _estimated_error(chosen.function, excerpt, c.with_noise_sd(sigma), sigma, power))


def apply(series: Series, name: str, *, noise: Noise | None = None, **changes: Any) -> Estimate:
    """The estimate by one filter, with suggested settings but for `changes`.

    `noise` is that of the series, where a person has stated or marked it. Gaps are filled by straight lines for the filter and
    are gaps again in the estimate.

    Raises
    ------
    SettingsError
        If the filter or a setting is unknown or out of range, or the series is shorter than the window.
    DataError
        If the series has fewer than 8 numbers.
    """
    chosen = lookup(name)
    if np.count_nonzero(series.observed) < 8:
        series.check_usable()
    sigma = _noise_sd(series, noise)
    open_ones = {spec.name for spec in fields(chosen.settings)} - {"noise_sd", *changes}
    suggested = suggest(series, name, noise) if open_ones else chosen.settings()
    settings = _with_changes(suggested, changes, samples=len(series)).with_noise_sd(sigma)
    values = np.where(series.observed, chosen.function(interpolate_gaps(series.values), settings), np.nan)
    return Estimate(values=values, method=name, noise_sd=sigma or None, settings=asdict(settings))


def _noise_sd(series: Series, noise: Noise | None) -> float:
    """Where gaps lie so close that no neighbours are left to compare, the series without gaps serves."""
    if noise is not None:
        return noise.sd
    return level(series.values) or level(interpolate_gaps(series.values))


def _estimated_error(
    function: Callable[[Float64Array, Any], Float64Array],
    values: Float64Array,
    settings: Settings,
    sigma: float,
    power: Float64Array | None,
) -> float:
    rng, step, smooth = np.random.default_rng(0), _PROBE_STEP * sigma, function(values, settings)
    slopes = []
    for _ in range(int(np.clip(_PROBED_SAMPLES // len(values), 1, 8))):
        probe = rng.choice([-1.0, 1.0], len(values)) if power is None else noise_with(power, len(values), rng)
        slopes.append(np.mean(probe * (function(values + step * probe, settings) - smooth)) / step)
    return float(np.mean((values - smooth) ** 2) + 2.0 * sigma**2 * np.mean(slopes))


def _with_changes(settings: Settings, changes: Mapping[str, Any], *, samples: int) -> Settings:
    specs, faults, typed = {spec.name: spec for spec in fields(settings)}, [], {}
    for name, value in changes.items():
        if name not in specs:
            faults.append(unknown(name, specs, what="setting of this filter"))
        elif (number := as_type_of(value, specs[name].default)) is None:
            faults.append(wrong_type(name, value, specs[name].default))
        else:
            typed[name] = number | 1 if name == "window" else number
    result = replace(settings, **typed)
    if faults := faults or _problems(result, samples=samples):
        raise SettingsError(faults)
    return result


def _problems(settings: Settings, *, samples: int) -> list[str]:
    faults = [p for spec in fields(settings) if (p := problem(spec.name, spec, getattr(settings, spec.name)))]
    return faults + settings.problems(samples=samples)
