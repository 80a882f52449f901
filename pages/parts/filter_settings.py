"""The settings of a filter on the Signal page: suggested from the data, to be changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any

import streamlit as st

from denoise_core.filters import FILTERS
from denoise_core.jobs import Source
from pages.parts import fields, state
from pages.parts.cached import identity


def changes(chosen: Source, method: str) -> dict[str, Any]:
    """What a person put in place of the suggested settings of this method, for this series."""
    if method not in FILTERS:
        return {}
    edits = {spec.name: state.edit(_key(chosen, method, spec.name)) for spec in fields_of(FILTERS[method].settings)}
    return {name: value for name, value in edits.items() if value is not None}


def fill(chosen: Source, method: str, settings: Mapping[str, Any]) -> None:
    """Put these settings into the form of this method, for this series, as if a person had done so."""
    for name, value in settings.items():
        state.put(_key(chosen, method, name), value)


def form(chosen: Source, method: str, suggested: Mapping[str, Any]) -> None:
    """A widget for each setting of a filter, filled with the suggested values; nothing for methods without settings."""
    if method not in FILTERS:
        return
    with st.expander("Settings", icon=":material/tune:"):
        st.caption("Suggested from your data, by the least estimated error. Change one to see what it does.")
        for spec in fields_of(FILTERS[method].settings):
            fields.widget(spec, suggested[spec.name], key=_key(chosen, method, spec.name))


def _key(chosen: Source, method: str, name: str) -> str:
    return f"{method}.{name}@{identity(chosen)}"
