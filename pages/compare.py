"""Compare: every result for the series side by side, named, measured, and drawn over each other."""

import streamlit as st

from pages.parts import plotly_js

plotly_js.load()  # Before the other imports: the browser compiles plotly.js meanwhile.

from pages.parts import comparison_actions, comparison_table, comparison_view, freshness, messages, source, state, versions
from pages.parts.cached import identity, series_of
from pages.parts.setup import page_setup

top = page_setup("Compare")
comparison_actions.go_on()
chosen = source.current()

with messages.report_errors(), freshness.only(identity(chosen)):
    top.caption(source.in_words(chosen.file_name, series_of(chosen)))
    session = state.current()
    mine = versions.mine()
    found = versions.of(chosen, linked=[*(session.drawn or ()), session.baseline, session.run or ""], among=mine)
    comparison_actions.undo()
    if not found:
        st.info("There are no results for this series yet. Choose some on the Signal page, or train a network.")
        with st.container(horizontal=True):
            st.page_link("app.py", label="All methods side by side", icon=":material/show_chart:", query_params=state.link())
            st.page_link("pages/train.py", label="Train a network", icon=":material/model_training:", query_params=state.link())
        st.stop()
    drawn = comparison_view.drawn(found)
    comparison_table.show(chosen, found, drawn)
    comparison_view.show(chosen, found, drawn, mine)
