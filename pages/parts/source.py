"""Which series is on the pages: an example or an uploaded file, and how it was read."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import streamlit as st

import denoise_core as dc
from denoise_core.assess.formatting import plural
from denoise_core.errors import DataError, DenoiseError
from denoise_core.files import NO_TIME, SAMPLES, SheetLayout
from denoise_core.jobs import Source
from pages.parts import state
from pages.parts.cached import keep_upload, recording, store
from pages.parts.messages import plain

_DELIMITERS = {None: "Detect", ",": "Comma", ";": "Semicolon", "\t": "Tab", " ": "Spaces", "|": "Vertical bar"}
_DECIMALS = {None: "Detect", ".": "Point", ",": "Comma"}
_HEADERS = {None: "Detect", True: "Yes", False: "No"}


def current() -> Source:
    """The chosen series, or the first example if none was chosen or it can no longer be read."""
    chosen = state.current().source
    if chosen is not None:
        try:
            chosen = chosen if chosen.column else _with_column(chosen)
            recording(chosen)[chosen.column].check_usable()
            return chosen
        except DenoiseError as error:
            st.error(plain(f"{error} An example is shown instead."), icon=":material/error:")
    return _example(next(iter(SAMPLES)))


def picker(chosen: Source) -> None:
    """Upload a file, or pick an example."""
    edits = state.current().edits
    types = "CSV, TXT, XLSX, ODS, Parquet, NPY, NPZ or WAV"
    hint = f"{types}; up to {st.get_option('server.maxUploadSize')} MB."
    if upload := st.file_uploader("Your file", key=f"upload@{edits}", help=hint):
        with st.spinner("Reading the file…"):
            _take(upload.getvalue(), upload.name)
        st.rerun()
    key, names = f"sample@{edits}", list(SAMPLES)
    shown = next((at for at, name in enumerate(names) if SAMPLES[name].file == chosen.file_name), None)
    about = "Recordings that come with the app." if shown is None else SAMPLES[names[shown]].about
    titles = {name: sample.title for name, sample in SAMPLES.items()}
    options: dict[str, Any] = {"index": shown, "format_func": titles.get, "placeholder": "Choose", "help": about}
    st.selectbox("Or an example", names, key=key, on_change=_choose_example, args=(key,), **options)


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
    """How the file was read, and the form that corrects it."""
    st.caption(plain(" ".join(recording.notes)))
    options, edits = dc.ReadOptions(**chosen.options), state.current().edits
    with st.expander("Correct how the file was read", icon=":material/rule:"), st.form("reading", border=False):
        cells = st.columns(3)
        for cell, (name, (label, words)) in zip((*cells, *cells), _corrections(recording).items(), strict=False):
            words = words | {value: str(value) for value in [getattr(options, name)] if value not in words}
            at = list(words).index(getattr(options, name))
            cell.selectbox(label, list(words), index=at, format_func=words.__getitem__, key=f"{name}@{edits}")
        rate: dict[str, Any] = {"value": options.rate_hz, "min_value": 0.0, "format": "%.6g", "help": "Replaces the time column."}
        cells[1].number_input("Sampling rate (Hz)", key=f"rate_hz@{edits}", **rate)
        if isinstance(recording.layout, SheetLayout):
            cells[2].text_input("Sheet", value=options.sheet or recording.layout.sheet, key=f"sheet@{edits}")
        st.form_submit_button("Read again", on_click=_read_again, args=(chosen, edits))


def _corrections(recording: dc.Recording) -> dict[str, tuple[str, dict[Any, str]]]:
    """What can be corrected: option -> its label, and the labels of its values."""
    times = {None: "Detect", NO_TIME: "None (evenly spaced)"} | {name: name for name in recording.channels}
    return {
        "delimiter": ("Column delimiter", _DELIMITERS),
        "decimal": ("Decimal separator", _DECIMALS),
        "header": ("First row holds names", _HEADERS),
        "time_column": ("Time column", times),
    }


def _example(name: str) -> Source:
    path = SAMPLES[name].path
    digest = store().put_input(path.read_bytes(), path.name)
    return _with_column(Source(input=digest, file_name=path.name))


def _take(data: bytes, name: str) -> None:
    """Show an uploaded file and store it; or say what is wrong with it and leave everything as it was."""
    _try(lambda: keep_upload(data, name, owner=state.current().workspace, check=_with_column))


def _choose_example(key: str) -> None:
    if name := state.value(key):
        state.choose(_example(name))


def _choose_column(chosen: Source, key: str) -> None:
    _try(lambda: replace(chosen, column=state.value(key)))


def _read_again(chosen: Source, edits: int) -> None:
    values = {name: state.value(f"{name}@{edits}") for name in asdict(dc.ReadOptions())}
    options = {name: value for name, value in values.items() if value is not None and (name != "rate_hz" or value)}
    _try(lambda: replace(chosen, options=options, column=""))


def _try(make: Any) -> None:
    """Show the series that `make` returns if it can be read and used; else say why not and keep the present one."""
    try:
        source = make()
        source = source if source.column else _with_column(source)
        recording(source)[source.column].check_usable()
        state.choose(source)
    except DenoiseError as error:
        state.retry(str(error))


def _with_column(source: Source) -> Source:
    """With the first column that can be denoised."""
    read = recording(source)
    fault = DataError(f"{read.name} has no numeric column.")
    for name in read.channels:
        try:
            read[name].check_usable()
            return replace(source, column=name)
        except DataError as error:
            fault = error
    raise fault
