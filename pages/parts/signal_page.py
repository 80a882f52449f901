"""Signal: which series is looked at, how it was read, and a first denoised result with what it removed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import denoise_core as dc
from denoise_core import figures
from denoise_core.jobs import Source
from pages.parts import (
    bench,
    chart,
    freshness,
    known_noise,
    messages,
    noise_panel,
    quick_look,
    several,
    side_by_side,
    source,
    state,
)
from pages.parts.cached import identity, recording, series_of, truth
from pages.parts.messages import plain
from pages.parts.quick_look import Look
from pages.parts.setup import heading, page_setup


def show() -> None:
    """The page, from top to bottom."""
    top = page_setup("Signal")
    if unread := state.current().unread:
        _bench(top, unread)
        return
    chosen = source.current()
    with freshness.only(identity(chosen)):
        title = source.in_words(chosen.file_name, series_of(chosen))
        controls, picture = st.columns([1, 3], gap="medium")
        with controls:
            heading("File and method")
            source.picker(chosen)
            source.column_picker(chosen)
            look = quick_look.choose(chosen)
            looks = several.choose(look)
        if looks:
            top.caption(title)
            _several(looks, controls, picture)
            return
        with freshness.only(look.name, within="words"):
            ready = look.is_ready  # asked once: another session may make it meanwhile
            with controls, st.container(key="words"):
                settings, words = (freshness.place(look.name, of=of) for of in ("settings", "words"))
                further, files = st.container(), freshness.place(look.name, of="files")
            top.caption(title)  # once the places of the words before are empty: a rerun may be interrupted anywhere
            with settings:
                estimate = quick_look.estimate(look, ready=ready)
            # Before the words, which take longer to find, and before the estimate where it takes longer still.
            with picture:
                heading("Recording and result")
                _picture(look, estimate)
                _side_by_side(look)
                noise_panel.panel(chosen, estimate)
                known_noise.panel(chosen)
                source.reading(chosen, recording(chosen))
            if estimate is not None:
                with words:
                    found = quick_look.verdict(look, estimate, chart_key=_key(chosen))
            with further:
                quick_look.onward(look)
            if estimate is not None:
                with files:
                    quick_look.download(look, estimate)
                quick_look.show_places(look, found)
            if not ready:
                with words:
                    quick_look.finish(look)


def _several(looks: Sequence[Look], controls: DeltaGenerator, picture: DeltaGenerator) -> None:
    """Several columns at once, and one file with all of their results."""
    with freshness.only("-".join(look.name for look in looks), within="words"):
        missing = [look for look in looks if not look.is_made]
        with picture:
            several.picture(looks)
            source.reading(looks[0].source, recording(looks[0].source))
        with controls, st.container(key="words"):
            several.words(looks)
            quick_look.onward(looks[0])
            several.download(looks)
            several.finish(looks, missing)


def _bench(top: DeltaGenerator, unread: Source) -> None:
    """A file that could not be read yet, and how its reading can be corrected."""
    with freshness.only(identity(unread)):
        top.caption(plain(unread.file_name))
        controls, place = st.columns([1, 3], gap="medium")
        with controls:
            source.picker(unread)
        with place:
            bench.fault(unread, state.current().fault)


def _picture(look: Look, estimate: dc.Estimate | None) -> None:
    series, clean, stretch = series_of(look.source), truth(look.source), noise_panel.marked()
    places = quick_look.known_places(look)
    chart.zoomable(
        lambda view: figures.overlay(series, estimate, truth=clean, marked=stretch, places=places, view=view),
        key=_key(look.source),
        height=520,
        alone=not state.value(side_by_side.SIDE_BY_SIDE),
    )


def _key(chosen: Source) -> str:
    return f"first-{identity(chosen)}"


def _side_by_side(look: Look) -> None:
    """All methods on the stretch that the picture is zoomed to; not computed until somebody looks."""
    box = st.expander("All methods side by side", icon=":material/view_module:", key=side_by_side.SIDE_BY_SIDE, on_change="rerun")
    if box.open:
        with box, messages.report_errors():
            side_by_side.show(look, state.view(_key(look.source)))
