"""The bench on which the reading of a file is corrected: its first rows as parsed, and what can be set, with live effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from denoise_core.files import NO_TIME, Preview
from denoise_core.jobs import Source
from pages.parts import opening, state
from pages.parts.cached import preview
from pages.parts.messages import plain

_DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", " ": "Spaces", "|": "Vertical bar", "": "None (one column)"}
_DECIMALS = {".": "Point", ",": "Comma"}
_ROLES = {"time": "Time", "value": "Value", "text": "Text", "ignore": "Ignore"}
_HEAD, _ROW = 38, 24  # pixels
_MANY = 12
"""Columns of a file whose units and roles are shown at once."""


def fault(source: Source, why: str) -> None:
    """The bench alone, for a file that cannot be read as it is."""
    st.error(plain(why), icon=":material/error:")
    st.markdown(f"**{plain(source.file_name)}** can be corrected here. Each change is tried at once.")
    show(source)
    st.button("Back to the file before", icon=":material/undo:", on_click=state.leave_bench)


def show(source: Source) -> None:
    """Widgets for how a file is read, and its first rows as they are read."""
    found = preview(source, state.current().unread_data)
    _options(source, found)
    _columns(source, found)
    _rows(found)


def _rows(found: Preview) -> None:
    width = max((len(row.cells) for row in found.rows), default=0)
    table = {"Row": [row.number or None for row in found.rows], "Read as": [row.use.capitalize() for row in found.rows]}
    table |= {f"{k + 1}": [row.cells[k] if k < len(row.cells) else "" for row in found.rows] for k in range(width)}
    narrow = {"Row": st.column_config.NumberColumn(width=50), "Read as": st.column_config.TextColumn(width=80)}
    height = _HEAD + _ROW * len(found.rows)
    st.dataframe(table, hide_index=True, row_height=_ROW, height=height, column_config=narrow)


def _options(source: Source, found: Preview) -> None:
    """What holds for the whole file; only what its format has."""
    cells, at = st.columns(4), 0
    for draw in (_sheet, _delimiter, _decimal, _header, _footer, _rate, _missing):
        with cells[at % 4]:
            at += draw(source, found)


def _sheet(source: Source, found: Preview) -> bool:
    if len(found.sheets) < 2:
        return False
    shown = found.found.get("sheet")
    label = "Sheet" if found.format == "workbook" else "Part of the file"
    _select(source, "sheet", label, {name: name for name in found.sheets}, shown)
    return True


def _delimiter(source: Source, found: Preview) -> bool:
    if found.format != "text":
        return False
    _select(source, "delimiter", "Delimiter", _DELIMITERS, found.found.get("delimiter"))
    return True


def _decimal(source: Source, found: Preview) -> bool:
    if "header" not in found.found and found.format != "text":
        return False
    _select(source, "decimal", "Decimal mark", _DECIMALS, found.found.get("decimal"))
    return True


def _header(source: Source, found: Preview) -> bool:
    if found.format not in ("text", "workbook"):
        return False
    value, help = found.found.get("header"), "The number of the row that holds the names of the columns; 0 if none does."
    _number(source, "header", "Row of the names", value, help=help)
    return True


def _footer(source: Source, found: Preview) -> bool:
    if found.format not in ("text", "workbook"):
        return False
    help = "How many rows at the end hold no samples, such as a mean."
    _number(source, "footer", "Rows to leave out at the end", found.found.get("footer"), help=help)
    return True


def _rate(source: Source, found: Preview) -> bool:
    del found
    key = _key("rate_hz")
    options: dict[str, Any] = {"value": source.options.get("rate_hz"), "min_value": 0.0, "format": "%.6g"}
    st.number_input(
        "Sampling rate (Hz)", key=key, on_change=_set, args=(source, "rate_hz", key), help="Replaces the time column.", **options
    )
    return True


def _missing(source: Source, found: Preview) -> bool:
    """More cells that are missing values; those that were found are listed."""
    told, key = list(source.options.get("gap_words", ())), _key("gap_words")
    known = [*dict.fromkeys((*told, *found.codes))]
    words = ", ".join(f"{word} ({count:,})" for word, count in list(found.words.items())[:8])
    help = plain(f"Cells that hold no value, such as -999. Found and read so already: {words or 'none'}.")
    options: dict[str, Any] = {"default": told, "accept_new_options": True, "placeholder": "Add -999, 9999, …"}
    st.multiselect("Also missing", known, key=key, on_change=_set, args=(source, "gap_words", key), help=help, **options)
    if words:
        st.caption(plain(f"Read as missing: {words}"))
    return True


def _columns(source: Source, found: Preview) -> None:
    """Unit and role of each column."""
    if not found.columns:
        return
    names = [column.name for column in found.columns]
    shown: Sequence[str] = names[:_MANY]
    if len(names) > _MANY:
        shown = st.multiselect("Columns to change", names, shown, key="bench-columns")
    cells = st.columns(3)  # a role and a unit beside each other need so much
    for at, column in enumerate(column for column in found.columns if column.name in shown):
        with cells[at % 3].container(horizontal=True, vertical_alignment="bottom"):
            role, unit = _key(f"role-{column.name}"), _key(f"unit-{column.name}")
            names_of: dict[str, str] = _ROLES if column.role in _ROLES else {column.role: column.role.capitalize()} | _ROLES
            st.selectbox(
                plain(column.name),
                list(names_of),
                index=list(names_of).index(column.role),
                format_func=names_of.__getitem__,
                key=role,
                on_change=_set_role,
                args=(source, found, column.name, role),
            )
            st.text_input(
                f"Unit of {plain(column.name)}",
                column.unit,
                key=unit,
                on_change=_set_of_column,
                args=(source, "units", column.name, unit),
                placeholder="Unit",
                label_visibility="collapsed",
                width=90,
            )


def _select(source: Source, name: str, label: str, words: Mapping[Any, str], value: Any) -> None:
    words = dict(words) if value in words or value is None else {**words, value: str(value)}
    key, index = _key(name), None if value is None else list(words).index(value)
    options: dict[str, Any] = {"index": index, "format_func": words.get, "placeholder": "Choose"}
    st.selectbox(label, list(words), key=key, on_change=_set, args=(source, name, key), **options)


def _number(source: Source, name: str, label: str, value: int | None, *, help: str) -> None:
    key = _key(name)
    st.number_input(label, 0, 1000, value, step=1, key=key, on_change=_set, args=(source, name, key), help=help)


def _set(source: Source, name: str, key: str) -> None:
    value = state.value(key)
    _read_again(source, {**source.options, name: None if name == "rate_hz" and not value else value})


def _set_of_column(source: Source, name: str, column: str, key: str) -> None:
    _read_again(source, {**source.options, name: {**source.options.get(name, {}), column: state.value(key)}})


def _set_role(source: Source, found: Preview, column: str, key: str) -> None:
    """Another role; the column that was the time is a value then, if it was taken for the time by itself."""
    role, roles = state.value(key), dict(source.options.get("roles", {}))
    options = {name: value for name, value in source.options.items() if name != "time_column"}
    roles = {name: was for name, was in roles.items() if not (role == was == "time")} | {column: role}
    if role != "time" and found.found.get("time_column") == column:
        options["time_column"] = NO_TIME
        roles |= {column: role}
    _read_again(source, {**options, "roles": roles})


def _read_again(source: Source, options: Mapping[str, Any]) -> None:
    told = {name: value for name, value in options.items() if value is not None and value not in ([], {})}
    opening.read_again(replace(source, options=told, column=""))


def _key(name: str) -> str:
    return f"{name}@{state.current().edits}"
