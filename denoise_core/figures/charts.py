"""Every chart of the product, once, as a plain plotly figure: ``plotly.graph_objects.Figure(overlay(series))`` works too.

``layout.meta`` carries the words that belong to a chart: ``alt`` (what it shows) and ``note`` (how much of it is drawn).
Imports neither streamlit nor plotly.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from denoise_core.figures.downsampling import LIMIT, downsample, window
from denoise_core.series import Estimate, Float64Array, Series, TimeAxis

Figure = dict[str, Any]
View = tuple[float, float]
_NONE: Mapping[str, Any] = MappingProxyType({})

# Okabe-Ito colours, one per role; see doi:10.1038/nmeth.1618.
RAW, DENOISED, RESIDUAL, BASELINE, TRUTH = "#8A8A8A", "#0072B2", "#D55E00", "#E69F00", "#000000"
TRAIN, VALID = "#009E73", "#CC79A7"
BAND = "rgba(128,128,128,0.28)"
NINETY = 1.645  # standard deviations on either side hold 90 % of a normal distribution
# What to draw instead on a dark ground.
DARK = {
    BAND: "rgba(190,205,220,0.3)",
    DENOISED: "#56B4E9",
    TRUTH: "#FFFFFF",
    RAW: "#9AA3AD",
    RESIDUAL: "#F0803C",
    TRAIN: "#2FC49A",
}


def overlay(
    series: Series,
    estimate: Estimate | None = None,
    *,
    truth: Float64Array | None = None,
    beside: Mapping[str, Estimate] = _NONE,
    band: bool = True,
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
    view : (low, high), optional
        The stretch to draw in full detail, in the units of `axis_values`.
    limit : int
        Points per line; extremes are kept.
    """
    x = axis_values(series.time)
    part = window(x, view)
    lines = _Lines(x[part], limit)
    lines.add("Recorded", series.values[part], color=RAW, width=1.0)
    if band and estimate is not None and estimate.sd is not None:
        lines.band("90 % band (estimated)", estimate.values[part], NINETY * estimate.sd[part])
    if truth is not None:
        lines.add("True signal", truth[part], color=TRUTH, width=1.5, dash="dot")
    for name, other in beside.items():
        lines.add(name, other.values[part], color=BASELINE, width=1.5, dash="dash")
    if estimate is not None:
        lines.add("Denoised", estimate.values[part], color=DENOISED, width=1.8)
        lines.add("Residual", series.values[part] - estimate.values[part], color=RESIDUAL, width=1.0, axis="y2")
    layout = _layout(series.time)
    layout["yaxis"] |= {"title": {"text": _with_unit(series.name, series.unit)}}
    layout["meta"] = {"alt": _overlay_alt(series, estimate), "note": lines.note()}
    if estimate is not None:
        layout |= _residual_panel(series, estimate)
    return {"data": lines.traces, "layout": layout}


def loss(train: Sequence[float], valid: Sequence[float], *, best_epoch: int, epochs: int | None = None) -> Figure:
    """Training and validation loss by epoch (1, 2, ...), with a star at `best_epoch`; a log axis where every loss is positive.

    `epochs` keeps room for those still to come.
    """
    numbers = np.arange(1.0, len(train) + 1.0)
    positive = all(value > 0 for value in (*train, *valid))
    traces = [
        _line("Training", numbers, np.asarray(train, dtype=np.float64), color=TRAIN, width=2.0),
        _line("Validation", numbers, np.asarray(valid, dtype=np.float64), color=VALID, width=2.0, dash="dash"),
    ]
    if len(train) > 1:
        traces = [trace | {"mode": "lines"} for trace in traces]
    alt = "Loss by epoch: no epoch has finished yet."
    if 1 <= best_epoch <= len(valid):
        lowest = valid[best_epoch - 1]
        traces.append(_star(best_epoch, lowest))
        alt = f"Loss by epoch, {len(valid)} so far. The lowest validation loss is {lowest:.4g}, at epoch {best_epoch}."
    layout = _layout(None)
    layout["xaxis"] |= {"title": {"text": "Epoch"}, "autorangeoptions": {"include": [1, epochs or len(train)]}}
    layout["yaxis"] |= {"title": {"text": "Loss"}, **({"type": "log", "dtick": "D2", "tickformat": "~g"} if positive else {})}
    layout["meta"] = {"alt": alt, "note": ""}
    return {"data": traces, "layout": layout}


