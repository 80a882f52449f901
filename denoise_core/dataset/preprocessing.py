"""What is done to a series before a network sees it, and undone in its estimate; each step is said in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from denoise_core.config import RunConfig
from denoise_core.dsp.resampling import interpolate_at, resample_evenly
from denoise_core.dsp.sample_grid import SampleGrid
from denoise_core.dsp.whitening import unwhiten, unwhiten_sd, whiten
from denoise_core.series import Estimate, Float64Array, Series


@dataclass(frozen=True, kw_only=True)
class Preprocessed:
    """A series as the network sees it.

    `transform` does to other values of the same times, such as a clean column, what was done to the series; `invert` turns an
    estimate of the preprocessed series into one of the original; `notes` say in words what was done.
    """

    series: Series
    transform: Callable[[Float64Array], Float64Array]
    invert: Callable[[Estimate], Estimate]
    notes: tuple[str, ...] = ()

    def then(self, step: Callable[[Series], Preprocessed]) -> Preprocessed:
        """One more step after those done."""
        after = step(self.series)
        return Preprocessed(
            series=after.series,
            transform=lambda values: after.transform(self.transform(values)),
            invert=lambda estimate: self.invert(after.invert(estimate)),
            notes=self.notes + after.notes,
        )


def preprocess(series: Series, config: RunConfig) -> Preprocessed:
    """The series as `config.input` asks for it: resampled, then prewhitened.

    Raises
    ------
    DataError
        If it is to be resampled, and its times do not increase or its steps differ too much.
    """
    return resample(series, config).then(lambda even_series: prewhiten(even_series, config))


def resample(series: Series, config: RunConfig) -> Preprocessed:
    """The series at even time steps if `config.input.uneven` is "resample", else on its `SampleGrid`."""
    if config.input.uneven != "resample":
        return _put_on_grid(series)
    new = resample_evenly(series)
    old_times, new_times = series.time.values, new.time.values

    def invert(estimate: Estimate) -> Estimate:
        values = np.interp(old_times, new_times, estimate.values)
        sd = None if estimate.sd is None else np.interp(old_times, new_times, estimate.sd)
        return replace(estimate, values=values, sd=sd)

    note = (
        f"{series.name}: {len(series):,} samples were resampled to {len(new):,} even steps of {series.time.step:.6g} "
        f"{series.time.unit} for the network, and its estimate was interpolated back to the recorded times."
    )
    return Preprocessed(series=new, transform=lambda v: interpolate_at(v, old_times, new_times), invert=invert, notes=(note,))


def _put_on_grid(series: Series) -> Preprocessed:
    grid = SampleGrid.of(series.time)
    if grid.is_plain:
        return _identity(series)
    return Preprocessed(
        series=grid.expand_series(series), transform=grid.expand, invert=grid.collect_estimate, notes=grid.notes(series.name)
    )


def prewhiten(series: Series, config: RunConfig) -> Preprocessed:
    """The series prewhitened with the AR(1) coefficient `config.input.whiten`, or as it is where that is 0."""
    rho = config.input.whiten
    if rho == 0:
        return _identity(series)
    middle = float(np.nanmean(series.values))

    def invert(estimate: Estimate) -> Estimate:
        return replace(
            estimate,
            values=unwhiten(estimate.values, rho, middle=middle),
            sd=None if estimate.sd is None else unwhiten_sd(estimate.sd, rho),
            noise_sd=None if estimate.noise_sd is None else float(estimate.noise_sd / np.sqrt(1.0 - rho**2)),
        )

    new = replace(series, values=whiten(series.values, rho, middle=middle))
    note = (
        f"{series.name}: prewhitened for the network (AR(1) coefficient {rho:g}); its estimate went through the inverse filter."
    )
    return Preprocessed(series=new, transform=lambda v: whiten(v, rho, middle=middle), invert=invert, notes=(note,))


def _identity(series: Series) -> Preprocessed:
    return Preprocessed(series=series, transform=lambda values: values, invert=lambda estimate: estimate)
