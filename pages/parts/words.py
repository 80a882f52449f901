"""Sentences and numbers of a verdict on the page. Knows nothing of how they came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import streamlit as st

from denoise_core.assess import Figure, Sentence
from denoise_core.errors import DenoiseError

_SHOW = {
    "good": (st.success, ":material/check_circle:"),
    "note": (st.info, ":material/info:"),
    "warn": (st.warning, ":material/warning:"),
}


@contextmanager
def faults_in_words() -> Iterator[None]:
    """What cannot be read, found or done is said in its own sentence, and the rest of the block is left out."""
    try:
        yield
    except DenoiseError as error:
        st.error(str(error), icon=":material/error:")


def sentences(found: Iterable[Sentence]) -> None:
    """One box for each sentence, coloured by how serious it is."""
    for sentence in found:
        show, icon = _SHOW[sentence.severity]
        show(sentence.text, icon=icon)


def numbers(figures: Iterable[Figure]) -> None:
    """The numbers above a result, side by side."""
    shown = tuple(figures)
    for cell, figure in zip(st.columns(len(shown)), shown, strict=True):
        cell.metric(figure.label, figure.text, help=figure.help, border=True)
