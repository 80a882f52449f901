"""A strip along the record that shows where the residual is not noise; a click on a bar zooms there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from denoise_core.assess.findings import Finding
from denoise_core.figures.traces import BASELINE, RESIDUAL, Figure, View
from denoise_core.series import Float64Array

NARROWEST = 0.003
"""Of the width of the chart: what lasts shorter is drawn so wide, to be seen and hit."""
_ROOM = 1.5  # lengths of the stretch that are shown on either side of it
_LEAST_SHOWN = 40  # samples
_LOOKS = ((True, "Signal in the residual", RESIDUAL), (False, "Louder than the noise", BASELINE))


def strip(places: Sequence[Finding], x: Float64Array, *, axis: str, view: View | None) -> list[Figure]:
    """One trace of bars for lost signal and one for stretches that are louder than the noise; none where there is nothing.

    ``customdata`` holds the range of the x axis that a click shows.

    Parameters
    ----------
    x : float64 array of shape (n,)
        Where the samples lie on the x axis.
    """
    low, high = (float(x[0]), float(x[-1])) if view is None else view
    least = NARROWEST * (high - low)
    return [
        _bars([one for one in places if one.is_lost_signal == lost], x, name=name, color=color, axis=axis, least=least)
        for lost, name, color in _LOOKS
        if any(one.is_lost_signal == lost for one in places)
    ]


def range_around(place: Finding, x: Float64Array) -> View:
    """The range of the x axis that shows a place and what is beside it."""
    room = max(_LEAST_SHOWN, round(_ROOM * (place.stop - place.start)))
    last = len(x) - 1
    return float(x[max(0, place.start - room)]), float(x[min(last, place.stop + room)])


def _bars(places: Sequence[Finding], x: Float64Array, *, name: str, color: str, axis: str, least: float) -> Figure:
    starts = x[[one.start for one in places]]
    widths = x[[one.stop - 1 for one in places]] - starts
    wider = np.maximum(least - widths, 0.0)
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "base": (starts - wider / 2).tolist(),
        "x": (widths + wider).tolist(),
        "y": [0.5] * len(places),
        "width": 1.0,
        "yaxis": axis,
        "marker": {"color": color, "opacity": 0.75, "line": {"width": 0}},
        "customdata": [list(range_around(one, x)) for one in places],
        "text": [one.text for one in places],
        "textposition": "none",
        "hovertemplate": "%{text} Click to zoom.<extra></extra>",
    }
