"""The one table of results: sorted in the browser, ticked, renamed in place; an action is a call of the page's own function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pages.parts import state
from pages.parts.components import component, pack

_HTML = '<div class="denoise-table" role="region" tabindex="0"><table><thead></thead><tbody></tbody></table></div>'
_TABLE = component("denoise_results", html=_HTML, beside="results_table")
SPARKLINE = "sparkline"


@dataclass(frozen=True)
class Column:
    """A column; that of the key "sparkline" draws the rows' sparklines."""

    key: str
    label: str
    help: str = ""
    number: bool = True


@dataclass(frozen=True)
class Cell:
    """What is written, by what it is sorted (None: last), and what is said of it where somebody points at it."""

    text: str
    sort: float | str | None = None
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One result, or a method that gives none: then only `refusal` is shown beside its name.

    Parameters
    ----------
    color : str
        In which it is drawn; "" where it is not.
    chosen : bool
        Whether it is what the page shows as the result.
    pinned : bool
        Whether the others are compared with it.
    group : str
        The line under which it is folded while it is not in use; "" for none.
    """

    id: str
    name: str
    cells: Mapping[str, Cell] = field(default_factory=dict)
    sparkline: Sequence[float | None] = ()
    color: str = ""
    ticked: bool = False
    chosen: bool = False
    pinned: bool = False
    refusal: str = ""
    group: str = ""


@dataclass(frozen=True)
class Action:
    """A button at the end of each row: what is told when it is pressed, the name of its icon, and its words."""

    what: str
    sign: str
    title: str


Act = Callable[[str, str, Any], None]
"""Called with what was done ("open", "tick", "rename", or an `Action.what`), the row's id, and a value."""


def show(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    key: str,
    label: str,
    act: Act,
    actions: Sequence[Action] = (),
    opens: str = "",
    ticks: bool = False,
    renames: bool = False,
    height: int = 0,
    alone: bool = False,
) -> None:
    """Draw the table.

    Parameters
    ----------
    opens : str
        What a click on a name does, in words; "" where it does nothing.
    height : int
        Pixels, beyond which it scrolls; 0 for all of it.
    alone : bool
        Whether it is in a fragment, so that the page has to be told of what was done.
    """
    if alone and state.pop(f"{key}-done"):
        st.rerun()
    data = {
        "rows": rows,
        "columns": columns,
        "actions": actions,
        "label": label,
        "opens": opens,
        "ticks": ticks,
        "renames": renames,
        "height": height,
    }
    _TABLE(key=key, data=pack(data), on_act_change=lambda: _tell(key, act))


def _tell(key: str, act: Act) -> None:
    done = (state.value(key) or {}).get("act")
    if isinstance(done, Mapping):
        act(str(done.get("what", "")), str(done.get("id", "")), done.get("value"))
        state.put(f"{key}-done", True)
