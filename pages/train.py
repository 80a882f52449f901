"""Train: settings with the reason for each, then the training as it runs."""

import streamlit as st

from pages.parts import form, live, runs, source, state
from pages.parts.cached import run_series, series_of
from pages.parts.setup import page_setup

strip = page_setup("Train")
run = runs.opened()

if run is None:
    chosen = source.current()
    strip.caption(source.in_words(chosen.file_name, series_of(chosen)))
    form.show(chosen)
    st.stop()

strip.caption(source.in_words(run.source.file_name, run_series(run.id)))

heading, onward = st.columns([3, 2], vertical_alignment="center")
with heading:
    st.subheader(f"Training on {run.title}", anchor=False)
with onward, st.container(horizontal=True, horizontal_alignment="right"):
    if run.has_result and st.button("See the result", type="primary", icon=":material/task_alt:", key="see"):
        st.switch_page("pages/result.py", query_params=state.link())
    st.button(
        "New training", on_click=form.start_over, args=(run.config,), help="Back to the settings, filled with those of this run."
    )

if run.reason:
    st.warning(run.reason, icon=":material/info:")
live.watch(run)
with st.expander("Settings of this run"):
    st.json(run.config.to_json(), expanded=1)
    runs.keeping(run)
