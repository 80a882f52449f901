"""Residual checks, spectrograms, and gain with coherence as figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denoise_core.assess.residual_checks import ResidualChecks
from denoise_core.assess.spectra import density_unit, frequency_unit
from denoise_core.assess.spectrograms import Spectrograms
from denoise_core.assess.transfer import Transfer
from denoise_core.figures.charts import axis_values
from denoise_core.figures.panels import Line, Panel, panels
from denoise_core.figures.traces import Figure, base_layout, panel_title, with_unit
from denoise_core.series import Float64Array, Series, TimeAxis

_GAINS = (1e-3, 10.0)
_SCALE = "Viridis"
_TOP, _SPACE = 0.94, 0.06


def residual_checks(checks: ResidualChecks, *, unit: str) -> Figure:
    """Autocorrelation with limits, histogram with the normal curve, and quantiles against those of a normal distribution."""
    limit = checks.limit
    autocorrelation = Panel(
        lines=[Line(name="Residual", x=checks.lags, y=checks.autocorrelation, role="residual")],
        x_title="Lag (samples)",
        y_title="Autocorrelation",
        levels={"95 % of white noise": limit, "": -limit},
    )
    middles = 0.5 * (checks.edges[1:] + checks.edges[:-1])
    histogram = Panel(
        lines=[
            Line(name="Residual", x=np.repeat(checks.edges, 2)[1:-1], y=np.repeat(checks.density, 2), role="residual"),
            Line(name="Normal", x=middles, y=checks.normal, role="baseline"),
        ],
        x_title=with_unit("Residual", unit),
        y_title="Density",
    )
    ends = checks.expected[[0, -1]]
    quantiles = Panel(
        lines=[
            Line(name="Normal", x=ends, y=ends, role="baseline"),
            Line(name="Residual", x=checks.expected, y=checks.quantiles, role="residual", points="circle-open"),
        ],
        x_title="Normal quantiles (sd)",
        y_title="Residual quantiles (sd)",
    )
    beyond = float(np.mean(np.abs(checks.autocorrelation) > limit))
    alt = f"Residual of {checks.samples:,} samples: {100 * beyond:.0f} % of its autocorrelations lie beyond those of white noise."
    return panels([[autocorrelation, histogram, quantiles]], alt=alt, name="residual-checks")


def transfer_chart(found: Transfer, *, time: TimeAxis) -> Figure:
    """Gain above coherence, over a logarithmic frequency axis."""
    gain = Panel(
        lines=[Line(name="Gain", x=found.frequency, y=found.gain, role="denoised")],
        y_title="Gain",
        log="xy",
        levels={"kept": 1.0},
        y_range=_GAINS,
    )
    coherence = Panel(
        lines=[Line(name="Coherence", x=found.frequency, y=found.coherence, role="valid")],
        x_title=f"Frequency ({frequency_unit(time)})",
        y_title="Coherence",
        log="x",
        y_range=(0.0, 1.05),
    )
    alt = "Gain from the recording to the result, and their coherence, by frequency."
    return panels([[gain], [coherence]], alt=alt, name="transfer")


def spectrogram(series: Series, found: Spectrograms) -> Figure:
    """Three panels on one colour scale: recorded, denoised, removed."""
    layers = {"Recorded": found.recorded, "Denoised": found.denoised, "Removed": found.removed}
    low, high = min(float(layer.min()) for layer in layers.values()), max(float(layer.max()) for layer in layers.values())
    layout = base_layout(series.time) | {"annotations": [], "hovermode": "closest"}
    layout["xaxis"] |= {"anchor": "y3"}
    words = f"dB re {unit}" if (unit := density_unit(series)) else "dB"
    layout["coloraxis"] = {
        "cmin": low,
        "cmax": high,
        "colorscale": _SCALE,
        "colorbar": {"title": {"side": "right", "text": words}, "thickness": 14, "y": 0.45, "len": 0.9},
    }
    x = axis_values(series.time)[found.places].tolist()
    height, traces = (_TOP - 2 * _SPACE) / 3, []
    for k, (name, layer) in enumerate(layers.items()):
        top, axis = _TOP - k * (height + _SPACE), f"y{k + 1}" if k else "y"
        traces.append(_heatmap(name, x, found.frequency, layer) | {"yaxis": axis})
        layout[axis.replace("y", "yaxis", 1)] = {
            "domain": [max(0.0, top - height), top],
            "title": {"text": f"Frequency ({frequency_unit(series.time)})" if k == 1 else ""},
            "zeroline": False,
        }
        layout["annotations"].append(panel_title(name, top))
    layout["meta"] = {"alt": "Power over time and frequency: recorded, denoised and removed, on one scale.", "note": ""}
    return {"data": traces, "layout": layout}


def _heatmap(name: str, x: Sequence[Any], frequency: Float64Array, layer: Float64Array) -> Figure:
    """One panel of a spectrogram."""
    return {
        "type": "heatmap",
        "name": name,
        "x": x,
        "y": frequency.tolist(),
        "z": np.round(layer, 1).tolist(),
        "coloraxis": "coloraxis",
        "hovertemplate": f"{name}: %{{z:.1f}} dB at %{{y:.4~g}}<extra></extra>",
    }
