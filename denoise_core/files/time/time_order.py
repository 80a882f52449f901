"""Times that are missing, out of order or repeated: what is made of them, and the sentences that say so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from denoise_core.dsp.gaps import interpolate_gaps
from denoise_core.series import Float64Array, TimeAxis

Ints = NDArray[np.int64]
_CROWDED = 0.5  # usual steps: times nearer than this, once sorted, show that the clock was set back
_EVEN = 0.01  # usual steps: times that are even but for this are even
_COARSE = 0.4  # share of times that repeat the one before, from which on the clock is too coarse for the rows


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times of the rows of a file.

    Parameters
    ----------
    values : float64 array of shape (n,)
    rows : int64 array of shape (n,)
        The row of the file of each.
    order : int64 array of shape (n,) or None
        Where each stood before they were sorted; None where they were not.
    """

    values: Float64Array
    rows: Ints
    row_word: str = "row"
    order: Ints | None = None
    notes: tuple[str, ...] = ()

    def with_values(self, values: Float64Array, note: str) -> Times:
        return replace(self, values=values, notes=(*self.notes, note))

    def places(self, where: NDArray[np.bool_]) -> str:
        """Of what is True: "row 5", or "row 5 and at 2 more places"."""
        more = int(np.count_nonzero(where)) - 1
        others = f" and at {more:,} more place{'s' * (more > 1)}" if more else ""
        return f"{self.row_word} {self.rows[where.argmax()]:,}{others}"


def usual_step(values: Float64Array) -> float:
    """Time from row to row where it is as usual; 1 if there is none."""
    known = values[~np.isnan(values)]
    starts = np.flatnonzero(np.diff(known, prepend=np.nan) != 0)
    steps = np.diff(known[starts]) / np.diff(starts)
    return float(np.median(steps[steps > 0])) if np.any(steps > 0) else 1.0


def repair(times: Times, unit: str) -> Times:
    """The times without gaps and never decreasing, without rounding; and rows of one time spread over the time to the next."""
    times = _put_in_order(_fill_in(times))
    return _remove_rounding(_spread(_remove_rounding(times, unit)), unit)


def _fill_in(times: Times) -> Times:
    """Missing times by interpolation between the rows around them, at the ends by the usual step."""
    missing = np.isnan(times.values)
    if not missing.any():
        return times
    trend = usual_step(times.values) * np.arange(float(len(missing)))
    if not missing.all():
        trend = trend + interpolate_gaps(times.values - trend)
    return times.with_values(trend, f"The time is missing at {times.places(missing)}; it was filled in from the rows around it.")


def _put_in_order(times: Times) -> Times:
    back = np.diff(times.values, prepend=times.values[0]) < 0
    if not back.any():
        return times
    step, order = usual_step(times.values), np.argsort(times.values, kind="stable").astype(np.int64)
    ordered = times.values[order]
    if np.count_nonzero(np.diff(ordered) < _CROWDED * step) >= 2 * np.count_nonzero(back):
        jumps = np.where(back, step - np.diff(times.values, prepend=times.values[0]), 0.0)
        note = f"The clock goes back at {times.places(back)}; the times after it were moved on so that none repeats."
        return times.with_values(times.values + np.cumsum(jumps), note)
    shown = "the rows are shown in order of time, and results keep the order of the file"
    note = f"The time goes back at {times.places(back)}; {shown}."
    return replace(times, rows=times.rows[order], order=order).with_values(ordered, note)


def _remove_rounding(times: Times, unit: str) -> Times:
    """The times between pauses without what rounding did to even steps (60 Hz in whole milliseconds is 16, 17, 17 ms)."""
    values, resolution, step = times.values.copy(), _resolution(times.values), usual_step(times.values)
    rounded = False
    for first, stop in pairwise([0, *(TimeAxis(values=values).pauses + 1).tolist(), len(values)]):
        part = times.values[first:stop]
        even = np.linspace(part[0], part[-1], len(part))
        off = float(np.max(np.abs(part - even)))
        if off <= _EVEN * step or (off <= resolution <= step and _may_be_rounded(part)):
            values[first:stop] = even
            rounded |= off > _EVEN * step
    if not rounded:
        return replace(times, values=values)
    return times.with_values(
        values, f"The times are rounded to {resolution:g} {unit}, so the rows were treated as evenly spaced."
    )


def _may_be_rounded(times: Float64Array) -> bool:
    """One or two repeated times are rows that were written twice."""
    return np.count_nonzero(np.diff(times) == 0) not in (1, 2)


def _resolution(values: Float64Array) -> float:
    """The power of ten that all these values are multiples of; 0 if there is none down to 1e-9."""
    for exponent in range(10):
        scaled = values * 10.0**exponent
        if np.allclose(scaled, np.round(scaled), rtol=1e-13, atol=1e-4):
            return 10.0**-exponent
    return 0.0


def _spread(times: Times) -> Times:
    """Rows of one time over the time to the next, where there is room for them; else they stay at that time."""
    values = times.values
    repeats = np.diff(values, prepend=np.nan) == 0
    if not repeats.any():
        return times
    coarse = bool(np.mean(repeats) >= _COARSE)
    starts = np.flatnonzero(~repeats)
    counts, step = np.diff(np.append(starts, len(values))), usual_step(values)
    room = np.append(np.diff(values[starts]), step * counts[-1] if coarse else 0.0)
    moved = np.repeat((counts > 1) & (coarse | (np.rint(room / step) >= counts)), counts)
    spacing = np.where(room > 1.5 * np.median(room), np.minimum(room / counts, step), room / counts)
    offset = np.repeat(spacing, counts) * (np.arange(len(values)) - np.repeat(starts, counts))
    if coarse and room[0] > counts[0] * step:  # the recording began within a tick of the clock
        offset[: counts[0]] = room[0] - step * np.arange(counts[0], 0, -1)
    note = _on_repeats(times, repeats & moved, repeats & ~moved)
    return times.with_values(values + np.where(moved, offset, 0.0), note)


def _on_repeats(times: Times, moved: NDArray[np.bool_], kept: NDArray[np.bool_]) -> str:
    said = []
    if moved.any():
        said.append(f"The time is repeated at {times.places(moved)}; these rows were spread evenly over the time to the next.")
    if kept.any():
        said.append(f"The time is repeated at {times.places(kept)}; the methods use the mean of rows of the same time.")
    return " ".join(said)
