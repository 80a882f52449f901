"""Which series is on the pages: an example or an uploaded file, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

import denoise_core as dc
from denoise_core.assess.formatting import plural
from denoise_core.errors import DenoiseError
from denoise_core.files import KINDS, SAMPLES, from_pasted
from denoise_core.jobs import Source
from pages.parts import bench, opening, state
from pages.parts.cached import recording, store
from pages.parts.messages import plain


def current() -> Source:
    """The chosen series, or the first example if none was chosen or it can no longer be read."""
    chosen = state.current().source
    if chosen is not None:
        try:
            return opening.usable(chosen)
        except DenoiseError as error:
            st.error(plain(f"{error} An example is shown instead."), icon=":material/error:")
    return _example(next(iter(SAMPLES)))


def picker(chosen: Source) -> None:
    """Upload a file, or pick an example."""
    edits = state.current().edits
    hint = f"{KINDS}; up to {st.get_option('server.maxUploadSize')} MB."
    if upload := st.file_uploader("Your file", key=f"upload@{edits}", help=hint):
        with st.spinner("Reading the file…"):
            opening.take(upload.getvalue(), upload.name)
        st.rerun()
    _paste_box(edits)
    if state.current().source is None:
        _recent_files(edits)
    key, names = f"sample@{edits}", list(SAMPLES)
    shown = next((at for at, name in enumerate(names) if SAMPLES[name].file == chosen.file_name), None)
    about = "Recordings that come with the app." if shown is None else SAMPLES[names[shown]].about
    titles = {name: sample.title for name, sample in SAMPLES.items()}
    options: dict[str, Any] = {"index": shown, "format_func": titles.get, "placeholder": "Choose", "help": about}
    st.selectbox("Or an example", names, key=key, on_change=_choose_example, args=(key,), **options)


def _paste_box(edits: int) -> None:
    """A place for numbers or a table that were copied elsewhere."""
    with st.popover("Paste numbers", icon=":material/content_paste:", width="stretch"):
        key = f"paste@{edits}"
        hint = "One number a line, or a table copied from a spreadsheet, with or without names."
        st.text_area("Numbers or a table", key=key, height=200, help=hint, placeholder="time\tpressure\n0.0\t1,52\n0.1\t1,49")
        st.button("Use these numbers", key=f"use-paste@{edits}", on_click=_use_pasted, args=(key,))


def _use_pasted(key: str) -> None:
    try:
        data = from_pasted(state.value(key) or "")
    except DenoiseError as error:
        return state.fail(str(error))
    return opening.take(data, "pasted.txt" if b"\t" in data else "pasted.csv")


def _recent_files(edits: int) -> None:
    """What this person uploaded before, where no file is open."""
    recent = {one.digest: one.name for one in store().recent_inputs(state.current().workspace)}
    if recent:
        key = f"recent@{edits}"
        options: dict[str, Any] = {"index": None, "format_func": recent.get, "placeholder": "Choose"}
        st.selectbox("Recent files", list(recent), key=key, on_change=_choose_recent, args=(key, recent), **options)


def _choose_recent(key: str, names: Mapping[str, str]) -> None:
    if digest := state.value(key):
        opening.read_again(Source(input=digest, file_name=names[digest]))


def column_picker(chosen: Source) -> None:
    """Which column is shown, where there are several."""
    names = list(recording(chosen).channels)
    if len(names) > 1:
        key = f"column@{state.current().edits}"
        st.selectbox("Column", names, index=names.index(chosen.column), key=key, on_change=_choose_column, args=(chosen, key))


def in_words(file_name: str, series: dc.Series) -> str:
    """File, name, length and sampling rate of a series, in one line."""
    return plain(f"{file_name} · {series.name} · {plural(len(series), 'sample')} · {series.time.pace}")


def reading(chosen: Source, recording: dc.Recording) -> None:
    """How the file was read, and the bench that corrects it."""
    st.caption(plain(" ".join(recording.notes)))
    # Opened by a rerun, so that the file is not looked at once more for those who do not ask.
    with st.expander("Correct how the file was read", icon=":material/rule:", key="bench", on_change="rerun") as opened:
        if opened.open:
            bench.show(chosen)


def _example(name: str) -> Source:
    path = SAMPLES[name].path
    digest = store().put_input(path.read_bytes(), path.name)
    return opening.usable(Source(input=digest, file_name=path.name))


def _choose_example(key: str) -> None:
    if name := state.value(key):
        state.choose(_example(name))


def _choose_column(chosen: Source, key: str) -> None:
    opening.read_again(replace(chosen, column=state.value(key)))
