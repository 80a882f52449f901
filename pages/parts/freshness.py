"""Nothing stale: while a page is made anew, what is left on it of another recording, or of other settings, is not seen.

Streamlit leaves what it showed before on the page until it is replaced or the script has ended, which may be seconds later.
It marks all that as stale; here it is hidden from the moment on at which something else is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.parts import state

_BAR = ".st-key-top *"


@contextmanager
def only(name: str, *, within: str = "") -> Iterator[None]:
    """Until all that is made within this block is shown, hide what is left of anything else than `name`.

    Whatever has `name` in its key, and the widget that is being used, stays. Say it before anything shows `name`.

    Parameters
    ----------
    within : str
        What the keys of the containers to hide in begin with; all of the page but its bar if empty.
    """
    with st.container(key=f"hiding-{within}"):
        place = st.empty()
    if state.shown(within) != name:
        where = f"[class*='st-key-{within}'] " if within else ""
        left = f"{where}[data-stale='true']:not([class*='{name}'], :focus-within, {_BAR})"
        state.show(within, "")  # a rerun that comes in between leaves parts of both
        # The labels of widgets say themselves that they are visible.
        place.markdown(f"<style>{left}, {left} * {{ visibility: hidden !important; }}</style>", unsafe_allow_html=True)
    yield
    place.empty()
    state.show(within, name)
