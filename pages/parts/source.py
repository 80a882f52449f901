"""Which series is on the pages: a sample, or a file of one's own, and how it was read. Knows nothing of denoising."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import streamlit as st

import denoise_core as dc
from denoise_core.errors import DataError, DenoiseError
from denoise_core.files import SAMPLES
from denoise_core.jobs import Source
from pages.parts import state
from pages.parts.cached import recording, store

_DELIMITERS = {None: "find out", ",": "comma", ";": "semicolon", "\t": "tab", " ": "spaces", "|": "bar"}
_DECIMALS = {None: "find out", ".": "point", ",": "comma"}
_HEADERS = {None: "find out", True: "yes", False: "no"}
_NO_TIME = "none: evenly spaced"


def current() -> Source:
    """The chosen series, or the first sample where none was chosen or it cannot be read any more."""
    chosen = state.current().source
    if chosen is not None:
        try:
            recording(chosen)[chosen.column].check_usable()
            return chosen
        except DenoiseError as error:
            st.error(f"{error} A sample is shown instead.", icon=":material/error:")
    return _of_sample(next(iter(SAMPLES)))


def picker() -> None:
    """Upload a file, or pick a sample."""
    edits = state.current().edits
    types = "CSV, TXT, XLSX, Parquet, NPY, NPZ or WAV"
    if upload := st.file_uploader("Your own file", key=f"upload@{edits}", help=f"{types}; up to 500 MB."):
        with st.spinner("Reading the file…"):
            _take(upload.getvalue(), upload.name)
        st.rerun()
    key = f"sample@{edits}"
    labels = {name: sample.label for name, sample in SAMPLES.items()}
    st.selectbox(
        "or a sample",
        list(labels),
        index=None,
        format_func=labels.get,
        placeholder="Choose",
        key=key,
        on_change=_pick,
        args=(key,),
    )


def column_picker(chosen: Source) -> None:
    """Which column is looked at, where there are several."""
    names = list(recording(chosen).channels)
    if len(names) > 1:
        key = f"column@{state.current().edits}"
        st.selectbox("Column", names, index=names.index(chosen.column), key=key, on_change=_turn, args=(chosen, key))


def in_words(file_name: str, series: dc.Series) -> str:
    """File, name, length and rate of a series, for one line."""
    rate = series.time.rate_hz
    pace = (
        f"{rate:,.6g} samples per second"
        if rate and rate >= 1
        else f"one sample every {series.time.step:,.6g} {series.time.unit}"
    )
    return f"{file_name} · {series.name} · {len(series):,} samples · {pace}"


def reading(chosen: Source, recording: dc.Recording) -> None:
    """How the file was read, in words, and the form that corrects it."""
    with st.expander("How the file was read", icon=":material/description:"):
        st.markdown("\n".join(f"- {note}" for note in recording.notes))
        options, edits = dc.ReadOptions(**chosen.options), state.current().edits
        with st.form("reading", border=False):
            cells = st.columns(3)
            _choice(cells[0], "Columns are separated by", _DELIMITERS, options.delimiter, f"delimiter@{edits}")
            _choice(cells[1], "Decimal mark", _DECIMALS, options.decimal, f"decimal@{edits}")
            _choice(cells[2], "First row holds names", _HEADERS, options.header, f"header@{edits}")
            times = {None: "find out", "": _NO_TIME} | {name: name for name in recording.channels}
            if options.time_column:
                times[options.time_column] = options.time_column
            _choice(cells[0], "Time column", times, options.time_column, f"time_column@{edits}")
            cells[1].number_input(
                "Samples per second",
                min_value=0.0,
                value=options.rate_hz,
                format="%.6g",
                key=f"rate_hz@{edits}",
                help="Overrides a time column.",
            )
            st.form_submit_button("Read again", on_click=_read_again, args=(chosen, edits))


def _choice(cell: Any, label: str, words: dict[Any, str], value: Any, key: str) -> None:
    cell.selectbox(label, list(words), index=list(words).index(value), format_func=words.get, key=key)


def _of_sample(name: str) -> Source:
    path = SAMPLES[name].path
    digest = store().put_input(path.read_bytes(), path.name)
    return _with_column(Source(input=digest, file_name=path.name))


def _take(data: bytes, name: str) -> None:
    """Keep an uploaded file and show it; or say what is wrong with it and leave everything as it was."""
    _try(lambda: Source(input=store().put_input(data, name), file_name=name))


def _pick(key: str) -> None:
    if name := state.value(key):
        state.choose(_of_sample(name))


def _turn(chosen: Source, key: str) -> None:
    _try(lambda: replace(chosen, column=state.value(key)))


def _read_again(chosen: Source, edits: int) -> None:
    names = asdict(dc.ReadOptions())
    values = {name: state.value(f"{name}@{edits}") for name in names}
    options = {name: value for name, value in values.items() if value is not None and value != 0.0}
    _try(lambda: replace(chosen, options=options, column=""))


def _try(make: Any) -> None:
    """Take the series that `make` gives if it can be read and used; else say why not and keep the present one."""
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
    fault = DataError(f"{read.name} has no columns of numbers.")
    for name in read.channels:
        try:
            read[name].check_usable()
            return replace(source, column=name)
        except DataError as error:
            fault = error
    raise fault
