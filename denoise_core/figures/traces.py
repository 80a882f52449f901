"""What every chart is drawn from: colours, lines with few points, the common layout."""

from __future__ import annotations

import base64
import html
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.figures.downsampling import downsample
from denoise_core.series import Float64Array, TimeAxis

Figure = dict[str, Any]
View = tuple[float, float]

# Okabe-Ito colours, one per role; see doi:10.1038/nmeth.1618.
RAW, DENOISED, RESIDUAL, BASELINE, TRUTH = "#8A8A8A", "#0072B2", "#D55E00", "#E69F00", "#000000"
TRAIN, VALID = "#009E73", "#CC79A7"
DISTURBANCES = {"hum": VALID, "drift": TRAIN}
BAND = "rgba(128,128,128,0.28)"
LONGEST = 36  # characters of a name beside an axis
NINETY = 1.645  # standard deviations on either side hold 90 % of a normal distribution
# What to draw instead on a dark ground.
DARK = {
    BAND: "rgba(190,205,220,0.3)",
    DENOISED: "#56B4E9",
    TRUTH: "#FFFFFF",
    RAW: "#9AA3AD",
    RESIDUAL: "#F0803C",
    TRAIN: "#2FC49A",
    "#7B5EA7": "#B79CE8",
}

_NONE: NDArray[np.int64] = np.zeros(0, dtype=np.int64)


class Lines:
    """Lines over one x axis, each downsampled on its own, and how many points that left.

    Parameters
    ----------
    pauses : int64 array
        Positions after which all lines are interrupted, where that is wide enough to be seen.
    """

    def __init__(self, x: Float64Array, limit: int, *, pauses: NDArray[np.int64] = _NONE) -> None:
        self.traces: list[Figure] = []
        self._x, self._limit = x, limit
        pauses = pauses[(pauses >= 0) & (pauses < len(x) - 1)]
        self._pauses = pauses[(x[pauses + 1] - x[pauses]) * limit >= x[-1] - x[0]] if pauses.size else pauses
        self._drawn = 0

    def add(self, name: str, y: Float64Array, **style: Any) -> None:
        at = downsample(y, limit=self._limit)
        self._drawn = max(self._drawn, len(at))
        breaks = np.unique(self._breaks(at))
        x = np.insert(self._x[at], breaks, self._x[at[breaks - 1]])
        self.traces.append(line_trace(name, x, np.insert(y[at], breaks, np.nan), **style))

    def _breaks(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Before which of the positions `at` a pause lies, and after others of them."""
        breaks = np.searchsorted(at, self._pauses, side="right")
        return breaks[(breaks > 0) & (breaks < len(at))]

    def band(self, name: str, middle: Float64Array, half: Float64Array) -> None:
        """Grey between ``middle - half`` and ``middle + half``: one closed shape for each stretch without a gap."""
        low, high = middle - half, middle + half
        # Each edge keeps its own extremes, so that the lines within stay within.
        at = np.union1d(downsample(low, limit=self._limit // 2), downsample(high, limit=self._limit // 2))
        runs = np.split(at, np.union1d(np.flatnonzero(np.isnan(low[at])), self._breaks(at)))
        rings = [ring for run in runs if (ring := run[~np.isnan(low[run])]).size]
        gap = np.array([np.nan])
        x = [part for ring in rings for part in (gap, self._x[ring], self._x[ring][::-1])][1:]
        y = [part for ring in rings for part in (gap, high[ring], low[ring][::-1])][1:]
        shape = line_trace(name, np.concatenate(x or [gap]), np.concatenate(y or [gap]), color=BAND, width=0.0)
        self.traces.append(shape | {"mode": "lines", "fill": "toself", "fillcolor": BAND, "hoverinfo": "skip"})

    def note(self) -> str:
        """How much of the stretch is drawn, where that is not all of it."""
        if len(self._x) <= self._limit:
            return ""
        return f"{self._drawn:,} of {len(self._x):,} points drawn, extremes kept"


def line_trace(
    name: str, x: Float64Array, y: Float64Array, *, color: str, width: float, dash: str = "solid", axis: str = "y"
) -> Figure:
    """A line, with markers where it has few points."""
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


def _encode(values: Float64Array) -> dict[str, str]:
    """Plotly's own binary form: exact, small, and missing values stay missing."""
    return {"dtype": "f8", "bdata": base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode()}


def base_layout(time: TimeAxis | None) -> Figure:
    """What the layouts of all charts share; without a time axis the x axis has no title."""
    xaxis: Figure = {"zeroline": False, "title": {"text": ""}, "spikethickness": 1, "spikedash": "dot", "spikecolor": RAW}
    if time is not None:
        xaxis |= {"type": "date"} if time.start is not None else {"title": {"text": with_unit(time.name, time.unit)}}
    return {
        "xaxis": xaxis,
        "yaxis": {"zeroline": False},
        "legend": {"orientation": "h", "traceorder": "normal", "x": 0, "y": 1.0, "yanchor": "bottom"},
        "margin": {"l": 64, "r": 36, "t": 28, "b": 40},
        "hovermode": "x unified",
        "uirevision": "keep",
    }


def panel_title(text: str, top: float, *, left: float = 0.0) -> Figure:
    """The annotation that names a panel, above its upper left corner, which is given in shares of the whole chart."""
    place = {"xref": "paper", "yref": "paper", "x": left, "y": top, "xanchor": "left", "yanchor": "bottom"}
    return place | {"text": text, "showarrow": False, "font": {"size": 12}}


def with_unit(name: str, unit: str) -> str:
    """A title, shortened where it would not fit; plotly would take what looks like HTML in a name from a file for a link."""
    short = shorten(name)
    return html.escape(f"{short} ({unit})" if unit and unit != name else short, quote=False)


def shorten(name: str, *, limit: int = LONGEST) -> str:
    """`name` with its middle left out if it is longer than `limit`: names of columns are often told apart at their ends."""
    head = (limit - 1) // 2
    return name if len(name) <= limit else f"{name[: limit - 1 - head]}…{name[-head:]}"


def hover_format(values: Float64Array) -> str:
    """A d3 format that writes as many digits as tell apart a thousandth of the range of `values`."""
    present = np.abs(values[np.isfinite(values)])
    span = float(np.ptp(values[np.isfinite(values)])) if present.size else 0.0
    if span == 0.0:
        return ".6~g"
    digits = 3 + int(np.ceil(np.log10(max(present.max() / span, 1.0)) + 1e-9))
    return f".{min(digits, 15)}~{'r' if 1e-3 <= present.max() < 1e9 else 'g'}"


def log_ticks(values: Float64Array) -> Figure:
    """Ticks at 1, 2 and 5 times each power of ten around positive `values`, each written in full; plotly writes "5" for 0.5."""
    present = values[np.isfinite(values) & (values > 0)]
    if not present.size:
        return {}
    decades = range(int(np.floor(np.log10(present.min()))) - 1, int(np.ceil(np.log10(present.max()))) + 1)
    ticks = [float(f"{factor}e{decade}") for decade in decades for factor in ((1, 2, 5) if len(decades) < 6 else (1,))]
    return {"tickmode": "array", "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
