"""The places where the residual is not noise, to choose from: what a click on the strip does, for the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import denoise_core as dc
from denoise_core import figures
from denoise_core.assess import Finding
from denoise_core.figures import View
from pages.parts import chart, messages, state

_MOST = 50


def chooser(places: Sequence[Finding], series: dc.Series, *, chart_key: str) -> None:
    """A list of the places, the largest first; choosing one zooms the chart there."""
    largest = sorted(places, key=lambda one: -one.size)[:_MOST]
    if not largest:
        return
    x = figures.axis_values(series.time)
    names = [_name(one, series) for one in largest]
    key = f"places-{chart_key}"
    st.selectbox(
        "Go to where the residual is not noise",
        range(len(largest)),
        index=None,
        format_func=lambda i: names[i],
        placeholder=f"{len(places):,} places" if len(places) > 1 else "1 place",
        key=key,
        on_change=_go,
        args=(key, chart_key, [figures.range_around(one, x) for one in largest]),
    )


def _go(key: str, chart_key: str, ranges: Sequence[View]) -> None:
    if (chosen := state.value(key)) is not None:
        chart.go_to(chart_key, ranges[chosen])


def _name(place: Finding, series: dc.Series) -> str:
    """Where it is and what is there."""
    calendar = series.time.calendar()
    at = f"{series.time.values[place.start]:.6g} {series.time.unit}" if calendar is None else f"{calendar[place.start]}"[:19]
    return messages.plain(f"{at}: {place.text}")
