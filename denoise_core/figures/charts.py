"""Every chart of the product, once, as a plain plotly figure: ``plotly.graph_objects.Figure(overlay(series))`` works too.

``layout.meta`` carries the words that belong to a chart: ``alt`` (what it shows) and ``note`` (how much of it is drawn).
Imports neither streamlit nor plotly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from denoise_core.assess.findings import Finding
from denoise_core.figures.downsampling import LIMIT, window
from denoise_core.figures.strip import strip
from denoise_core.figures.traces import (
    BASELINE,
    DENOISED,
    DISTURBANCES,
    NINETY,
    RAW,
    RESIDUAL,
    TRAIN,
    TRUTH,
    VALID,
    Figure,
    Lines,
    View,
    base_layout,
    hover_format,
    line_trace,
    log_ticks,
    with_unit,
)
from denoise_core.series import Estimate, Float64Array, Series, TimeAxis

_NONE: Mapping[str, Any] = MappingProxyType({})
_STRIP: Figure = {"domain": [0.305, 0.335], "range": [0, 1], "visible": False, "fixedrange": True}


def overlay(
    series: Series,
    estimate: Estimate | None = None,
    *,
    truth: Float64Array | None = None,
    beside: Mapping[str, Estimate] = _NONE,
    band: bool = True,
    marked: View | None = None,
    places: Sequence[Finding] = (),
    view: View | None = None,
    limit: int = LIMIT,
) -> Figure:
    """The noisy series with its estimate on top and, below on the same x axis, the residual.

    Parameters
    ----------
    truth : float64 array of shape (n,), optional
        The clean series where it is known.
    beside : mapping of str to Estimate
        Estimates by other methods, to compare with; by the name that the legend shows.
    band : bool
        Whether to draw where the clean value lies with about 90 % probability, where the estimate knows its error.
    marked : (low, high), optional
        A stretch to shade, in the units of ``series.time``: it holds only noise.
    places : sequence of Finding
        Where the residual is not noise: a strip above it shows them.
    view : (low, high), optional
        The stretch to draw in full detail, in the units of `axis_values`.
    limit : int
        Points per line; extremes are kept.
    """
    x = axis_values(series.time)
    part = window(x, view)
    lines = Lines(x[part], limit, pauses=series.time.pauses - part.start)
    lines.add("Recorded", series.values[part], color=RAW, width=1.0)
    if band and estimate is not None and estimate.sd is not None:
        lines.band("90 % band (estimated)", estimate.values[part], NINETY * estimate.sd[part])
    if truth is not None:
        lines.add("True signal", truth[part], color=TRUTH, width=1.5, dash="dot")
    for name, other in beside.items():
        lines.add(name, other.values[part], color=BASELINE, width=1.5, dash="dash")
    if estimate is not None:
        lines.add("Denoised", estimate.values[part], color=DENOISED, width=1.8)
        _add_residual(lines, series.values[part] - estimate.values[part], {k: v[part] for k, v in estimate.removed.items()})
    layout = base_layout(series.time)
    layout["yaxis"] |= _value_axis(series.name, series.unit, series.values)
    layout["meta"] = {"alt": _overlay_alt(series, estimate), "note": lines.note()}
    if estimate is not None:
        layout |= _residual_panel(series, estimate)
        if bars := strip(places, x, axis="y3", view=view):
            lines.traces += bars
            layout |= {"yaxis3": _STRIP, "barmode": "overlay"}
            layout["xaxis"] |= {"autorangeoptions": {"clipmin": float(x[0]), "clipmax": float(x[-1])}}
    if marked is not None:
        layout["shapes"] = [*layout.get("shapes", ()), _shade(series.time, marked)]
    return {"data": lines.traces, "layout": layout}


def loss(train: Sequence[float], valid: Sequence[float], *, best_epoch: int, epochs: int | None = None) -> Figure:
    """Training and validation loss by epoch (1, 2, ...), with a star at `best_epoch`; a log axis where every loss is positive.

    `epochs` keeps room for those still to come.
    """
    numbers = np.arange(1.0, len(train) + 1.0)
    positive = all(value > 0 for value in (*train, *valid))
    traces = [
        line_trace("Training", numbers, np.asarray(train, dtype=np.float64), color=TRAIN, width=2.0),
        line_trace("Validation", numbers, np.asarray(valid, dtype=np.float64), color=VALID, width=2.0, dash="dash"),
    ]
    if len(train) > 1:
        traces = [trace | {"mode": "lines"} for trace in traces]
    alt = "Loss by epoch: no epoch has finished yet."
    if 1 <= best_epoch <= len(valid):
        lowest = valid[best_epoch - 1]
        traces.append(_star(best_epoch, lowest))
        alt = f"Loss by epoch, {len(valid)} so far. The lowest validation loss is {lowest:.4g}, at epoch {best_epoch}."
    layout = base_layout(None)
    layout["xaxis"] |= {"title": {"text": "Epoch"}, "autorangeoptions": {"include": [1, epochs or len(train)]}}
    axis = {"type": "log", **log_ticks(np.array([*train, *valid]))} if positive else {}
    layout["yaxis"] |= {"title": {"text": "Loss"}, "hoverformat": ".4~g", **axis}
    layout["meta"] = {"alt": alt, "note": ""}
    return {"data": traces, "layout": layout}


def stated_error(errors: Sequence[float], *, beside: Mapping[str, float], unit: str, epochs: int | None = None) -> Figure:
    """The error that a network states after each epoch (1, 2, ...), and what others state `beside` it: lines to beat.

    Parameters
    ----------
    errors : sequence of float
        Root mean squares, in `unit`; NaN where none is stated.
    beside : mapping of str to float
        By the name that the legend shows.
    epochs : int, optional
        Keeps room for those still to come.
    """
    last = float(epochs or max(len(errors), 1))
    numbers = np.arange(1.0, len(errors) + 1.0)
    traces = [
        line_trace(name, np.array([1.0, last]), np.array([error, error]), color=BASELINE, width=1.5, dash="dash")
        for name, error in beside.items()
    ]
    traces.append(line_trace("This network", numbers, np.asarray(errors, dtype=np.float64), color=DENOISED, width=2.0))
    layout = base_layout(None)
    layout["xaxis"] |= {"title": {"text": "Epoch"}, "range": [1, last]}
    layout["yaxis"] |= {"title": {"text": with_unit("Error", unit)}, "rangemode": "tozero"}
    now = f" now {errors[-1]:.3g}" if len(errors) else " not known yet"
    others = "".join(f"; {name}: {error:.3g}" for name, error in beside.items())
    layout["meta"] = {"alt": f"Estimated error by epoch:{now}{others}.", "note": ""}
    return {"data": traces, "layout": layout}


def preview(
    x: Float64Array,
    noisy: Float64Array,
    estimate: Float64Array | None,
    *,
    time: TimeAxis,
    name: str,
    unit: str = "",
    beside: Mapping[str, Float64Array] = _NONE,
) -> Figure:
    """One stretch of the series with the network's estimate and others `beside` it; `x` as from `axis_values`."""
    lines = Lines(x, LIMIT)
    lines.add("Recorded", noisy, color=RAW, width=1.0)
    for label, other in beside.items():
        lines.add(label, other, color=BASELINE, width=1.5, dash="dash")
    if estimate is not None:
        lines.add("Denoised so far", estimate, color=DENOISED, width=1.8)
    layout = base_layout(time)
    layout["yaxis"] |= _value_axis(name, unit, noisy)
    layout["meta"] = {"alt": f"{len(noisy)} samples of {name}, as recorded and as denoised so far.", "note": ""}
    return {"data": lines.traces, "layout": layout}


