"""What a search looks like: gains trial by trial, settings side by side, what matters, and all learning curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from denoise_core.figures.traces import BASELINE, DENOISED, RAW, RESIDUAL, TRAIN, VALID, Figure, base_layout, log_ticks
from denoise_core.series import Float64Array

_LEVELS = {0.0: ("rgba(150,150,150,{})", 0.25), 0.5: ("rgba(230,159,0,{})", 0.35), 0.9: ("rgba(0,114,178,{})", 0.9)}
"""From which place in the order of gain on, 0 to 1: the colour of a trial's line, and how strongly it is drawn."""
_CROWD = 60  # lines from which on those of poor trials are drawn more faintly
_CURVE = 60  # points of one learning curve at most


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A trial in the history; `gain_db` is None for one that was ended early or failed."""

    number: int
    gain_db: float | None
    sd_db: float | None = None
    check: bool = False


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A setting beside others: numbers at their place, words evenly spaced."""

    label: str
    values: tuple[Any, ...]
    log: bool = False


def search_history(dots: Sequence[Dot], *, start: str) -> Figure:
    """The gain of each trial over the settings called `start`, which are the line at 0, and the best so far."""
    firsts = [dot for dot in dots if not dot.check and dot.gain_db is not None]
    checks = [dot for dot in dots if dot.check and dot.gain_db is not None]
    lost = [dot for dot in dots if dot.gain_db is None]
    last = max([dot.number for dot in dots], default=1)
    best = np.maximum.accumulate(np.array([0.0, *(dot.gain_db or 0.0 for dot in firsts)]))
    traces = [
        _line(start, [0, last], [0.0, 0.0], color=BASELINE, dash="dash"),
        _line("Best so far", [0, *(dot.number for dot in firsts), last], [*best, best[-1]], color=DENOISED, shape="hv"),
        _markers("Trials", firsts, color=RAW, symbol="circle", size=7),
    ]
    if checks:
        traces.append(_markers("Checks with other seeds", checks, color=RESIDUAL, symbol="diamond-open", size=9))
    if lost:
        floor = min([dot.gain_db for dot in firsts if dot.gain_db is not None], default=0.0)
        at_floor = [Dot(number=dot.number, gain_db=floor) for dot in lost]
        traces.append(_markers("Ended early", at_floor, color=RAW, symbol="x-thin-open", size=7))
    layout = base_layout(None) | {"hovermode": "closest"}
    layout["xaxis"] |= {"title": {"text": "Trial"}, "rangemode": "tozero"}
    layout["yaxis"] |= {"title": {"text": "Gain (dB)"}, "hoverformat": "+.2f", "range": _around_best(firsts + checks)}
    layout["meta"] = {
        "alt": f"{len(firsts)} trials; the best so far is {best[-1]:+.2f} dB over {start}.",
        "note": "",
    }
    return {"data": traces, "layout": layout}


def settings_of_trials(axes: Sequence[Axis], gains_db: Sequence[float]) -> Figure:
    """Parallel coordinates: a line for each trial over all settings, the best tenth blue; the last axis is the order of gain."""
    gains = np.asarray(gains_db, dtype=np.float64)
    columns = [_positions(axis) for axis in axes] + [_rank(gains)]
    ends = [_end_labels(axis) for axis in axes] + [(f"{gains.min():+.1f} dB", f"{gains.max():+.1f} dB")]
    level = np.searchsorted(list(_LEVELS), _rank(gains), side="right") - 1
    faint = min(1.0, _CROWD / len(gains))
    x = np.arange(len(columns), dtype=np.float64)
    traces = []
    for k, (color, strength) in enumerate(_LEVELS.values()):
        best = k == len(_LEVELS) - 1
        rows = [list(zip(x, (column[at] for column in columns), strict=True)) for at in np.flatnonzero(level == k)]
        points = [point for row in rows for point in (*row, (None, None))]
        drawn = color.format(round(strength * (1.0 if best else faint**0.5), 3))
        xs, ys = [None if at is None else float(at) for at, _ in points], [None if y is None else float(y) for _, y in points]
        traces.append(_line("", xs, ys, color=drawn, width=2.0 if best else 1.0) | {"hoverinfo": "skip"})
    layout = base_layout(None) | {"showlegend": False, "hovermode": False}
    layout["margin"] = {"l": 50, "r": 50, "t": 40, "b": 36}
    names = [*(axis.label for axis in axes), "Gain"]
    layout["xaxis"] |= {"tickvals": x.tolist(), "ticktext": names, "side": "top", "range": [-0.25, len(names) - 0.75]}
    layout["yaxis"] |= {"visible": False, "range": [-0.12, 1.08]}
    layout["shapes"] = [{"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": {"color": RAW, "width": 1}} for at in x]
    layout["annotations"] = [
        {"x": at, "y": y, "text": text, "showarrow": False, "yanchor": anchor, "font": {"size": 11}}
        for at, (low, high) in zip(x, ends, strict=True)
        for y, text, anchor in ((0, low, "top"), (1, high, "bottom"))
    ]
    layout["meta"] = {"alt": f"Settings of {len(gains)} trials over {', '.join(names)}; the best tenth is blue.", "note": ""}
    return {"data": traces, "layout": layout}


