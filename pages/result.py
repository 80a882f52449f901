"""Result: what was removed and whether to trust it, how strongly to denoise, and the downloads."""

import streamlit as st

from pages.parts import plotly_js

plotly_js.load()  # Before the other imports: the browser compiles plotly.js meanwhile.

from pages.parts import (
    downloads,
    estimated_error,
    freshness,
    messages,
    outcome,
    runs,
    searches,
    source,
    state,
    version_picker,
)
from pages.parts.setup import page_setup

top = page_setup("Result")
run = runs.open_run() or version_picker.open_best(source.current())

if run is None or not run.has_result:
    if run is not None:
        st.info(messages.plain(outcome.why_no_result(run)), icon=":material/hourglass_top:")
    runs.list_results()
    st.page_link("pages/train.py", label="Go to the training", icon=":material/model_training:", query_params=state.link())
    st.stop()

with messages.report_errors():
    controls, picture = st.columns([1, 3], gap="medium")
    with controls:
        searches.back(run)
        version_picker.show(run, source.current())
        result = outcome.controls(run)
    with freshness.only(f"{run.id}-{result.i}"), freshness.only(result.name, within="words"):
        top.caption(source.in_words(run.spec.source.file_name, result.series))
        with controls:
            downloads.show(result)
            with st.container(key="words"):
                outcome.verdict(result)
                estimated_error.sentence(result)
        with picture:
            outcome.teaching(run)
            with st.container(key="words-numbers"):
                outcome.numbers(result)
            outcome.picture(result)
            with st.container(key="words-more"):
                estimated_error.show(result)
                outcome.comparison(result)
                outcome.changes(result)
            with st.expander("Settings of this result", icon=":material/tune:"):
                outcome.settings(result)
                runs.retention(run)
