"""Several columns of a file at once: one panel for each, and one file with all their results."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import PurePath

import streamlit as st

import denoise_core as dc
from denoise_core import figures
from denoise_core.assess.formatting import plural
from denoise_core.errors import DenoiseError
from denoise_core.files import denoised_name, render
from denoise_core.jobs import Source
from pages.parts import chart
from pages.parts.cached import identity, noise_of, recording, series_of, store, truth, verdict_of
from pages.parts.first_come import FIRST_LOOKS
from pages.parts.messages import plain
from pages.parts.quick_look import Look

MOST = 6
"""Columns at once."""

_PANEL = 150  # pixels


def choose(look: Look) -> tuple[Look, ...]:
    """One look for each column, where several are wanted at once; else none."""
    names = _usable(look.source)
    key = (look.source.input or "")[:12]
    if len(names) < 2 or not st.toggle("Several columns at once", key=f"several-{key}"):
        return ()
    first = [look.source.column, *(name for name in names if name != look.source.column)][:MOST]
    shown = [name for name in names if name in first]
    picked = st.multiselect("Columns shown", names, shown, max_selections=MOST, key=f"several-columns-{key}")
    return tuple(_look_at(look, name) for name in picked or [look.source.column])


def _look_at(look: Look, column: str) -> Look:
    """The same look at another column; settings that a person changed were meant for the one column alone."""
    if column == look.source.column:
        return look
    return replace(look, source=replace(look.source, column=column), changes={}, stated=replace(look.stated, level=0.0))


def _usable(source: Source) -> list[str]:
    read, found = recording(source), []
    for name in read.channels:
        with suppress(DenoiseError):
            read[name].check_usable()
            found.append(name)
    return found


def picture(looks: Sequence[Look]) -> None:
    """All columns over one time axis, denoised as far as that is done."""
    series = [series_of(look.source) for look in looks]
    estimates = [_estimate(look) for look in looks]
    key = f"several-{'-'.join(identity(look.source)[:8] for look in looks)}"
    height = 70 + _PANEL * len(looks)
    chart.zoomable(lambda view: figures.small_multiples(series, estimates, view=view), key=key, height=max(300, height))


def _estimate(look: Look) -> dc.Estimate | None:
    try:
        return look.estimate if look.is_made else None
    except DenoiseError:
        return None


def words(looks: Sequence[Look]) -> None:
    """What was removed from each column."""
    for look in looks:
        if (estimate := _estimate(look)) is None:
            continue
        series = series_of(look.source)
        noise = noise_of(look.source, stated=look.stated)
        verdict = verdict_of(look.name, series, estimate.with_gaps_of(series), truth(look.source), noise)
        st.markdown(f"**{plain(series.name)}**: {plain(verdict.headline)}")


def download(looks: Sequence[Look]) -> None:
    """One file with the results of all columns, made when it is asked for."""
    estimates = {look.source.column: estimate for look in looks if (estimate := _estimate(look)) is not None}
    if not estimates:
        return
    source, name = looks[0].source, PurePath(denoised_name(looks[0].source.file_name))
    st.download_button(
        "Download these results",
        data=partial(_file, source, estimates),
        file_name=f"{name.stem}_{looks[0].method}_{len(estimates)}_columns{name.suffix}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key="save-several",
        help=plain(f"Your file as uploaded, with {', '.join(f'{column}_denoised' for column in estimates)} added."),
    )


def _file(source: Source, estimates: dict[str, dc.Estimate]) -> bytes:
    return render(recording(source), estimates, like=store().input_path(source.input or ""))


def finish(looks: Sequence[Look]) -> None:
    """Denoise the columns that are not denoised yet while the page shows them as recorded, then show it again."""
    if not (missing := [look for look in looks if not look.is_made]):
        return
    with st.spinner(f"Denoising {plural(len(missing), 'column')}…", show_time=True), FIRST_LOOKS.turn():
        for look in missing:
            with suppress(DenoiseError):
                look.estimate  # noqa: B018
    if not all(look.is_made for look in looks):  # the first are no longer kept when the last are done
        st.warning("These columns are too long to be denoised together. Choose fewer.", icon=":material/warning:")
        return
    st.rerun()
