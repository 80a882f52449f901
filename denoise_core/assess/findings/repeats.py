"""Repeated events (impacts, beats, pulses): how much of their shape the residual has, and which were removed altogether."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denoise_core.assess.findings.finding import Evidence
from denoise_core.assess.findings.normalised import CLIPPED, Normalised, pool
from denoise_core.series import Float64Array

_STEPS = (1, 4, 16)  # samples that are averaged before events are looked for: short and long ones
_REACH = 32  # averaged samples on either side of the top of an event
_BACKGROUND = 129  # averaged samples whose mean is taken out
_HEIGHT, _OF_TALLEST = 4.0, 0.3  # least height of an event: in sds of the noise, and of the tallest (99.9 %)
_ALIKE = 0.7  # correlation with the mean of all
_FEWEST = 5
_MORE_DISTINCT = 1.5  # from which on the events of the recording are taken in place of those of the estimate
_NEAR_TOP = slice(_REACH - 3, _REACH + 4)
_RESEMBLES = 0.4  # correlation of the residual with the shape of an event
# Of the usual size: from the first on in the residual, and below the second in the estimate, an event counts as removed.
_MOST_OF_IT, _LITTLE_OF_IT = 0.4, 0.5
_MOST_EVENTS = 20_000


@dataclass(frozen=True, kw_only=True)
class Events:
    """Similar events in the estimate, or in the recording where the estimate has none.

    Parameters
    ----------
    places : int64 array of shape (events,)
        Their tops, in averaged samples of `step`.
    shape : float64 array of shape (2 * reach + 1,)
        Their mean, without the background; in sds of the averaged noise.
    """

    step: int
    places: NDArray[np.int64]
    shape: Float64Array
    residual: Float64Array
    estimate: Float64Array
    in_recording: bool

    @property
    def size(self) -> float:
        return float(np.sqrt(np.sum(self.shape**2)))

    @property
    def distinctness(self) -> float:
        """In sds of the noise, of all events together."""
        return self.size * float(np.sqrt(len(self.places)))


def find_events(given: Normalised) -> Events | None:
    """Those of the duration at which they stand out most; None where fewer than `_FEWEST` are alike.

    In the recording events are looked for as well: a result may have lost them so far that none is left in it.
    """
    kept, recorded = _most_distinct(given, in_recording=False), _most_distinct(given, in_recording=True)
    if kept is None or (recorded is not None and recorded.distinctness > _MORE_DISTINCT * kept.distinctness):
        return recorded
    return kept


def _most_distinct(given: Normalised, *, in_recording: bool) -> Events | None:
    found = [one for step in _STEPS if (one := _events(given, step, in_recording)) is not None]
    return max(found, key=lambda one: one.distinctness, default=None)


def lost_height(events: Events) -> Evidence:
    """How far the residual about the events resembles them, or is the same about each of them at one place or another."""
    parts = _epochs(events.residual, events.places)
    number, shape = len(events.places), events.shape
    compared, mean = shape.copy(), parts.mean(axis=0)
    common = mean * np.sqrt(number)
    if events.in_recording:  # the tops were chosen where the noise is high
        compared[_NEAR_TOP] = common[_NEAR_TOP] = 0.0
    products = parts @ compared / max(float(np.sqrt(np.sum(compared**2))), 1e-12)
    by_chance = 2.0 * np.log(len(common))
    top = int(np.argmax(np.abs(shape if events.in_recording else shape + mean)))
    near = slice(max(0, top - 1), top + 2)
    height = float(np.sum(shape[near] + (0.0 if events.in_recording else mean[near])))
    return Evidence(
        kind="repeats",
        strength=float(max(np.sum(products) / np.sqrt(number), np.sqrt(max(0.0, float(np.max(common**2)) - by_chance)))),
        share=float(np.sum(mean[near])) / height if height else 0.0,
        scale=float(len(shape) * events.step),
        count=number,
        contributions=products,
        places=events.places * events.step,
    )


def missed_events(events: Events) -> Evidence:
    """Where the residual holds most of an event and the estimate less than half of one."""
    shape = np.clip(events.shape, -CLIPPED, CLIPPED)  # as the residual is
    size = float(np.sqrt(np.sum(shape**2)))
    residual = np.clip(events.residual, -CLIPPED, CLIPPED)
    match = np.convolve(residual, shape[::-1], mode="same") / size
    # In a burst of noise the match is large, the resemblance is not.
    energy = np.convolve(residual**2, np.ones(len(shape)), mode="same")
    match[match < _RESEMBLES * np.sqrt(energy)] = 0.0
    expected = float(np.sqrt(2.0 * np.log(len(match))))
    places = _tops(match, max(_MOST_OF_IT * size, expected))
    kept = _epochs(events.estimate, places) @ events.shape / events.size**2
    places = places[kept < _LITTLE_OF_IT]
    return Evidence(
        kind="missed",
        strength=float(match[places].max(initial=expected) - expected),
        share=1.0,
        scale=float(len(events.shape) * events.step),
        count=len(places),
        contributions=match[places],
        places=places * events.step,
    )


def _events(given: Normalised, step: int, in_recording: bool) -> Events | None:
    residual, values = pool(given.residual, step), pool(given.estimate, step)
    if len(values) < 8 * _REACH:
        return None
    estimate = values - _moving_mean(values, _BACKGROUND)
    flat = estimate + residual - _moving_mean(residual, _BACKGROUND) if in_recording else estimate
    sign = 1.0 if float(flat.max()) >= -float(flat.min()) else -1.0
    least = max(_HEIGHT, _OF_TALLEST * float(np.quantile(sign * flat, 0.999)))
    places = _tops(sign * flat, least)[:_MOST_EVENTS]
    if len(places) < _FEWEST:
        return None
    epochs = _epochs(flat, places)
    size = np.sqrt(np.sum(epochs**2, axis=1))
    usual = np.median(epochs, axis=0)
    alike = epochs @ usual / (size * max(float(np.sqrt(np.sum(usual**2))), 1e-12))
    places = places[alike > _ALIKE]
    if len(places) < _FEWEST:
        return None
    return Events(
        step=step,
        places=places,
        shape=_epochs(flat, places).mean(axis=0),
        residual=residual,
        estimate=estimate,
        in_recording=in_recording,
    )


def _tops(values: Float64Array, least: float) -> NDArray[np.int64]:
    """Local maxima above `least`, the highest within `_REACH`, with room on either side."""
    inner = np.flatnonzero(values > least)
    inner = inner[(inner >= _REACH) & (inner < len(values) - _REACH)]
    if not len(inner):
        return inner
    groups = np.split(inner, np.flatnonzero(np.diff(inner) > _REACH // 2) + 1)
    tops = np.array([group[np.argmax(values[group])] for group in groups])
    return np.asarray(tops[np.concatenate([[True], np.diff(tops) > _REACH // 2])], dtype=np.int64)


def _epochs(values: Float64Array, places: NDArray[np.int64]) -> Float64Array:
    return np.asarray(values[places[:, None] + np.arange(-_REACH, _REACH + 1)])


def _moving_mean(values: Float64Array, size: int) -> Float64Array:
    sums = np.concatenate([[0.0], np.cumsum(np.pad(values, size // 2, mode="edge"))])
    return np.asarray((sums[size:] - sums[:-size]) / size)
