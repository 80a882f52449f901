"""Several small charts in one figure, in rows: what a lesson shows. One legend for all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from denoise_core.figures.traces import (
    BASELINE,
    DENOISED,
    RAW,
    RESIDUAL,
    TRAIN,
    TRUTH,
    VALID,
    Figure,
    base_layout,
    line_trace,
)
from denoise_core.series import Float64Array

ROLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "recorded": {"color": RAW, "width": 1.0},
        "truth": {"color": TRUTH, "width": 1.6, "dash": "dot"},
        "denoised": {"color": DENOISED, "width": 1.8},
        "residual": {"color": RESIDUAL, "width": 1.2},
        "train": {"color": TRAIN, "width": 2.0},
        "valid": {"color": VALID, "width": 2.0, "dash": "dash"},
        "baseline": {"color": BASELINE, "width": 1.8, "dash": "dash"},
    }
)
"""Role -> its look, the same in every chart."""
LARGE = 1.8
"""Lines for a projector are this many times as thick."""
FONT, LARGE_FONT = 13, 18


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line, or with `points` one mark for each value; ``x`` and ``y`` of shape (n,)."""

    name: str
    x: Float64Array
    y: Float64Array
    role: str
    points: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One chart of the figure.

    Parameters
    ----------
    log : str
        Which axes are logarithmic: "", "x", "y" or "xy".
    marks, levels : mapping of str to float
        Vertical and horizontal lines, each with its words.
    x_range, y_range : (low, high), optional
        In the units of the axis; by default all is shown.
    ticks : mapping of float to str
        Where and how the y axis is labelled, in place of numbers.
    width, height : float
        Against the others of its row; of a row, the first panel's height against those of the other rows.
    """

    lines: Sequence[Line]
    x_title: str = ""
    y_title: str = ""
    log: str = ""
    marks: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    x_ticks: Mapping[float, str] = field(default_factory=dict)
    ticks: Mapping[float, str] = field(default_factory=dict)
    width: float = 1.0
    height: float = 1.0


def panels(rows: Sequence[Sequence[Panel]], *, alt: str, name: str, large: bool = False) -> Figure:
    """Rows of panels.

    Parameters
    ----------
    name : str
        A zoom lasts as long as this stays the same.
    large : bool
        For a projector: thick lines, large type.
    """
    layout = base_layout(None) | {"uirevision": name, "meta": {"alt": alt, "note": ""}, "shapes": [], "annotations": []}
    layout["legend"] |= {"y": 1.02}
    size = LARGE_FONT if large else FONT
    layout["font"] = {"size": size}
    if large:
        layout["margin"] = {"l": 84, "r": 24, "t": 40, "b": 64}
    traces: list[Figure] = []
    named: set[str] = set()
    number = 0
    for row, low, high in zip(rows, *_heights([row[0].height for row in rows], large), strict=True):
        for panel, left, right in zip(row, *_widths([panel.width for panel in row], large), strict=True):
            number += 1
            axis = "" if number == 1 else str(number)
            layout[f"xaxis{axis}"] = _axis(panel, "x", (left, right), anchor=f"y{axis}", size=size)
            layout[f"yaxis{axis}"] = _axis(panel, "y", (low, high), anchor=f"x{axis}", size=size)
            for line in panel.lines:
                traces.append(_trace(line, axis, large=large, first=line.name not in named))
                named.add(line.name)
            for shape, label in _guides(panel, axis, large=large):
                layout["shapes"].append(shape)
                layout["annotations"].append(label)
    return {"data": traces, "layout": layout}


def _heights(weights: Sequence[float], large: bool) -> tuple[list[float], list[float]]:
    """Low and high end of each row, from the top down."""
    lows, highs = _split(weights, 0.2 if large else 0.16)
    return [1.0 - high for high in highs], [1.0 - low for low in lows]


def _widths(weights: Sequence[float], large: bool) -> tuple[list[float], list[float]]:
    return _split(weights, 0.14 if large else 0.1)


def _split(weights: Sequence[float], gap: float) -> tuple[list[float], list[float]]:
    """0 .. 1 in parts of these weights, a gap between them."""
    unit = (1.0 - gap * (len(weights) - 1)) / sum(weights)
    lows = [unit * sum(weights[:i]) + gap * i for i in range(len(weights))]
    return lows, [min(1.0, low + unit * weight) for low, weight in zip(lows, weights, strict=True)]


def _axis(panel: Panel, which: str, domain: tuple[float, float], *, anchor: str, size: int) -> Figure:
    title, limits, ticks = (
        (panel.x_title, panel.x_range, panel.x_ticks) if which == "x" else (panel.y_title, panel.y_range, panel.ticks)
    )
    axis: Figure = {
        "zeroline": False,
        "title": {"text": title, "standoff": 6, "font": {"size": size}},
        "domain": list(domain),
        "anchor": anchor,
    }
    if which in panel.log:
        axis |= {"type": "log", "exponentformat": "power", "dtick": 1} if not ticks else {"type": "log"}
    if limits is not None:
        axis["range"] = [math.log10(edge) for edge in limits] if which in panel.log else list(limits)
    if ticks:
        axis |= {"tickmode": "array", "tickvals": list(ticks), "ticktext": list(ticks.values())}
    return axis


def _trace(line: Line, axis: str, *, large: bool, first: bool) -> Figure:
    look = dict(ROLES[line.role])
    look["width"] *= LARGE if large else 1.0
    trace = line_trace(line.name, line.x, line.y, axis=f"y{axis}", **look)
    trace |= {"xaxis": f"x{axis}", "legendgroup": line.name, "showlegend": first and bool(line.name), "mode": "lines"}
    if line.points:
        size = (13 if line.points == "star" else 9) * (1.5 if large else 1.0)
        trace |= {"mode": "markers", "marker": {"symbol": line.points, "size": size, "color": look["color"]}, "cliponaxis": False}
    return trace


def _guides(panel: Panel, axis: str, *, large: bool) -> list[tuple[Figure, Figure]]:
    """Each mark and level as a thin line, and its words at the end of it."""
    style = {"color": RAW, "width": 2.0 if large else 1.2, "dash": "dash"}
    x, y = f"x{axis}", f"y{axis}"
    font = {"size": LARGE_FONT if large else FONT}
    plain = {"showarrow": False, "font": font}
    guides = []
    for words, at in panel.marks.items():
        place = _log10(at) if "x" in panel.log else at
        line = {"type": "line", "xref": x, "x0": at, "x1": at, "yref": f"{y} domain", "y0": 0, "y1": 1, "line": style}
        label = {"text": words, "xref": x, "x": place, "xanchor": "left", "yref": f"{y} domain", "y": 1, "yanchor": "top"}
        guides.append((line, label | plain))
    for words, at in panel.levels.items():
        place = _log10(at) if "y" in panel.log else at
        line = {"type": "line", "xref": f"{x} domain", "x0": 0, "x1": 1, "yref": y, "y0": at, "y1": at, "line": style}
        label = {"text": words, "xref": f"{x} domain", "x": 1, "xanchor": "right", "yref": y, "y": place, "yanchor": "bottom"}
        guides.append((line, label | plain))
    return guides


def _log10(value: float) -> float:
    """Where an annotation lies on a logarithmic axis; shapes there take the value itself."""
    return math.log10(value)
