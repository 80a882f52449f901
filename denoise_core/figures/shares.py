"""One stacked bar: how much each part contributes."""

from __future__ import annotations

from collections.abc import Mapping

from denoise_core.figures.traces import Figure, base_layout

_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#999999")  # told apart by the colour-blind (Okabe and Ito)
_LABELLED = 0.08  # least share whose name fits into the bar
_SHOWN = 0.005


def shares(parts: Mapping[str, float]) -> Figure:
    """``parts`` add up to 1; parts of less than half a percent are left out."""
    shown = {name: share for name, share in parts.items() if share >= _SHOWN}
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": [100.0 * share],
            "y": [""],
            "marker": {"color": _COLORS[i % len(_COLORS)]},
            "text": [f"{name} {100.0 * share:.0f} %" if share >= _LABELLED else ""],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "hovertemplate": f"{name}: {100.0 * share:.1f} %<extra></extra>",
        }
        for i, (name, share) in enumerate(shown.items())
    ]
    layout = base_layout(None)
    layout["xaxis"] = {"visible": False, "range": [0, 100], "fixedrange": True}
    layout["yaxis"] = {"visible": False, "fixedrange": True}
    said = ", ".join(f"{name} {100.0 * share:.0f} %" for name, share in shown.items())
    layout |= {"barmode": "stack", "showlegend": False, "margin": {"l": 0, "r": 0, "t": 4, "b": 4}, "hovermode": "closest"}
    layout["meta"] = {"alt": f"The result consists of: {said}.", "note": ""}
    return {"data": traces, "layout": layout}
