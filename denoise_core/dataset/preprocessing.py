"""What is done to a series before a network sees it, and undone afterwards; each change in words. Knows no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from denoise_core.config import RunConfig
from denoise_core.dsp.resampling import interpolate_at, resample_evenly
from denoise_core.dsp.whitening import unwhiten, unwhiten_sd, whiten
from denoise_core.series import Estimate, Float64Array, Series


@dataclass(frozen=True, kw_only=True)
class Preprocessed:
    """A series as the network sees it.

    `same` does to other values of the same times, such as a clean column, what was done to the series; `back` turns an estimate
    of the prepared series into one of the original; `changes` says it in words.
    """

    series: Series
    same: Callable[[Float64Array], Float64Array]
    back: Callable[[Estimate], Estimate]
    changes: tuple[str, ...] = ()


def preprocess(series: Series, config: RunConfig) -> Preprocessed:
    """The series as `config.input` asks for it.

    Raises
    ------
    DataError
        If it is to be resampled, and its times do not increase or its steps differ too much.
    """
    steps: list[Callable[[Series, RunConfig], Preprocessed]] = []
    if config.input.uneven == "resample":
        steps.append(_evened)
    if config.input.whiten > 0:
        steps.append(_whitened)
    done = Preprocessed(series=series, same=lambda values: values, back=lambda estimate: estimate)
    for step in steps:
        done = _after(done, step(done.series, config))
    return done


def _after(first: Preprocessed, second: Preprocessed) -> Preprocessed:
    return Preprocessed(
        series=second.series,
        same=lambda values: second.same(first.same(values)),
        back=lambda estimate: first.back(second.back(estimate)),
        changes=first.changes + second.changes,
    )


def _evened(series: Series, _config: RunConfig) -> Preprocessed:
    new = resample_evenly(series)
    old_times, new_times = series.time.values, new.time.values

    def back(estimate: Estimate) -> Estimate:
        values = np.interp(old_times, new_times, estimate.values)
        sd = None if estimate.sd is None else np.interp(old_times, new_times, estimate.sd)
        return replace(estimate, values=values, sd=sd)

    text = (
        f"{series.name}: {len(series):,} samples were brought to {len(new):,} even steps of {series.time.step:.6g} "
        f"{series.time.unit} for the network, and its result back to the recorded times."
    )
    return Preprocessed(series=new, same=lambda v: interpolate_at(v, old_times, new_times), back=back, changes=(text,))


def _whitened(series: Series, config: RunConfig) -> Preprocessed:
    rho, middle = config.input.whiten, float(np.nanmean(series.values))

    def back(estimate: Estimate) -> Estimate:
        return replace(
            estimate,
            values=unwhiten(estimate.values, rho, middle=middle),
            sd=None if estimate.sd is None else unwhiten_sd(estimate.sd, rho),
            noise_sd=None if estimate.noise_sd is None else float(estimate.noise_sd / np.sqrt(1.0 - rho**2)),
        )

    new = replace(series, values=whiten(series.values, rho, middle=middle))
    text = f"{series.name}: {rho:g} of each sample's predecessor was taken off for the network, and put back into its result."
    return Preprocessed(series=new, same=lambda v: whiten(v, rho, middle=middle), back=back, changes=(text,))
