"""Result: what was removed and whether to trust it, how strongly to denoise, and the file to take away."""

import streamlit as st

from pages.parts import plotly_js

plotly_js.load()  # Before the other imports: the browser compiles plotly.js meanwhile.

from pages.parts import downloads, messages, outcome, runs, source, state
from pages.parts.setup import page_setup

strip = page_setup("Result")
run = runs.open_run()

if run is None or not run.has_result:
    if run is not None:
        st.info(f"This run has no result, because it is {run.state}. {run.reason}", icon=":material/hourglass_top:")
    st.markdown("A result appears here when a network was trained, or was stopped and its best epoch kept.")
    st.page_link("pages/train.py", label="Go to the training", icon=":material/model_training:", query_params=state.link())
    runs.list_results()
    st.stop()

with messages.report_errors():
    controls, picture = st.columns([1, 3], gap="medium")
    with controls:
        shown = outcome.controls(run)
        strip.caption(source.in_words(run.source.file_name, shown.series))
        downloads.show(shown)
        outcome.verdict(shown)
    with picture:
        outcome.teaching(run)
        outcome.numbers(shown)
        outcome.picture(shown)
        outcome.comparison(shown)
        outcome.changes(shown)
        spectrum = st.expander("Spectrum before and after", icon=":material/equalizer:", on_change="rerun", key="spectrum")
        if spectrum.open:
            with spectrum:
                outcome.spectrum(shown)
        with st.expander("Settings of this run", icon=":material/tune:"):
            st.json(run.config.to_json(), expanded=1)
            runs.retention(run)
