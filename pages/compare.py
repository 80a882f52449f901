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
    mine, linked = versions.mine(), [*(session.drawn or ()), session.baseline, session.run or ""]
    found = versions.of(chosen, linked=[*linked, *versions.leading_trials(chosen)], among=mine)
    comparison_actions.undo()
    if not found:
        comparison_view.nothing_yet(chosen, mine)
        st.stop()
    drawn = comparison_view.results_to_draw(found)
    comparison_table.show(chosen, found, drawn)
    comparison_view.show(chosen, found, drawn, mine)
