"""Several channels of a recording one above the other, over one x axis."""

from __future__ import annotations

from collections.abc import Sequence

from denoise_core.figures.charts import axis_values
from denoise_core.figures.downsampling import LIMIT, window
from denoise_core.figures.traces import DENOISED, RAW, Figure, Lines, View, base_layout, panel_title, with_unit
from denoise_core.series import Estimate, Series

_SPACE = 0.04  # of the height, between panels
_POINTS = 4  # channels from which on each is drawn with fewer points, so that a page stays small


def small_multiples(
    series: Sequence[Series], estimates: Sequence[Estimate | None], *, view: View | None = None, limit: int = LIMIT
) -> Figure:
    """One panel for each series, as recorded and, where there is an estimate, as denoised.

    Parameters
    ----------
    series : sequence of Series
        On one time axis.
    estimates : sequence of Estimate or None
        As many as series.
    view : (low, high), optional
        The stretch to draw in full detail, in the units of `axis_values`.
    limit : int
        Points per line; extremes are kept.
    """
    x = axis_values(series[0].time)
    part = window(x, view)
    few = max(2, min(limit, limit * _POINTS // len(series)))
    traces: list[Figure] = []
    layout = base_layout(series[0].time)
    layout["annotations"], note = [], ""
    height = (1.0 - _SPACE * (len(series) - 1)) / len(series)
    for k, (one, estimate) in enumerate(zip(series, estimates, strict=True)):
        axis, top = f"y{k + 1}" if k else "y", 1.0 - k * (height + _SPACE)
        lines = Lines(x[part], few, pauses=one.time.pauses - part.start)
        lines.add("Recorded", one.values[part], color=RAW, width=1.0, axis=axis)
        if estimate is not None:
            lines.add("Denoised", estimate.values[part], color=DENOISED, width=1.6, axis=axis)
        traces += [trace | {"legendgroup": trace["name"], "showlegend": k == 0} for trace in lines.traces]
        layout[f"yaxis{k + 1}" if k else "yaxis"] = {"zeroline": False, "domain": [max(0.0, top - height), top], "nticks": 4}
        layout["annotations"].append(panel_title(with_unit(one.name, one.unit), top))
        note = lines.note()
    layout["xaxis"] |= {"anchor": f"y{len(series)}" if len(series) > 1 else "y"}
    layout["legend"] |= {"x": 1.0, "xanchor": "right"}
    names = ", ".join(one.name for one in series)
    denoised = " and as denoised" * any(estimate is not None for estimate in estimates)
    layout["meta"] = {"alt": f"{names}: {len(series[0]):,} samples each, as recorded{denoised}.", "note": note}
    return {"data": traces, "layout": layout}
