"""What a person may say about a file, and how much a file may ask of the machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, get_args, get_type_hints

from denoise_core.config.declare import as_type_of, unknown, wrong_type
from denoise_core.config.untrusted_json import parse_untrusted
from denoise_core.errors import SettingsError

NO_TIME = ""
"""As `ReadOptions.time_column`: the file has no time column."""

ROLES = ("time", "value", "text", "ignore")
"""What a column can be. A text or ignored column stays in the file but is no channel."""

KINDS = "CSV or other text, XLSX, ODS, Parquet, JSON, MAT, HDF5, TDMS, EDF, UFF, NPY, NPZ or WAV, also packed as .gz or .zip"
"""The kinds of files that are read, for sentences."""

MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How to read a file; what is None or empty is detected.

    Parameters
    ----------
    delimiter : str or None
        Between columns of a text file; " " stands for any run of spaces and tabs, "" for a single column.
    decimal : str or None
        "." or ",".
    header : int or None
        The row with the names of the columns, counted from 1; 0 where there is none.
    footer : int or None
        How many lines at the end of a text file or sheet hold no samples.
    sheet : str or None
        Name of the sheet of a workbook, or of the group in a file that holds several tables.
    gap_words : tuple of str
        Cells that are missing values, beside those that are found to be: "-999", "9999".
    units : mapping of column name to unit
    roles : mapping of column name to one of `ROLES`
        A column with the role "time" is the `time_column`.
    time_column : str or None
        Name of the column that holds the time; `NO_TIME` says there is none.
    rate_hz : float or None
        Samples per second; overrides every time column.
    """

    delimiter: str | None = None
    decimal: str | None = None
    header: int | None = None
    footer: int | None = None
    sheet: str | None = None
    gap_words: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    time_column: str | None = None
    rate_hz: float | None = None

    def __post_init__(self) -> None:
        faults = []
        if self.delimiter is not None and len(self.delimiter) > 1:
            faults.append(f"delimiter = {self.delimiter!r} must be a single character.")
        if self.decimal not in (None, ".", ","):
            faults.append(f"decimal = {self.decimal!r} must be a point or a comma.")
        for name, rows in (("header", self.header), ("footer", self.footer)):
            if rows is not None and rows < 0:
                faults.append(f"{name} = {rows} must be 0 or more rows.")
        faults += [unknown(role, ROLES, what="role of a column") for role in self.roles.values() if role not in ROLES]
        if self.rate_hz is not None and not 0.0 < self.rate_hz < float("inf"):
            faults.append(f"rate_hz = {self.rate_hz} must be a positive number of samples per second.")
        if faults:
            raise SettingsError(faults)

    @property
    def time(self) -> str | None:
        """The column that holds the time: `time_column`, or the one with that role."""
        named = (name for name, role in self.roles.items() if role == "time")
        return next(named, None) if self.time_column is None else self.time_column

    def to_dict(self) -> dict[str, Any]:
        """What was said, JSON-able; what is to be detected is left out."""
        return {name: value for name, value in asdict(self).items() if value is not None and value not in ((), {})}

    def to_json(self) -> str:
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> ReadOptions:
        """Read what `to_json` wrote; what is missing is detected.

        Raises
        ------
        SettingsError
            If the text is not such JSON.
        """
        try:
            raw = parse_untrusted(text)
        except ValueError as error:
            raise SettingsError([f"The reading options are not valid JSON ({error})."]) from None
        if not isinstance(raw, dict):
            raise SettingsError(["The reading options must be a JSON object."])
        faults: list[str] = []
        known = {name: _value(name, value, faults) for name, value in raw.items()}
        if faults:
            raise SettingsError(faults)
        return cls(**known)


def _value(name: str, value: Any, faults: list[str]) -> Any:
    known = {item.name: item for item in fields(ReadOptions)}
    if name not in known:
        faults.append(unknown(name, known, what="reading option"))
        return None
    kind = get_type_hints(ReadOptions)[name]
    if known[name].default is not None:  # words, or a word for each column
        return _words(name, value, faults, by_column=known[name].default is MISSING)
    example = get_args(kind)[0]()
    value = int(value) if name == "header" and isinstance(value, bool) else value  # links of version 0.2 said yes or no
    read = None if value is None else as_type_of(value, example)
    if read is None and value is not None:
        faults.append(wrong_type(name, value, example))
    return read


def _words(name: str, value: Any, faults: list[str], *, by_column: bool) -> Any:
    found = list(value.items()) if by_column and isinstance(value, dict) else value
    if not isinstance(found, list) or not all(
        isinstance(text, str) for item in found for text in (item if by_column else [item])
    ):
        faults.append(f"{name} = {value!r} should be {'a text for each column' if by_column else 'a list of texts'}.")
        return {} if by_column else ()
    return dict(found) if by_column else tuple(found)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that reading one file may take.

    Parameters
    ----------
    file_bytes, unpacked_bytes : int
        Size of the upload, and of what a packed file unpacks to.
    ratio : int
        Unpacked size of one member over its packed size.
    samples : int
        Rows times columns.
    columns : int
    seconds : float
        Wall clock and processor time of the reading process.
    memory_bytes : int
        Address space of the reading process.
    """

    file_bytes: int = 500 * MIB
    unpacked_bytes: int = 1024 * MIB
    ratio: int = 100
    samples: int = 20_000_000
    columns: int = 256
    seconds: float = 60.0
    memory_bytes: int = 2048 * MIB

    def to_dict(self) -> dict[str, float]:
        return {item.name: getattr(self, item.name) for item in fields(self)}
