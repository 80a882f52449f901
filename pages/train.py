"""Train: settings with the reason for each, then the training as it runs."""

import streamlit as st

from pages.parts import form, live, runs, source, state
from pages.parts.setup import page_setup

page_setup("Train")
run = runs.opened()

if run is None:
    form.show(source.current())
    st.stop()

heading, onward = st.columns([3, 2], vertical_alignment="center")
with heading:
    st.subheader(f"Training on {run.title}", anchor=False)
with onward, st.container(horizontal=True, horizontal_alignment="right"):
    if run.has_result:
        st.page_link("pages/result.py", label="See the result", icon=":material/task_alt:", query_params=state.link())
    st.button(
        "New training", on_click=form.start_over, args=(run.config,), help="Back to the settings, filled with those of this run."
    )

if run.reason:
    st.warning(run.reason, icon=":material/info:")
live.watch(run)
with st.expander("Settings of this run"):
    st.json(run.config.to_json(), expanded=1)
