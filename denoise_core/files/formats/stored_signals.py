"""Files that hold many named signals: which of them are shown together, and the table they make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError, DenoiseError
from denoise_core.files.columns import Column, Table, check_size, unique_names
from denoise_core.files.layouts import SignalsLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.text.units import split_unit

_RATES = ("fs", "rate", "rate_hz", "sampling_rate", "sample_rate", "samplerate", "sampling_frequency", "sfreq", "sr", "freq_hz")
_STEPS = ("dt", "ts", "delta_t", "sample_time", "sampletime", "sampling_interval", "sample_interval", "tsample", "step_s")


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One signal of a file.

    Parameters
    ----------
    path : str
        Where it is in the file, so that its writer finds it again.
    name : str
        What it is called in its group.
    size : int
        Samples.
    load : function
        Its values: numbers, or datetime64.
    """

    path: str
    name: str
    size: int
    load: Callable[[], NDArray[Any]]
    group: str = ""
    unit: str = ""
    rate_hz: float | None = None
    start: np.datetime64 | None = None


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Signals of one group, of equal length and rate."""

    label: str
    signals: Sequence[Signal]

    @property
    def values(self) -> int:
        return sum(signal.size for signal in self.signals)


def table_of(
    signals: Sequence[Signal],
    format: str,
    *,
    name: str,
    options: ReadOptions,
    limits: Limits,
    kind: str,
    left: Sequence[str] = (),
) -> Table:
    """The table of the part that the options name, else of the one with most values.

    Parameters
    ----------
    format : str
        Of the layout.
    kind : str
        What the file is, for a sentence.
    left : sequence of str
        What else is in the file and cannot be shown.

    Raises
    ------
    DataError
        If there are no signals, no such part, or they are too large.
    """
    parts = _parts([signal for signal in signals if signal.size > 1])
    if not parts:
        other = f" It holds: {', '.join(left[:6])}." if left else ""
        raise DataError(f"{name} is {kind} without any series of numbers.{other} Save each channel as its own array.")
    part = _chosen(parts, options.sheet, name)
    check_size(part.signals[0].size, len(part.signals), limits, name=name)
    names, units = _names(part.signals)
    columns = [_column(*found) for found in zip(names, units, (signal.load() for signal in part.signals), strict=True)]
    first = part.signals[0]
    layout = SignalsLayout(format=format, names=tuple(names), paths=tuple(signal.path for signal in part.signals))
    return Table(
        name=name,
        columns=columns,
        rows=np.arange(1, first.size + 1, dtype=np.int64),
        layout=layout,
        notes=_notes(kind, part, parts, left),
        rate_hz=first.rate_hz,
        start=first.start,
        row_word="sample",
        sheets=[other.label for other in parts],
    )


def _parts(signals: Sequence[Signal]) -> list[_Part]:
    found: dict[tuple[str, int, float | None], list[Signal]] = {}
    for signal in signals:
        found.setdefault((signal.group, signal.size, signal.rate_hz), []).append(signal)
    groups = [group for group, _, _ in found]
    labels = [_label(*key, alone=groups.count(key[0]) == 1) for key in found]
    return [_Part(label=label, signals=kept) for label, kept in zip(unique_names(labels), found.values(), strict=True)]


def _label(group: str, size: int, rate_hz: float | None, *, alone: bool) -> str:
    if alone:
        return group or "All signals"
    rate = f" at {rate_hz:g} Hz" if rate_hz else ""
    return f"{group + ': ' if group else ''}{size:,} samples{rate}"


def _chosen(parts: Sequence[_Part], sheet: str | None, name: str) -> _Part:
    if sheet is None:
        return max(parts, key=lambda part: part.values)
    if sheet not in [part.label for part in parts]:
        raise DataError(f"{name} has no part {sheet!r}. It has: {', '.join(part.label for part in parts)}.")
    return next(part for part in parts if part.label == sheet)


def _names(signals: Sequence[Signal]) -> tuple[list[str], list[str]]:
    pairs = [(signal.name, signal.unit) if signal.unit else split_unit(signal.name) for signal in signals]
    return unique_names([name for name, _ in pairs]), [unit for _, unit in pairs]


def _column(name: str, unit: str, values: NDArray[Any]) -> Column:
    if values.dtype.kind == "M":
        present = ~np.isnat(values)
        moments = np.where(present, values, np.datetime64(0, "s")).astype("datetime64[ns]").astype(np.int64)
        return Column(name=name, kind="moment", values=moments, present=present)
    numbers = np.asarray(values, dtype=np.float64)
    if np.isnan(numbers).all():
        return Column(name=name, kind="empty")
    return Column(name=name, kind="number", unit=unit, values=numbers)


def _notes(kind: str, part: _Part, parts: Sequence[_Part], left: Sequence[str]) -> list[str]:
    of = f", part {part.label!r}" if len(parts) > 1 else ""
    notes = [
        f"Read as {kind}{of}: {part.signals[0].size:,} samples of {len(part.signals)} signal{'s' * (len(part.signals) > 1)}."
    ]
    if len(parts) > 1:
        notes.append(f"Other parts: {', '.join(other.label for other in parts if other is not part)}.")
    if left:
        more = f" and {len(left) - 6} more" if len(left) > 6 else ""
        notes.append(f"Ignored (not series of numbers): {', '.join(left[:6])}{more}.")
    return notes


def rate_in(scalars: Mapping[str, float]) -> float | None:
    """The sampling rate that a number named "fs" gives, or one named "dt" as its inverse; names in lower case."""
    rate = next((scalars[name] for name in _RATES if scalars.get(name, 0.0) > 0.0), None)
    step = next((scalars[name] for name in _STEPS if scalars.get(name, 0.0) > 0.0), None)
    found = rate or (1.0 / step if step else None)
    return found if found is not None and np.isfinite(found) else None


def start_in(texts: Mapping[str, Any]) -> np.datetime64 | None:
    """When a recording began, from a text named "start_time" or so; names in lower case."""
    for name in ("start_time", "starttime", "start", "t0", "timestamp", "recording_start", "wf_start_time"):
        try:
            start: np.datetime64 = np.datetime64(str(texts[name]).strip().removesuffix("Z").replace(" ", "T"), "ns")
            return start
        except (KeyError, ValueError):
            continue
    return None


@contextmanager
def damage_as_data_error(name: str, kind: str) -> Iterator[None]:
    """Turns whatever a library raises over a broken file into DataError: they raise all there is."""
    try:
        yield
    except (DenoiseError, MemoryError):
        raise
    except Exception as error:
        raise DataError(
            f"{name} is {kind} that is damaged or of a rare kind. Open it where it was made and save it again."
        ) from error
