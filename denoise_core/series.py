"""The data types that every other room hands on: time axis, series, recording, estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError

Float64Array = NDArray[np.float64]
Float32Array = NDArray[np.float32]

_EMPTY: Mapping[str, Any] = MappingProxyType({})
_PAUSE = 1.5  # usual steps
_ON_GRID, _MOSTLY = 0.1, 0.99  # how far from whole multiples of the usual step, and how many of the steps
_SPREAD = 5.0  # of uneven steps, as distance of the 90 % quantile from the median: a longer one is a pause


@dataclass(frozen=True, kw_only=True)
class TimeAxis:
    """When each sample was taken.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Never decreasing, in `unit`; seconds since `start` where `start` is given. Equal where a time was recorded twice.
    unit : str
        "s", "year", ... or "sample" where nothing is known.
    start : datetime64 or None
        The calendar time of ``values == 0``.
    """

    values: Float64Array
    unit: str = "s"
    start: np.datetime64 | None = None
    name: str = "time"

    @classmethod
    def evenly(cls, n: int, *, rate_hz: float | None = None) -> TimeAxis:
        """``values[i] == i / rate_hz`` in seconds, or ``values[i] == i`` in samples where no rate is known.

        Examples
        --------
        >>> TimeAxis.evenly(3, rate_hz=50.0).values.tolist()
        [0.0, 0.02, 0.04]
        """
        index = np.arange(n, dtype=np.float64)
        return cls(values=index, unit="sample") if rate_hz is None else cls(values=index / rate_hz, unit="s")

    def __len__(self) -> int:
        return len(self.values)

    @property
    def step(self) -> float:
        """Median distance between neighbours, in `unit`; 1 for a single sample."""
        return float(np.median(np.diff(self.values))) if len(self.values) > 1 else 1.0

    @property
    def rate_hz(self) -> float | None:
        """Samples per second, or None where the unit is not seconds."""
        return 1.0 / self.step if self.unit == "s" and self.step > 0 else None

    @property
    def pace(self) -> str:
        """How often a sample was taken, in words: "50 Hz", "one sample every 7 days", "in years"."""
        rate = self.rate_hz
        if rate is None:
            return {"sample": "by row number", "year": "in years"}.get(self.unit, f"in {self.unit}")
        if rate > 0.9:
            return f"{rate:.6g} Hz"
        units = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (0.0, "second"))
        size, unit = next((size or 1.0, unit) for size, unit in units if self.step >= size)
        count = f"{self.step / size:.6g}"
        return f"one sample per {unit}" if count == "1" else f"one sample every {count} {unit}s"

    @cached_property
    def pauses(self) -> NDArray[np.int64]:
        """Positions i where no sample was taken for a while after sample i: the step to the next is far longer than usual.

        Where nearly all steps are whole multiples of the usual one, every multiple is a pause; among uneven steps, those are that
        stand out of the others.

        Examples
        --------
        >>> TimeAxis(values=np.array([0.0, 1.0, 2.0, 7.0, 8.0, 9.0])).pauses.tolist()
        [2]
        """
        if len(self.values) < 4 or not self.step > 0:
            return np.zeros(0, dtype=np.int64)
        ratio = np.diff(self.values) / self.step
        whole = np.abs(ratio - np.rint(ratio)) <= _ON_GRID
        usual = 1.0 if np.mean(whole) >= _MOSTLY else float(np.quantile(ratio, 0.9, method="lower"))
        return np.flatnonzero(ratio > max(_PAUSE, usual + _SPREAD * (usual - 1.0)))

    @property
    def uneven_share(self) -> float:
        """Share of steps that differ from the median step by more than 1 %, without pauses and repeated times."""
        if len(self.values) < 3:
            return 0.0
        steps = np.diff(self.values)
        uneven = (np.abs(steps - self.step) > 0.01 * abs(self.step)) & (steps != 0)
        uneven[self.pauses] = False
        return float(np.mean(uneven))

    def to_json(self) -> dict[str, Any]:
        """All but `values`, JSON-able: ``TimeAxis.from_json(axis.to_json(), axis.values) == axis``."""
        start = None if self.start is None else [int(self.start.astype(np.int64)), self.start.dtype.str]
        return {"name": self.name, "unit": self.unit, "start": start}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], values: Float64Array) -> TimeAxis:
        """The axis that `to_json` was asked about."""
        start = None if raw["start"] is None else np.asarray(raw["start"][0]).view(raw["start"][1])[()]
        return cls(values=values, unit=raw["unit"], start=start, name=raw["name"])

    def calendar(self) -> NDArray[np.datetime64] | None:
        """Calendar times of the samples, to the microsecond, or None where `start` is unknown."""
        if self.start is None:
            return None
        since: NDArray[np.timedelta64] = np.round(self.values * 1e6).astype("timedelta64[us]")
        return np.asarray(self.start.astype("datetime64[us]") + since)


LARGEST = 1e100
"""Larger values are refused: the squares of their spectra would overflow. No instrument delivers them; damaged files do."""


def size_in_words(value: float) -> str:
    """What a value beyond `LARGEST` is, to be read after "is"."""
    return "infinite" if np.isinf(value) else f"{value:g}, which is too large to compute with"


@dataclass(frozen=True, kw_only=True)
class Series:
    """One channel over time; missing samples are NaN.

    Raises
    ------
    DataError
        If values and time axis differ in length, or a value is infinite or beyond `LARGEST`.
    """

    values: Float64Array
    time: TimeAxis
    name: str = "value"
    unit: str = ""

    def __post_init__(self) -> None:
        if self.values.ndim != 1 or len(self.values) != len(self.time):
            raise DataError(f"{self.name} has shape {self.values.shape}, but the time axis has {len(self.time)} samples.")
        beyond = np.flatnonzero((self.values > LARGEST) | (self.values < -LARGEST))
        if beyond.size:
            raise DataError(
                f"{self.name} is {size_in_words(self.values[beyond[0]])} at sample {beyond[0] + 1} ({beyond.size} in all). "
                "Replace such values with empty cells, which count as gaps."
            )

    @classmethod
    def of(cls, values: Any, *, rate_hz: float | None = None, name: str = "value", unit: str = "") -> Series:
        """A series from any array-like of shape (n,), evenly sampled.

        Examples
        --------
        >>> series = Series.of([1.0, 3.0, 2.0], rate_hz=10.0, name="pressure", unit="bar")
        >>> len(series), series.time.pace
        (3, '10 Hz')
        """
        array = np.asarray(values, dtype=np.float64)
        return cls(values=array, time=TimeAxis.evenly(len(array), rate_hz=rate_hz), name=name, unit=unit)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def observed(self) -> NDArray[np.bool_]:
        """True where a sample is present."""
        return ~np.isnan(self.values)

    def part(self, where: slice) -> Series:
        """A stretch of it, with its own times."""
        return replace(self, values=self.values[where], time=replace(self.time, values=self.time.values[where]))

    def check_usable(self, *, at_least: int = 8) -> None:
        """Raise DataError unless there are enough samples and they vary."""
        present = self.values[self.observed]
        if present.size == 0:
            raise DataError(f"{self.name} has no numbers at all. Choose another column.")
        if present.size < at_least:
            raise DataError(f"{self.name} has {present.size} samples; at least {at_least} are needed. Use a longer recording.")
        if present.min() == present.max():
            raise DataError(
                f"{self.name} is {present[0]:g} at every sample, so there is nothing to denoise. Choose another column."
            )
        if present.max() - present.min() < 1.0 / LARGEST:
            raise DataError(f"{self.name} varies by less than {1.0 / LARGEST:g}, too little to compute with. Use a smaller unit.")


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A method's estimate of the noise-free series.

    Parameters
    ----------
    values : float64 array of shape (n,)
        In the unit of the series.
    sd : float64 array of shape (n,) or None
        Standard deviation of the error, where the method knows it.
    noise_sd : float or None
        The noise level that the method assumed, in the unit of the series.
    notes : tuple of str
        What was done to the series before the method and undone afterwards, in whole sentences.
    removed : mapping of str to float64 array of shape (n,)
        What was removed before the method saw the series, by name: "hum", "drift". It is part of ``noisy - values``.
    """

    values: Float64Array
    method: str
    sd: Float64Array | None = None
    noise_sd: float | None = None
    settings: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    notes: tuple[str, ...] = ()
    removed: Mapping[str, Float64Array] = field(default_factory=lambda: _EMPTY)

    def seen_of(self, noisy: Series) -> Series:
        """What the method saw of the series: ``noisy - sum(removed)``."""
        return replace(noisy, values=noisy.values - sum(self.removed.values())) if self.removed else noisy

    @property
    def stated_error(self) -> float | None:
        """Root mean square of `sd` over the samples that have one, in the unit of the series; None where none has."""
        known = np.empty(0) if self.sd is None else self.sd[np.isfinite(self.sd)]
        return float(np.sqrt(np.mean(known**2))) if len(known) else None

    def part(self, where: slice) -> Estimate:
        """The same for a stretch of the series: ``part.values == values[where]``."""
        removed = {name: values[where] for name, values in self.removed.items()}
        return replace(self, values=self.values[where], sd=None if self.sd is None else self.sd[where], removed=removed)

    def leaves_gaps_of(self, noisy: Series) -> bool:
        """Whether it has no value wherever the series has none."""
        return bool(np.isnan(self.values[~noisy.observed]).all())

    def with_gaps_of(self, noisy: Series) -> Estimate:
        """The same, but NaN where the series has no sample: nothing is filled in."""
        sd = None if self.sd is None else np.where(noisy.observed, self.sd, np.nan)
        return replace(self, values=np.where(noisy.observed, self.values, np.nan), sd=sd)

    def blend(self, noisy: Series, *, strength: float) -> Estimate:
        """``values == noisy + strength * (estimate - noisy)``: 0 gives the input back, 1 this estimate.

        The error's sd is dropped for other strengths than 1: it was computed for the whole step.
        """
        if strength == 1.0:
            return self
        values = noisy.values + strength * (self.values - noisy.values)
        removed = {name: strength * part for name, part in self.removed.items()}
        return replace(self, values=values, sd=None, settings={**self.settings, "strength": strength}, removed=removed)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a file holds a table: what `files.write` needs to write the same kind of file again. `files.layouts` has the kinds.

    Parameters
    ----------
    format : str
        A name of `files.formats.registry`: "text", "workbook", "parquet", "wav", ...
    names : tuple of str
        The columns, in the order of the file.
    newest_first : bool
        Whether the file's first row is the latest.
    packed : str
        "gz" or "zip" where the file came packed.
    """

    format: str
    names: tuple[str, ...]
    newest_first: bool = False
    packed: str = ""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A file as read: named channels over one time axis, and how it was read.

    Parameters
    ----------
    channels : mapping of name to float64 array of shape (n,)
    units : mapping of channel name to unit; missing where unknown
    layout : Layout or None
        How the file was laid out; None where the recording is from no file.
    order : int64 array of shape (n,) or None
        The row of numbers, counted from 0, in which each sample stands, where the rows were not in order of time.
    notes : tuple of str
        How the file was read and what was unusual, in whole sentences.
    altered : frozenset of str
        Channels that are no longer as in the file: known noise was added to them.
    """

    name: str
    time: TimeAxis
    channels: Mapping[str, Float64Array]
    units: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    layout: Layout | None = None
    order: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()
    altered: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.time)

    def __getitem__(self, channel: str) -> Series:
        if channel not in self.channels:
            raise DataError(f"{self.name} has no column {channel!r}. It has: {', '.join(self.channels)}.")
        return Series(values=self.channels[channel], time=self.time, name=channel, unit=self.units.get(channel, ""))
