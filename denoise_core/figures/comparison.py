"""Results of several methods for one series: each in a panel of its own, or all over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from denoise_core.assess.formatting import plural
from denoise_core.figures.charts import axis_values
from denoise_core.figures.downsampling import window
from denoise_core.figures.traces import DENOISED, RAW, TRUTH, Figure, Lines, View, base_layout, panel_title, with_unit
from denoise_core.series import Estimate, Float64Array, Series

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#7B5EA7")
"""Of what is drawn over each other, and how many at most; told apart by the colour-blind, and by their dashes as well."""
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_COLUMNS, _PANEL = 4, 112  # panels in a row, and pixels of height for each row
_GAP_X, _GAP_Y = 0.02, 0.07  # between panels, as shares of the whole
_ACROSS = 2400  # points to a line over the whole width, which is 1,200 pixels: with many lines, more only take time
_BEYOND = 0.05  # of the range of a panel's values, above and below them
_POINTS = 400  # to a line in a panel, which is about 210 pixels wide


def grid(series: Series, estimates: Mapping[str, Estimate | None], *, view: View | None = None) -> Figure:
    """One panel for each estimate over the recording, all on the same scales; a zoom into one of them zooms all.

    Parameters
    ----------
    estimates : mapping of str to Estimate or None
        By the title of the panel; None where there is none yet, whose panel keeps its place.
    view : (low, high), optional
        The stretch to draw, in the units of `axis_values`.
    """
    x = axis_values(series.time)
    part = window(x, view)
    recorded, denoised = (Lines(x[part], _POINTS, pauses=series.time.pauses - part.start) for _ in range(2))
    recorded.add("Recorded", series.values[part], color=RAW, width=0.8)
    made = {k: one.values[part] for k, one in enumerate(estimates.values()) if one is not None}
    for values in made.values():
        denoised.add("Denoised", values, color=DENOISED, width=1.4)
    layout = _grid_layout(series, list(estimates), view)
    layout["yaxis"]["range"] = _extent([series.values[part], *made.values()])
    panels = [(k, recorded.traces[0]) for k in range(len(estimates))] + list(zip(made, denoised.traces, strict=True))
    # Sorted: the recording of each panel, then its estimate.
    traces = [_within(trace, _axis(k)) for k, trace in sorted(panels, key=lambda one: one[0])]
    names = [name for name, one in estimates.items() if one is not None]
    alt = f"{series.name} as recorded and as denoised by {', '.join(names)}: {plural(len(names), 'panel')} on the same scales."
    layout["meta"] = {"alt": alt, "note": recorded.note()}
    return {"data": traces, "layout": layout}


def _grid_layout(series: Series, titles: Sequence[str], view: View | None) -> Figure:
    """Places and axes of the panels, of which all but the first follow that one."""
    layout = base_layout(series.time)
    shared = layout.pop("xaxis") | {"title": {"text": ""}, "nticks": 4}
    layout |= {"showlegend": False, "annotations": [], "hovermode": "closest", "uirevision": str(view)}
    layout["margin"] = {"l": 44, "r": 8, "t": 22, "b": 24}
    rows = -(-len(titles) // _COLUMNS)
    for k, title in enumerate(titles):
        axis, ((left, right), (low, high)) = _axis(k), _place(k, rows)
        last = k + _COLUMNS >= len(titles)
        across = {"domain": [left, right], "anchor": f"y{axis}", "showticklabels": last} | ({"matches": "x"} if k else {})
        upwards = {"domain": [low, high], "anchor": f"x{axis}", "showticklabels": k % _COLUMNS == 0}
        layout[f"xaxis{axis}"] = shared | across
        layout[f"yaxis{axis}"] = {"zeroline": False, "nticks": 3} | upwards | ({"matches": "y"} if k else {})
        layout["annotations"].append(panel_title(with_unit(title, ""), high, left=left))
    return layout


def _axis(k: int) -> str:
    """What plotly appends to the names of the axes of panel number `k`."""
    return str(k + 1) if k else ""


def _within(trace: Figure, axis: str) -> Figure:
    return trace | {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "mode": "lines"}


def _extent(lines: Sequence[Float64Array]) -> list[float] | None:
    """From the least to the greatest value and a little beyond, so that plotly need not look for them in every panel."""
    known = [line for line in lines if np.isfinite(line).any()]
    if not known:
        return None
    low, high = min(map(np.nanmin, known)), max(map(np.nanmax, known))
    room = _BEYOND * (high - low)
    return [float(low - room), float(high + room)]


def grid_height(panels: int) -> int:
    """Pixels that so many panels need."""
    return 40 + _PANEL * -(-panels // _COLUMNS)


@dataclass(frozen=True)
class Drawn:
    """An estimate and the number of its colour in `COLORS`."""

    estimate: Estimate
    color: int


def compare(
    series: Series,
    drawn: Mapping[str, Drawn],
    *,
    truth: Float64Array | None = None,
    baseline: Estimate | None = None,
    baseline_name: str = "",
    view: View | None = None,
) -> Figure:
    """Estimates over the recording, and below them their residuals in the same colours.

    ``layout.meta.flip`` has the traces of each estimate, by its name, so that a page can show one at a time.

    Parameters
    ----------
    drawn : mapping of str to Drawn
        By the name that the legend shows.
    baseline : Estimate, optional
        The residuals are drawn less that of this one.
    """
    x = axis_values(series.time)
    part = window(x, view)
    lines = Lines(x[part], _ACROSS, pauses=series.time.pauses - part.start)
    lines.add("Recorded", series.values[part], color=RAW, width=1.0)
    if truth is not None:
        lines.add("True signal", truth[part], color=TRUTH, width=1.5, dash="dot")
    flip: dict[str, Sequence[int]] = {}
    for name, one in drawn.items():
        color = COLORS[one.color]
        flip[name] = (len(lines.traces), len(lines.traces) + 1)
        label = with_unit(name, "")
        lines.add(label, one.estimate.values[part], color=color, width=1.8, dash=_DASHES[one.color])
        less = series.values if baseline is None else baseline.values
        lines.add(f"{label}, residual", (less - one.estimate.values)[part], axis="y2", color=color, width=1.0)
        lines.traces[-1] |= {"showlegend": False, "legendgroup": label}
        lines.traces[-2] |= {"legendgroup": label}
    below = "Residual" if baseline is None else "Difference"
    layout = base_layout(series.time)
    layout["xaxis"] |= {"anchor": "y2"}
    layout["yaxis"] = {"zeroline": False, "domain": [0.42, 1.0], "title": {"text": with_unit(series.name, series.unit)}}
    layout["yaxis2"] = {"zeroline": True, "domain": [0.0, 0.36], "title": {"text": with_unit(below, series.unit)}}
    names = ", ".join(drawn) or "nothing else"
    what = "what each removed" if baseline is None else f"what each removed less what {baseline_name} removed"
    alt = f"{series.name}, {len(series):,} samples, as recorded, and over it {names}; below, {what}."
    layout["meta"] = {"alt": alt, "note": lines.note(), "flip": flip}
    return {"data": lines.traces, "layout": layout}


def _place(k: int, rows: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Left and right, low and high end of the panel number `k`, row by row from the top."""
    row, column = divmod(k, _COLUMNS)
    width, height = (1.0 + _GAP_X) / _COLUMNS, (1.0 + _GAP_Y) / rows
    top = 1.0 - row * height
    return (column * width, column * width + width - _GAP_X), (max(0.0, top - height + _GAP_Y), top)