def preview(
    x: Float64Array,
    noisy: Float64Array,
    estimate: Float64Array | None,
    *,
    time: TimeAxis,
    name: str,
    beside: Mapping[str, Float64Array] = _NONE,
) -> Figure:
    """One stretch of the series with the network's estimate and others `beside` it; `x` as from `axis_values`."""
    lines = _Lines(x, LIMIT)
    lines.add("Recorded", noisy, color=RAW, width=1.0)
    for label, other in beside.items():
        lines.add(label, other, color=BASELINE, width=1.5, dash="dash")
    if estimate is not None:
        lines.add("Denoised so far", estimate, color=DENOISED, width=1.8)
    layout = _layout(time)
    layout["yaxis"] |= {"title": {"text": name}}
    layout["meta"] = {"alt": f"{len(noisy)} samples of {name}, as recorded and as denoised so far.", "note": ""}
    return {"data": lines.traces, "layout": layout}


def windows(series: Series, *, length: int, hop: int, count: int = 5) -> Figure:
    """A stretch from the middle of the series with windows of `length` samples, `hop` samples apart, as the network gets them."""
    x, reach = axis_values(series.time), length + (count - 1) * hop
    first = max(0, (len(x) - reach) // 2)
    lines = _Lines(x[first : first + reach], LIMIT)
    lines.add("Recorded", series.values[first : first + reach], color=RAW, width=1.2)
    layout = _layout(series.time) | {"showlegend": False}
    layout["yaxis"] |= {"title": {"text": _with_unit(series.name, series.unit)}}
    starts = range(first, min(first + count * hop, len(x) - length + 1), hop)
    layout["shapes"] = [_window(x[start], x[start + length - 1], level / count) for level, start in enumerate(starts)]
    layout["meta"] = {
        "alt": f"Windows of {length} samples over {series.name}, each starting {hop} samples after the one before.",
        "note": "",
    }
    return {"data": lines.traces, "layout": layout}


def spectrum(frequency: Float64Array, densities: Mapping[str, Float64Array], *, unit: str, density_unit: str) -> Figure:
    """Power spectral densities (log axes) of "recorded", "denoised" and "residual"; zero frequency is left out."""
    style = {"recorded": (RAW, 1.2), "denoised": (DENOISED, 1.8), "residual": (RESIDUAL, 1.2)}
    shown = frequency > 0
    traces = [
        _line(name.capitalize(), frequency[shown], np.where(power[shown] > 0, power[shown], np.nan), color=color, width=width)
        for name, power in densities.items()
        for color, width in [style[name]]
    ]
    layout = _layout(None)
    layout["xaxis"] |= {"title": {"text": f"Frequency ({unit})"}, "type": "log", "exponentformat": "power"}
    layout["yaxis"] |= {"title": {"text": _with_unit("Power density", density_unit)}, "type": "log", "exponentformat": "power"}
    layout["meta"] = {"alt": "Power spectral density as recorded, as denoised, and of the residual.", "note": ""}
    return {"data": traces, "layout": layout}


def axis_values(time: TimeAxis) -> Float64Array:
    """Where the samples lie on a chart's x axis: milliseconds since 1970 for calendar time, else ``time.values``."""
    calendar = time.calendar()
    return time.values if calendar is None else calendar.astype("datetime64[us]").astype(np.int64) / 1000.0


class _Lines:
    """Lines over one x axis, each downsampled on its own, and how many points that left."""

    def __init__(self, x: Float64Array, limit: int) -> None:
        self.traces: list[Figure] = []
        self._x, self._limit = x, limit
        self._drawn = 0

    def add(self, name: str, y: Float64Array, **style: Any) -> None:
        at = downsample(y, limit=self._limit)
        self._drawn = max(self._drawn, len(at))
        self.traces.append(_line(name, self._x[at], y[at], **style))

    def band(self, name: str, middle: Float64Array, half: Float64Array) -> None:
        """Grey between ``middle - half`` and ``middle + half``: one closed shape for each stretch without a gap."""
        low, high = middle - half, middle + half
        # Each edge keeps its own extremes, so that the lines within stay within.
        at = np.union1d(downsample(low, limit=self._limit // 2), downsample(high, limit=self._limit // 2))
        runs = np.split(at, np.flatnonzero(np.isnan(low[at])))
        rings = [ring for run in runs if (ring := run[~np.isnan(low[run])]).size]
        gap = np.array([np.nan])
        x = [part for ring in rings for part in (gap, self._x[ring], self._x[ring][::-1])][1:]
        y = [part for ring in rings for part in (gap, high[ring], low[ring][::-1])][1:]
        shape = _line(name, np.concatenate(x or [gap]), np.concatenate(y or [gap]), color=BAND, width=0.0)
        self.traces.append(shape | {"mode": "lines", "fill": "toself", "fillcolor": BAND, "hoverinfo": "skip"})

    def note(self) -> str:
        """How much of the stretch is drawn, where that is not all of it."""
        if len(self._x) <= self._limit:
            return ""
        return f"{self._drawn:,} of {len(self._x):,} points drawn, extremes kept"


def _line(
    name: str, x: Float64Array, y: Float64Array, *, color: str, width: float, dash: str = "solid", axis: str = "y"
) -> Figure:
    few = len(x) <= 80
    return {
        "type": "scatter",
        "name": name,
        "x": _encode(x),
        "y": _encode(y),
        "yaxis": axis,
        "mode": "lines+markers" if few else "lines",
        "line": {"color": color, "width": width, "dash": dash},
        "marker": {"size": 4, "color": color},
    }


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


def _encode(values: Float64Array) -> dict[str, str]:
    """Plotly's own binary form: exact, small, and missing values stay missing."""
    return {"dtype": "f8", "bdata": base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode()}


def _layout(time: TimeAxis | None) -> Figure:
    xaxis: Figure = {"zeroline": False, "title": {"text": ""}}
    if time is not None:
        xaxis |= {"type": "date"} if time.start is not None else {"title": {"text": _with_unit(time.name, time.unit)}}
    return {
        "xaxis": xaxis,
        "yaxis": {"zeroline": False},
        "legend": {"orientation": "h", "traceorder": "normal", "x": 0, "y": 1.0, "yanchor": "bottom"},
        "margin": {"l": 64, "r": 12, "t": 28, "b": 40},
        "hovermode": "x",
        "uirevision": "keep",
    }


def _residual_panel(series: Series, estimate: Estimate) -> Figure:
    """Layout of the panel with the residual: same unit, a line at zero and one at twice the noise sd on either side."""
    sigma = estimate.noise_sd if estimate.noise_sd is not None else float(np.nanstd(series.values - estimate.values))
    guides = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": level, "y1": level, "line": style}
        for level in (-2.0 * sigma, 2.0 * sigma)
        for style in [{"color": RESIDUAL, "width": 1, "dash": "dash"}]
    ]
    label = {"text": "±2σ", "xref": "paper", "x": 1, "xanchor": "right", "yref": "y2", "y": 2.0 * sigma, "yanchor": "bottom"}
    base = _layout(series.time)
    return {
        "xaxis": base["xaxis"] | {"anchor": "y2"},
        "yaxis": {"zeroline": False, "domain": [0.36, 1.0], "title": {"text": _with_unit(series.name, series.unit)}},
        "yaxis2": {"zeroline": True, "domain": [0.0, 0.29], "title": {"text": _with_unit("Residual", series.unit)}},
        "shapes": guides,
        "annotations": [label | {"showarrow": False, "font": {"size": 11, "color": RESIDUAL}}],
    }


def _with_unit(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit and unit != name else name


def _overlay_alt(series: Series, estimate: Estimate | None) -> str:
    text = f"{series.name}, {len(series):,} samples, as recorded"
    return f"{text}, as denoised, and the residual below." if estimate is not None else f"{text}."
