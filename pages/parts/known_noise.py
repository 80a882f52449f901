"""Known noise on a series that looks clean: every method is then measured against the series as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from denoise_core.errors import DenoiseError, SettingsError
from denoise_core.jobs import Source
from denoise_core.signals import HIGHEST_DB, LOWEST_DB, NOISE_KINDS, AddedNoise
from pages.parts import opening, state
from pages.parts.messages import plain

_MOST = 9999  # a seed


def panel(chosen: Source) -> None:
    """What was added, and the fields that add it, another or none."""
    added = AddedNoise.from_json(chosen.added_noise) if chosen.added_noise else None
    if added is not None:
        st.caption(plain(f"{added.in_words}. The series as recorded counts as the true signal."))
    box = st.expander("Add known noise", icon=":material/science:", on_change="rerun", key="known-noise")
    if box.open:
        with box:
            st.caption("Makes a test of a series that looks clean: the true error and gain then stand beside the estimated ones.")
            _fields(chosen, added)


def _fields(chosen: Source, added: AddedNoise | None) -> None:
    now, edits = added or AddedNoise(), state.current().edits
    cells = st.columns([3, 2, 2], vertical_alignment="bottom")
    kinds, keys = list(NOISE_KINDS), {name: f"known-noise-{name}@{edits}" for name in ("kind", "snr_db", "seed")}
    kind = cells[0].selectbox(
        "Kind",
        kinds,
        kinds.index(now.kind),
        format_func=lambda name: NOISE_KINDS[name].label,
        key=keys["kind"],
        help=" ".join(f"{one.label}: {one.help}" for one in NOISE_KINDS.values()),
    )
    hint = "20 log10 of the standard deviation of the series over that of the noise. 20 dB: noise of a tenth."
    cells[1].number_input("SNR (dB)", LOWEST_DB, HIGHEST_DB, now.snr_db, 1.0, format="%.1f", key=keys["snr_db"], help=hint)
    other = "Another one gives other noise of the same kind."
    cells[2].number_input("Seed", 0, _MOST, min(now.seed, _MOST), 1, key=keys["seed"], help=other)
    st.caption(NOISE_KINDS[kind].help)
    with st.container(horizontal=True):
        st.button("Add this noise", key="add-noise", on_click=_add, args=(chosen, keys))
        st.button("Remove it", key="remove-noise", disabled=added is None, on_click=_remove, args=(chosen,))


def _add(chosen: Source, keys: Mapping[str, str]) -> None:
    try:
        added = AddedNoise(**{name: state.value(key) for name, key in keys.items()})
        opening.read_again(replace(chosen, added_noise=added.to_json()))
    except SettingsError as error:
        state.fail(*error.problems)
    except DenoiseError as error:
        state.fail(str(error))


def _remove(chosen: Source) -> None:
    opening.read_again(replace(chosen, added_noise={}))
