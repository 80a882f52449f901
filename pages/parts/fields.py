"""A setting of `RunConfig` as a widget, by its own declaration: one mechanism for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import Field
from typing import Any

import streamlit as st

from denoise_core.config import GROUPS, RunConfig, settings
from pages.parts import state
from pages.parts.messages import plain
from pages.parts.training_task import by_hand

_NO_LIMIT = 1e15  # a range up to there is none to a person


def show(config: RunConfig, paths: Iterable[str], *, columns: int, version: str) -> None:
    """Widgets for these settings, filled from `config`, each with the reason of its suggestion below.

    They follow `config` except for what was edited. `version` is part of each widget's key: when it changes, edits are lost.
    A reason that an edit has made untrue is not shown.
    """
    known = {path: (spec, value) for path, spec, value in settings(config)}
    reasons = collect(config, version=version).reasons
    shown = list(paths)
    for first in range(0, len(shown), columns):
        for cell, path in zip(st.columns(columns), shown[first : first + columns], strict=False):
            with cell:
                widget(*known[path], key=_key(path, version))
                if reason := reasons.get(path):
                    st.caption(plain(reason))


def others(config: RunConfig, shown: Iterable[str]) -> dict[str, list[str]]:
    """Every setting that leaves a choice and is not in `shown`, by the name of its group."""
    without = set(shown)
    groups: dict[str, list[str]] = {}
    for path, spec, _ in settings(config):
        if path not in without and len(spec.metadata["choices"]) != 1:
            groups.setdefault(GROUPS[path.split(".")[0]], []).append(path)
    return groups


def collect(config: RunConfig, *, version: str) -> RunConfig:
    """`config` with what the widgets hold now; a setting changed by hand loses its reason."""
    for path, _, old in settings(config):
        new = state.edit(_key(path, version))
        if new is not None and new != old:
            config = by_hand(config, path, new)
    return config


def in_labels(sentence: str) -> str:
    """A sentence of the core with the labels of the form in place of the names of settings and values."""
    for path, spec, _ in settings(RunConfig()):
        label = spec.metadata["label"]
        for value, word in spec.metadata["words"].items():
            for said in (f"{path} = ", f"{path} to ", f"{label.lower()} "):
                sentence = sentence.replace(f'{said}"{value}"', f'{said}"{word}"')
        sentence = sentence.replace(path, label)
    return sentence


def _key(path: str, version: str) -> str:
    return f"{path}@{version}"


def widget(spec: Field[Any], value: Any, *, key: str) -> None:
    """The widget of one setting, filled with `value` until a person puts in another."""
    data = spec.metadata
    label = f"{data['label']} ({data['unit']})" if data["unit"] else data["label"]
    state.offer(key, value)
    if data["choices"]:
        st.selectbox(label, data["choices"], format_func=data["words"].get, help=data["help"], key=key)
    elif isinstance(value, bool):
        st.toggle(label, help=data["help"], key=key)
    elif isinstance(value, int):
        least, most = int(data["low"]), int(data["high"])
        st.number_input(label, least, most, step=1, help=_with_range(data["help"], least, most), key=key)
    else:
        low, high = float(data["low"]), float(data["high"])
        step = value / 10 if data["log"] or 0.0 < value < 0.05 else 0.05
        st.number_input(label, low, high, step=step, format="%.6g", help=_with_range(data["help"], low, high), key=key)


def _with_range(help: str, low: float, high: float) -> str:
    return help if high >= _NO_LIMIT else f"{help} From {low:,g} to {high:,g}."
