"""Train: settings with the reason for each, then the training as it runs."""

import streamlit as st

from pages.parts import plotly_js

plotly_js.load()  # Before the other imports: the browser compiles plotly.js meanwhile.

from denoise_core.jobs.spec import COMPUTED
from pages.parts import applying, form, freshness, live, messages, runs, search_view, searches, source, state
from pages.parts.cached import identity, series_of
from pages.parts.cached_runs import run_series
from pages.parts.setup import page_setup

top = page_setup("Train")
run = runs.open_run()
study = searches.open_study() if run is None else None

if study is not None:
    with messages.report_errors(), freshness.only(study.id):
        top.caption(messages.plain(f"{study.spec.title}, {study.spec.samples:,} samples"))
        heading, onward = st.columns([3, 2], vertical_alignment="center")
        heading.subheader(messages.plain(f"Searching settings for {study.spec.title}"), anchor=False)
        with onward, st.container(horizontal=True, horizontal_alignment="right"):
            st.button("New training", on_click=state.close_study, key="new-training", help="Opens the form again.")
        search_view.watch(study)
    st.stop()

if run is None or run.spec.kind == COMPUTED:
    chosen = form.first_column(source.current())
    with freshness.only(identity(chosen)):
        top.caption(source.in_words(chosen.file_name, series_of(chosen)))
        with messages.report_errors():
            form.show(chosen)
        settings, network = st.columns(2)
        with settings:
            form.from_file()
        with network, messages.report_errors():
            applying.show(chosen)
    st.stop()

with messages.report_errors(), freshness.only(run.id):
    top.caption(source.in_words(run.spec.source.file_name, run_series(run.id)))
    heading, onward = st.columns([3, 2], vertical_alignment="center")
    heading.subheader(messages.plain(live.heading(run)), anchor=False)
    with onward, st.container(horizontal=True, horizontal_alignment="right"):
        if run.has_result and st.button("See the result", type="primary", icon=":material/task_alt:", key="see"):
            st.switch_page("pages/result.py", query_params=state.link())
        hint = "Opens the form again, filled in with the settings of this run."
        st.button("New training", on_click=form.start_over, args=(run.spec.config,), help=hint)
    if run.reason:
        st.warning(messages.plain(run.reason), icon=":material/info:")
    live.watch(run)
    with st.expander("Settings of this run", icon=":material/tune:"):
        st.json(run.spec.config.to_json(), expanded=1)
        runs.retention(run)
