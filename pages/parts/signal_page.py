"""Signal: which series is looked at, how it was read, and a first denoised result with what it removed."""

from __future__ import annotations

import streamlit as st

import denoise_core as dc
from denoise_core import figures
from denoise_core.jobs import Source
from pages.parts import chart, freshness, quick_look, source
from pages.parts.cached import identity, recording, series_of, truth
from pages.parts.setup import heading, page_setup


def show() -> None:
    """The page, from top to bottom."""
    top = page_setup("Signal")
    chosen = source.current()
    with freshness.only(identity(chosen)):
        top.caption(source.in_words(chosen.file_name, series_of(chosen)))
        controls, picture = st.columns([1, 3], gap="medium")
        with controls:
            heading("File and method")
            source.picker(chosen)
            source.column_picker(chosen)
            look = quick_look.choose(chosen)
        with freshness.only(look.name, within="words"):
            with controls, st.container(key="words"):
                estimate = quick_look.estimate(look)
                words = st.container()
            # Before the words, which take longer to find, and before the estimate where it takes longer still.
            with picture:
                heading("Recording and result")
                _picture(chosen, estimate)
                source.reading(chosen, recording(chosen))
            with words:
                if estimate is not None:
                    quick_look.verdict(look, estimate)
                quick_look.onward(look)
                if estimate is not None:
                    quick_look.download(look, estimate)
                quick_look.finish(look)


def _picture(chosen: Source, estimate: dc.Estimate | None) -> None:
    series, clean = series_of(chosen), truth(chosen)
    chart.zoomable(
        lambda view: figures.overlay(series, estimate, truth=clean, view=view), key=f"first-{identity(chosen)}", height=520
    )