def windows(series: Series, *, length: int, hop: int, count: int = 5) -> Figure:
    """A stretch from the middle of the series with windows of `length` samples, `hop` samples apart, as the network gets them."""
    x, reach = axis_values(series.time), length + (count - 1) * hop
    first = max(0, (len(x) - reach) // 2)
    lines = Lines(x[first : first + reach], LIMIT, pauses=series.time.pauses - first)
    lines.add("Recorded", series.values[first : first + reach], color=RAW, width=1.2)
    layout = base_layout(series.time) | {"showlegend": False}
    layout["yaxis"] |= _value_axis(series.name, series.unit, series.values)
    starts = range(first, min(first + count * hop, len(x) - length + 1), hop)
    layout["shapes"] = [_window(x[start], x[start + length - 1], level / count) for level, start in enumerate(starts)]
    layout["meta"] = {
        "alt": f"Windows of {length} samples over {series.name}, each starting {hop} samples after the one before.",
        "note": "",
    }
    return {"data": lines.traces, "layout": layout}


def spectrum(frequency: Float64Array, densities: Mapping[str, Float64Array], *, unit: str, density_unit: str) -> Figure:
    """Power spectral densities (log axes), each by its name in the legend; zero frequency is left out."""
    style = {
        "recorded": (RAW, 1.2),
        "denoised": (DENOISED, 1.8),
        "residual": (RESIDUAL, 1.2),
        "noise (estimated)": (BASELINE, 2.0),
    }
    shown = frequency > 0
    traces = [
        line_trace(
            name.capitalize(), frequency[shown], np.where(power[shown] > 0, power[shown], np.nan), color=color, width=width
        )
        for name, power in densities.items()
        for color, width in [style[name]]
    ]
    layout = base_layout(None)
    layout["xaxis"] |= {"title": {"text": f"Frequency ({unit})"}, "type": "log", "exponentformat": "power"}
    layout["yaxis"] |= {"title": {"text": with_unit("Power density", density_unit)}, "type": "log", "exponentformat": "power"}
    layout["meta"] = {"alt": f"Power spectral density: {', '.join(densities)}.", "note": ""}
    return {"data": traces, "layout": layout}


def axis_values(time: TimeAxis) -> Float64Array:
    """Where the samples lie on a chart's x axis: milliseconds since 1970 for calendar time, else ``time.values``."""
    calendar = time.calendar()
    return time.values if calendar is None else calendar.astype("datetime64[us]").astype(np.int64) / 1000.0


def time_values(time: TimeAxis, view: View) -> View:
    """A range of `axis_values` in the unit of the time axis, counted from its start."""
    if time.start is None:
        return view
    start = float(time.start.astype("datetime64[us]").astype(np.int64))
    low, high = ((edge * 1000.0 - start) / 1e6 for edge in view)
    return low, high


def _shade(time: TimeAxis, marked: View) -> Figure:
    """A box over the whole height of the chart."""
    near = np.clip(np.searchsorted(time.values, marked), 0, len(time) - 1)
    low, high = (float(axis_values(time)[at]) for at in near)
    box = {"type": "rect", "xref": "x", "x0": low, "x1": high, "yref": "paper", "y0": 0.0, "y1": 1.0, "layer": "below"}
    return box | {"fillcolor": BASELINE, "opacity": 0.18, "line": {"width": 0}}


def _add_residual(lines: Lines, residual: Float64Array, removed: Mapping[str, Float64Array]) -> None:
    """What was removed: one line, or one each for noise, hum and drift, which add up to it."""
    if not removed:
        lines.add("Residual", residual, color=RESIDUAL, width=1.0, axis="y2")
        return
    lines.add("Removed noise", residual - sum(removed.values()), color=RESIDUAL, width=1.0, axis="y2")
    for name, values in removed.items():
        shown = np.where(np.isnan(residual), np.nan, values)
        lines.add(f"Removed {name}", shown, color=DISTURBANCES[name], width=1.4, axis="y2")


def _star(epoch: int, value: float) -> Figure:
    return {
        "type": "scatter",
        "name": "Best",
        "x": [epoch],
        "y": [value],
        "mode": "markers+text",
        "text": [f"best: {epoch}"],
        "textposition": "top center",
        "cliponaxis": False,
        "marker": {"symbol": "star", "size": 14, "color": VALID},
    }


def _window(low: float, high: float, level: float) -> Figure:
    """A translucent box from `low` to `high`; each higher `level` (0 to 1) is a little shorter, so that overlaps can be told."""
    box = {"type": "rect", "xref": "x", "x0": low, "x1": high, "yref": "paper", "y0": 0.06 * level, "y1": 1.0 - 0.5 * level}
    return box | {"fillcolor": DENOISED, "opacity": 0.12, "line": {"color": DENOISED, "width": 1}}


def _residual_panel(series: Series, estimate: Estimate) -> Figure:
    """Layout of the panel with the residual: same unit, a line at zero and one at twice the noise sd on either side."""
    residual = series.values - estimate.values
    sigma = estimate.noise_sd if estimate.noise_sd is not None else float(np.nanstd(residual))
    guides = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": level, "y1": level, "line": style}
        for level in (-2.0 * sigma, 2.0 * sigma)
        for style in [{"color": RESIDUAL, "width": 1, "dash": "dash"}]
    ]
    label = {"text": "±2σ", "xref": "paper", "x": 1, "xanchor": "right", "yref": "y2", "y": 2.0 * sigma, "yanchor": "bottom"}
    base = base_layout(series.time)
    return {
        "xaxis": base["xaxis"] | {"anchor": "y2"},
        "yaxis": {"zeroline": False, "domain": [0.36, 1.0], **_value_axis(series.name, series.unit, series.values)},
        "yaxis2": {"zeroline": True, "domain": [0.0, 0.29], **_value_axis("Residual", series.unit, residual)},
        "shapes": guides,
        "annotations": [label | {"showarrow": False, "font": {"size": 11, "color": RESIDUAL}}],
    }


def _value_axis(name: str, unit: str, values: Float64Array) -> Figure:
    """Title of the axis of a measured quantity, and how its values are written."""
    return {"title": {"text": with_unit(name, unit)}, "hoverformat": hover_format(values)}


def _overlay_alt(series: Series, estimate: Estimate | None) -> str:
    text = f"{series.name}, {len(series):,} samples, as recorded"
    return f"{text}, as denoised, and the residual below." if estimate is not None else f"{text}."
