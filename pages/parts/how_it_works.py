"""How a network denoises without clean data: one drawing and four sentences."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

# Not as st.html, which takes drawings out.
_DRAWING = st.components.v2.component(
    "denoise_how_it_works",
    html=f'<div class="how-it-works">{(Path(__file__).parent / "how_it_works.svg").read_text()}</div>',
    css=".how-it-works { color: var(--st-text-color); font-family: var(--st-font); }",
    isolate_styles=False,
)
_STEPS = (
    "**Hide one sample.** The network has to guess it from the samples before and after it: one reading from the left "
    "and one from the right, and both stop short of it.",
    "**Compare the guess with the recording.** A signal continues or repeats, so it can be guessed. The noise of the "
    "hidden sample cannot: nothing around it tells what it is.",
    "**Do so for every sample, many times.** Only what belongs to the signal makes the guesses better. So the network learns the "
    "signal although it never sees a clean one.",
    "**Combine the two.** In the end guess and recorded sample are averaged, each weighted by how certain it is. What "
    "differs from the recording is the residual: it should look like noise.",
)


def show() -> None:
    """The drawing and what it means; fits one screen."""
    st.header("How it works", anchor=False)
    _DRAWING(key="how-it-works")
    for cell, (number, step) in zip(st.columns(len(_STEPS)), enumerate(_STEPS, start=1), strict=True):
        cell.markdown(f"{number}. {step}")
    st.markdown(
        "This holds as long as noise samples are independent of each other; lesson 6 shows what happens where they are not. "
        "The Glossary at the top of the page explains the words."
    )
