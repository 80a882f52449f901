"""The one chart of all pages: plotly.js, drawn once and then only updated, so that the zoom survives every update."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from denoise_core.figures import DARK, Figure, View
from pages.parts import state
from pages.parts.components import component, pack

_HTML = """
<div class="denoise-chart" role="group">
  <div class="denoise-plot"></div>
  <div class="denoise-foot">
    <span class="denoise-note"></span>
    <span>
      <button class="denoise-flip" type="button" hidden></button>
      <button class="denoise-save" type="button" data-format="png" aria-label="Save the chart as PNG">PNG</button>
      <button class="denoise-save" type="button" data-format="svg" aria-label="Save the chart as SVG">SVG</button>
      <button class="denoise-all" type="button">Show all</button>
    </span>
  </div>
</div>
"""
_CHART = component("denoise_chart", html=_HTML, beside="chart")


def draw(
    figure: Figure, *, key: str, height: int, alt: str = "", zooms: bool = False, toolbar: bool = True, saves: bool | None = None
) -> None:
    """Draw or update the chart `key`; `alt` replaces the figure's own description for screen readers.

    With `zooms`, a new x range reruns what is around the chart, see `zoomable`, and it grows with the window from `height` on.
    `toolbar` has the buttons that zoom; the chart can be saved where it has one, or where `saves` says so.
    """
    data = {"figure": figure, "dark": DARK, "height": height, "zooms": zooms, "toolbar": toolbar}
    data["saves"] = toolbar if saves is None else saves
    data["alt"] = alt or figure["layout"]["meta"]["alt"]
    data["range"] = state.value(_range_key(key))
    _CHART(key=key, data=pack(data), on_view_change=_ignore)


def zoomable(
    make: Callable[[View | None], Figure],
    *,
    key: str,
    height: int,
    alt: str = "",
    below: Callable[[View | None], None] | None = None,
    alone: bool = True,
) -> None:
    """A chart that asks `make` for a finer figure of the range zoomed to; if `alone`, the page around it does not rerun.

    `below` draws what follows the zoom.
    """
    (_zoomable if alone else _draw_zoomed)(make, key, height, alt, below)


def _draw_zoomed(
    make: Callable[[View | None], Figure], key: str, height: int, alt: str, below: Callable[[View | None], None] | None
) -> None:
    view = state.view(key)
    draw(make(view), key=key, height=height, alt=alt, zooms=True)
    if below is not None:
        below(view)


def go_to(key: str, view: View) -> None:
    """Let the chart `key` show this range of its x axis from the next rerun on, until a person zooms it elsewhere."""
    before = state.value(_range_key(key)) or {"number": 0}
    state.put(_range_key(key), {"number": before["number"] + 1, "view": list(view)})


def _range_key(key: str) -> str:
    return f"{key}-range"


_zoomable = st.fragment(_draw_zoomed)


def _ignore() -> None:
    """A state needs a callback to exist; the rerun that follows reads it."""
