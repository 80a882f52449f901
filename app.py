"""Where `streamlit run app.py` begins: the server, and its first page, Signal."""

import streamlit as st

from pages.parts import plotly_js

if __name__ == "__main__":  # as Streamlit runs a page, anew at each click
    plotly_js.load()  # Before the other imports: the browser loads plotly.js meanwhile.

    from pages.parts import signal_page

    signal_page.show()
else:  # as its server imports it, once
    from starlette.middleware import Middleware

    from pages.parts.security_headers import SecurityHeaders

    app = st.App(__file__, routes=[plotly_js.route()], middleware=[Middleware(SecurityHeaders)])
