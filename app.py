"""Signal: which series is looked at, how it was read, and a first denoised result with what it removed."""

import streamlit as st

from pages.parts import plotly_js

plotly_js.load()  # Before the other imports: the browser compiles plotly.js meanwhile.

from denoise_core import figures
from pages.parts import chart, noise_panel, quick_look, source
from pages.parts.cached import identity, recording, series_of, truth
from pages.parts.setup import page_setup

top = page_setup("Signal")
chosen = source.current()
series = series_of(chosen)
top.caption(source.in_words(chosen.file_name, series))

controls, picture = st.columns([1, 3], gap="medium")
with controls:
    source.picker(chosen)
    source.column_picker(chosen)
    method = quick_look.method_picker()
    estimate = quick_look.estimate(chosen, method)

# Before the words, which take longer to find: a browser draws it meanwhile.
with picture:
    clean, stretch = truth(chosen), noise_panel.marked()
    chart.zoomable(
        lambda view: figures.overlay(series, estimate, truth=clean, marked=stretch, view=view),
        key=f"first-{identity(chosen)}",
        height=500,
    )
    noise_panel.panel(chosen, estimate)
    source.reading(chosen, recording(chosen))

with controls:
    if estimate is not None:
        quick_look.verdict(chosen, method, estimate)
    quick_look.onward(chosen)
    if estimate is not None:
        quick_look.download(chosen, method, estimate)
