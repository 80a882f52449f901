"""Samples counted as if evenly taken: a pause counts as missing samples, rows of one time as one sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from denoise_core.series import Estimate, Float64Array, Series, TimeAxis

# A network sees 512 samples to each side at most (model/denoiser.py); in a longer pause nothing more is missed.
_LONGEST, _MOST_GROWTH = 2048, 3


@dataclass(frozen=True, kw_only=True)
class SampleGrid:
    """Where each sample of a time axis lies on the grid.

    Parameters
    ----------
    index : int64 array of shape (n,)
        Never decreasing, from 0; some places have no sample (a pause), some have several (a time recorded twice).
    """

    time: TimeAxis
    index: NDArray[np.int64]

    @classmethod
    def of(cls, time: TimeAxis) -> SampleGrid:
        """Steps between samples count as one place each, but pauses as many as usual steps fit in, and repeated times none.

        Pauses count as 2,048 places at most, and all together as three times the samples at most.
        """
        steps, pauses = np.diff(time.values), time.pauses
        places = (steps != 0).astype(np.int64)
        longest = min(_LONGEST, max(2, _MOST_GROWTH * len(time) // max(1, len(pauses))))
        places[pauses] = np.rint(np.minimum(steps[pauses] / time.step, longest)).astype(np.int64)
        return cls(time=time, index=np.concatenate([[0], np.cumsum(places)]))

    def __len__(self) -> int:
        return int(self.index[-1]) + 1

    @property
    def is_plain(self) -> bool:
        """Whether every sample has a place of its own, and every place a sample."""
        return len(self) == len(self.index) and len(self.time.pauses) == 0

    @property
    def missing(self) -> int:
        """How many places have no sample."""
        return len(self) - len(np.unique(self.index))

    @cached_property
    def grid_time(self) -> TimeAxis:
        """The times of all places; within a pause evenly from its start to its end."""
        return replace(self.time, values=np.interp(np.arange(len(self)), self.index, self.time.values))

    def expand(self, values: Float64Array) -> Float64Array:
        """Values of shape (n,) at their places: the mean of those that share one, NaN where there is none."""
        present = ~np.isnan(values)
        count = np.bincount(self.index[present], minlength=len(self))
        total = np.bincount(self.index[present], weights=values[present], minlength=len(self))
        means: Float64Array = np.divide(total, count, out=np.full(len(self), np.nan), where=count > 0)
        return means

    def expand_series(self, series: Series) -> Series:
        return series if self.is_plain else replace(series, values=self.expand(series.values), time=self.grid_time)

    def collect(self, values: Float64Array) -> Float64Array:
        """The values at the places of the samples: ``collect(expand(v)) == v`` where no two samples share a place."""
        return values[self.index]

    def collect_estimate(self, estimate: Estimate) -> Estimate:
        """The estimate at the places of the samples."""
        if self.is_plain:
            return estimate
        sd = None if estimate.sd is None else self.collect(estimate.sd)
        return replace(estimate, values=self.collect(estimate.values), sd=sd)

    def notes(self, name: str) -> tuple[str, ...]:
        """What this does to a series of that name, in whole sentences."""
        if self.is_plain:
            return ()
        pauses, repeated = len(self.time.pauses), len(self.index) - len(np.unique(self.index))
        said = []
        if pauses:
            said.append(f"{pauses:,} pause{'s' * (pauses > 1)} counted as {self.missing:,} missing samples")
        if repeated:
            said.append(f"{repeated:,} sample{'s' * (repeated > 1)} of a repeated time averaged with the one before")
        return (f"{name}: {' and '.join(said)}.",)
