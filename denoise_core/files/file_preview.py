"""How a file is read, for a person who corrects that: its first rows, its columns and what was detected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    """One row of a file: its number, from 1; "", "groups", "names", "units" or "values"; and its cells."""

    number: int
    use: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PreviewColumn:
    """A column as it was read; its role is one of `options.ROLES`, or "empty"."""

    name: str
    unit: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How a file is read.

    Parameters
    ----------
    format : str
        As `detection.detect_format` names it; empty where even that failed.
    rows : tuple of PreviewRow
        The first ones.
    columns : tuple of PreviewColumn
    found : mapping of reading option to value
        What is in force: as told, or as detected.
    sheets : tuple of str
        What the option `sheet` can choose from.
    words : mapping of str to int
        Cells that were read as missing though nothing says so, and how often.
    codes : tuple of str
        Numbers that may mean missing values.
    fault : str
        Why the file cannot be read; empty where it can.
    """

    format: str = ""
    rows: tuple[PreviewRow, ...] = ()
    columns: tuple[PreviewColumn, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    fault: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Preview:
        """``Preview.from_json(json.loads(json.dumps(preview.to_json()))) == preview``."""
        rows = tuple(PreviewRow(**{**row, "cells": tuple(row["cells"])}) for row in raw["rows"])
        columns = tuple(PreviewColumn(**column) for column in raw["columns"])
        plain = {**raw, "rows": rows, "columns": columns, "sheets": tuple(raw["sheets"]), "codes": tuple(raw["codes"])}
        return cls(**plain)
