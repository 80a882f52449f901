"""The settings of a training and the button that starts it. Knows nothing of what a single setting means."""

from __future__ import annotations

import streamlit as st

import denoise_core as dc
from denoise_core import figures
from denoise_core.duration import expected_seconds, in_words
from denoise_core.errors import DenoiseError, SettingsError
from denoise_core.jobs import Source
from pages.parts import chart, fields, state
from pages.parts.cached import keep_alive, series_of, store, suggested

FIRST = ("scaling.kind", "window.length", "window.overlap", "training.epochs")


def show(source: Source) -> None:
    """One form, filled with suggestions, and a way to load settings from a file."""
    session, series = state.current(), series_of(source)
    config = session.config or suggested(source)
    st.subheader(f"Train a network on {series.name}", anchor=False)
    st.caption(
        "The network learns to predict each sample from those before and after it. Noise cannot be predicted, "
        "so what it predicts is the signal. All settings are already filled in from your data."
    )
    with st.form("settings", border=True):
        fields.show(config, FIRST, columns=4, edits=session.edits)
        with st.expander("Every other setting", icon=":material/tune:"):
            fields.show(config, fields.others(config, FIRST), columns=4, edits=session.edits)
        with st.container(horizontal=True, vertical_alignment="center"):
            icon = ":material/play_arrow:"
            st.form_submit_button(
                "Start training", type="primary", icon=icon, key="start", on_click=_start, args=(source, config)
            )
            st.caption(f"These settings take {in_words(expected_seconds(config))} on one processor core.")
    _file(session)
    _windows(series, length=config.window.length, hop=config.window.hop)


def start_over(config: dc.RunConfig) -> None:
    """Back to the form, filled with these settings."""
    state.close_run()
    state.configure(config)


def _start(source: Source, config: dc.RunConfig) -> None:
    """Check what the form holds and put it into the queue; the same press never starts two runs."""
    session, series = state.current(), series_of(source)
    config = fields.collected(config, edits=session.edits)
    if problems := config.problems(samples=len(series)):
        return state.fail(*problems)
    title = f"{source.file_name}: {series.name}"
    try:
        run = store().submit(series, config, owner=session.workspace, title=title, source=source, token=session.press)
    except DenoiseError as error:
        return state.fail(str(error))
    keep_alive()
    state.change(run=run, config=config)


def _file(session: state.Session) -> None:
    """Settings from a file, and back to the suggested ones."""
    with st.expander("Load settings from a file", icon=":material/upload_file:"):
        key = f"settings-file@{session.edits}"
        if upload := st.file_uploader("Settings of an earlier run (JSON)", key=key, max_upload_size=1):
            _load(upload.getvalue())
            st.rerun()
        st.button("Back to the suggested settings", on_click=state.configure, args=(None,), disabled=session.config is None)


def _load(data: bytes) -> None:
    """Take settings over from a file, or say everything that is wrong with it."""
    try:
        state.configure(dc.RunConfig.from_json(data.decode()))
    except SettingsError as error:
        state.configure(state.current().config)
        state.fail(*error.problems)
    except UnicodeDecodeError:
        state.configure(state.current().config)
        state.fail("The settings file is not text. Choose the JSON file that the Result page offers for download.")


def _windows(series: dc.Series, *, length: int, hop: int) -> None:
    if length <= len(series):
        st.markdown(f"**What the network sees at once**: {length} samples; the next window starts {hop} later.")
        chart.draw(figures.windows(series, length=length, hop=hop), key="windows", height=230)
