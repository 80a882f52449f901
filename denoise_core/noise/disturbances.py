"""Hum and drift taken off a series before any method sees it, so that all methods do the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from denoise_core.dsp.sample_grid import SampleGrid
from denoise_core.noise.drift import Drift, find_drift
from denoise_core.noise.hum import Hum, find_hum
from denoise_core.series import Estimate, Float64Array, Series


@dataclass(frozen=True, kw_only=True)
class Disturbances:
    """The hum and the drift of a series; None where there is none. Their `values` lie at the samples of the series."""

    hum: Hum | None = None
    drift: Drift | None = None


@dataclass(frozen=True, kw_only=True)
class Separated:
    """A series without its disturbances, and those: ``series.values + sum(removed.values()) == recorded``."""

    series: Series
    removed: Mapping[str, Float64Array]
    notes: tuple[str, ...] = ()

    def tell(self, estimate: Estimate) -> Estimate:
        """An estimate of `series` as one of the recorded series: it knows what was removed before."""
        return replace(estimate, removed=self.removed, notes=(*self.notes, *estimate.notes))


def find_disturbances(series: Series) -> Disturbances:
    """Hum by the sampling rate of the series, and drift in what is left."""
    grid = SampleGrid.of(series.time)
    values = grid.expand(series.values)
    hum = find_hum(values, rate_hz=series.time.rate_hz)
    drift = find_drift(values if hum is None else values - hum.values)
    return Disturbances(
        hum=None if hum is None else replace(hum, values=grid.collect(hum.values)),
        drift=None if drift is None else replace(drift, values=grid.collect(drift.values)),
    )


def separate(series: Series, kinds: Iterable[str]) -> Separated:
    """The series without the hum and the drift that are found in it, as far as `kinds` ("hum", "drift") asks for it."""
    wanted = tuple(kinds)
    if not wanted:
        return Separated(series=series, removed={})
    found, removed, notes = find_disturbances(series), {}, []
    for kind, one in (("hum", found.hum), ("drift", found.drift)):
        if kind in wanted and one is None:
            notes.append(f"{series.name}: no {kind} was found to remove.")
        elif kind in wanted and one is not None:
            removed[kind] = one.values
            notes.append(f"{series.name}: {one.in_words(series.unit)} was removed before denoising. {one.doubt}".rstrip())
    rest = series.values - sum(removed.values(), np.zeros(len(series)))
    return Separated(series=replace(series, values=rest), removed=removed, notes=tuple(notes))
