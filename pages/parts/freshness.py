"""Nothing stale: while a page is made anew, what is left on it of another recording, or of other settings, is not seen.

Streamlit leaves what it showed before on the page until it is replaced or the script has ended, which may be seconds later.
It marks all that as stale; here it is hidden from the moment on at which something else is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts import state

_PLACES = 3  # two, and one for a rerun that was interrupted before it had emptied its place
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
        # At once what it is to be: with an empty place first, a frame may be painted in which nothing is hidden.
        place = st.empty() if state.shown(within) == name else _hide(name, within)
    yield
    place.empty()
    state.show(within, name)


def place(name: str, *, of: str) -> DeltaGenerator:
    """A container for what `name` has to show, in which nothing else ever was: the places of other names are emptied at once.

    A container in the same position keeps what was in it until that is replaced, and what `only` hides is seen for a moment
    where a rerun ends and another has not begun. `of` tells places of different kinds apart.
    """
    mine = state.place(of, name) % _PLACES
    return [st.container() if at == mine else st.empty() for at in range(_PLACES)][mine]


def _hide(name: str, within: str) -> DeltaGenerator:
    state.show(within, "")  # a rerun that comes in between leaves parts of both
    where = f"[class*='st-key-{within}'] " if within else ""
    left = f"{where}[data-stale='true']:not([class*='{name}'], :focus-within, {_BAR})"
    # The labels of widgets say themselves that they are visible.
    return st.markdown(f"<style>{left}, {left} * {{ visibility: hidden !important; }}</style>", unsafe_allow_html=True)
