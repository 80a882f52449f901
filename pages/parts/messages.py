"""Errors, sentences and numbers, as the pages show them: names from files and links as text, never as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from denoise_core.assess import Figure, Sentence, Verdict
from denoise_core.errors import DenoiseError

AT_FIRST = 2
# What Markdown and Streamlit's own marks (:red[...], $...$) begin or end with, and lists at the start.
_MARKS = re.compile(r"[\\`*_\[\]<>$~#|]|^\s*(?:[-+]|\d+[.)])(?=\s)")
# Addresses and :emoji: are looked for when the marks have been dealt with; a word joiner, which is not drawn, hides them.
_ADDRESSES = re.compile(r":(?=[\w/+-])|@|(?<=www)(?=\.)", re.IGNORECASE)
_JOINER = "\u2060"
# From the least to the most serious.
_SHOW = {
    "good": (st.success, ":material/check_circle:"),
    "note": (st.info, ":material/info:"),
    "warn": (st.warning, ":material/warning:"),
}


def plain(text: str) -> str:
    """Markdown that shows `text` as it is: a name from a file or a link holds no link, picture or formula."""
    text = _MARKS.sub(lambda mark: f"{mark[0][:-1]}\\{mark[0][-1]}", " ".join(text.split("\n")))
    return _ADDRESSES.sub(lambda mark: mark[0] + _JOINER, text)


@contextmanager
def report_errors() -> Iterator[None]:
    """Show an error as its own sentence, and leave out the rest of the block."""
    try:
        yield
    except DenoiseError as error:
        st.error(plain(str(error)), icon=":material/error:")


def headline(verdict: Verdict) -> None:
    """What was removed, and the true gain where the truth is known."""
    st.markdown(plain(verdict.headline))
    if verdict.gain_db is not None:
        hint = "How far the mean square error fell. 10 dB: to a tenth; 20 dB: to a hundredth."
        st.markdown(f"**Gain {verdict.gain_db:.1f} dB** against the true signal.", help=hint)


def most_important(found: Sequence[Sentence]) -> None:
    """The two most serious sentences; the others are folded."""
    ranked = sorted(found, key=lambda sentence: tuple(_SHOW)[::-1].index(sentence.severity))
    sentences(ranked[:AT_FIRST])
    if ranked[AT_FIRST:]:
        with st.expander("More findings", icon=":material/notes:"):
            sentences(ranked[AT_FIRST:])


def sentences(found: Iterable[Sentence]) -> None:
    """One box for each sentence, coloured by how serious it is."""
    for sentence in found:
        show, icon = _SHOW[sentence.severity]
        show(plain(sentence.text), icon=icon)


def numbers(figures: Iterable[Figure]) -> None:
    """The numbers above a result, side by side."""
    shown = tuple(figures)
    # Four of equal width would cut the longest label short.
    widths = [1] * len(shown) if len(shown) < 4 else [8 + len(figure.label) for figure in shown]
    for cell, figure in zip(st.columns(widths), shown, strict=True):
        cell.metric(figure.label, figure.text, help=figure.help, border=True)


def in_sentence(label: str) -> str:
    """A label as it reads within a sentence: "predict each sample from its neighbours"."""
    return label[0].lower() + label[1:]