def importances(shares: Mapping[str, float]) -> Figure:
    """A bar for each setting: its share in what made trials good."""
    ranked = sorted(shares.items(), key=lambda one: one[1])
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": [100.0 * share for _, share in ranked],
        "y": [name for name, _ in ranked],
        "marker": {"color": DENOISED},
        "hovertemplate": "%{y}: %{x:.0f} %<extra></extra>",
    }
    layout = base_layout(None) | {"showlegend": False}
    layout["margin"] = {"l": 140, "r": 24, "t": 12, "b": 40}
    layout["xaxis"] |= {"title": {"text": "Share (%)"}, "range": [0, 100]}
    told = ", ".join(f"{name} {share:.0%}" for name, share in reversed(ranked))
    layout["meta"] = {"alt": f"What made trials good: {told}.", "note": ""}
    return {"data": [bar], "layout": layout}


def learning_curves(
    ended: Sequence[Sequence[float]], running: Sequence[Sequence[float]], best: Sequence[float], *, note: str = ""
) -> Figure:
    """Validation loss by epoch of every trial, the best one on top; `note` says what is left out."""
    traces = [
        _bundle("Ended", ended, color=RAW, width=0.8),
        _bundle("Running", running, color=TRAIN, width=1.6),
        _bundle("Best so far", [best], color=VALID, width=2.4),
    ]
    every = np.array([loss for curve in (*ended, *running, best) for loss in curve])
    positive = every.size > 0 and bool((every > 0).all())
    layout = base_layout(None) | {"hovermode": False}
    layout["xaxis"] |= {"title": {"text": "Epoch"}}
    layout["yaxis"] |= {"title": {"text": "Validation loss"}, **({"type": "log", **log_ticks(every)} if positive else {})}
    count = sum(1 for curve in (*ended, *running) if len(curve))
    layout["meta"] = {"alt": f"Validation loss by epoch of {count} trials.", "note": note}
    return {"data": [trace for trace in traces if trace["x"]], "layout": layout}


def _around_best(dots: Sequence[Dot]) -> list[float]:
    """The range of the gains, without trials that are far worse than most: these would press all others together."""
    gains = np.array([0.0, *(dot.gain_db for dot in dots if dot.gain_db is not None)])
    low = max(float(gains.min()), float(np.quantile(gains, 0.25)) - 1.5 * float(np.ptp(np.quantile(gains, [0.25, 1.0]))))
    room = 0.12 * max(float(gains.max()) - low, 0.1)
    return [low - room, float(gains.max()) + room]


def _positions(axis: Axis) -> Float64Array:
    """Of each value, from 0 to 1."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in axis.values):
        numbers = np.array(axis.values, dtype=np.float64)
        numbers = np.log(numbers) if axis.log else numbers
        span = float(np.ptp(numbers))
        return np.asarray((numbers - numbers.min()) / span if span else np.full(len(numbers), 0.5))
    known = list(dict.fromkeys(sorted(map(str, axis.values))))
    return np.array([known.index(str(value)) / max(len(known) - 1, 1) for value in axis.values])


def _end_labels(axis: Axis) -> tuple[str, str]:
    low, high = (
        (min(axis.values), max(axis.values))
        if not any(isinstance(value, str) for value in axis.values)
        else (min(map(str, axis.values)), max(map(str, axis.values)))
    )
    return tuple(one if isinstance(one, str) else f"{one:.3g}" for one in (low, high))  # type: ignore[return-value]


def _rank(values: Float64Array) -> Float64Array:
    """Place of each in the order of size, from 0 to 1."""
    order = np.empty(len(values))
    order[np.argsort(values, kind="stable")] = np.arange(len(values))
    return np.asarray(order / max(len(values) - 1, 1))


def _bundle(name: str, curves: Sequence[Sequence[float]], *, color: str, width: float) -> Figure:
    """All curves as one trace, with gaps between them: hundreds of traces would be slow."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for curve in curves:
        step = max(1, math.ceil(len(curve) / _CURVE))
        at = sorted({*range(0, len(curve), step), len(curve) - 1}) if len(curve) else []
        xs += [*(float(k + 1) for k in at), None] if at else []
        ys += [*(float(f"{curve[k]:.5g}") for k in at), None] if at else []
    return _line(name, xs, ys, color=color, width=width)


def _line(name: str, x: Sequence[Any], y: Sequence[Any], *, color: str, width: float = 2.0, **style: str) -> Figure:
    line = {"color": color, "width": width, **style}
    return {"type": "scatter", "mode": "lines", "name": name, "x": list(x), "y": list(y), "line": line}


def _markers(name: str, dots: Sequence[Dot], *, color: str, symbol: str, size: int) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [dot.number for dot in dots],
        "y": [dot.gain_db for dot in dots],
        "marker": {"color": color, "size": size, "symbol": symbol},
        "hovertemplate": "Trial %{x}: %{y:+.2f} dB<extra></extra>",
    }
