"""Learn: eight experiments, measured beforehand, whose controls answer at once."""

import streamlit as st

from pages.parts import plotly_js

plotly_js.load()  # Before the other imports: the browser compiles plotly.js meanwhile.

from denoise_core.allocator import exempt_modules_from_collection
from pages.parts import lesson_state, lesson_view
from pages.parts.setup import page_setup

page_setup("Learn")
lesson_state.begin()


# A fragment: a control reruns the lesson alone.
st.fragment(lesson_view.show)()
exempt_modules_from_collection()  # A class moves many controls, and those rerun no more than the lesson.
