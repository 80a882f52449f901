"""What a person may say about a file, and how much a file may ask of the machine."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args, get_type_hints

from denoise_core.config.declare import as_type_of, unknown, wrong_type
from denoise_core.config.untrusted_json import parse_untrusted
from denoise_core.errors import SettingsError

NO_TIME = ""
"""As `ReadOptions.time_column`: the file has no time column."""

MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How to read a file; None means that it is detected.

    Parameters
    ----------
    delimiter : str or None
        Between columns of a text file; " " stands for any run of spaces and tabs, "" for a single column.
    decimal : str or None
        "." or ",".
    header : bool or None
        Whether a row of names stands above the numbers.
    sheet : str or None
        Name of the sheet of a workbook.
    time_column : str or None
        Name of the column that holds the time; `NO_TIME` says there is none.
    rate_hz : float or None
        Samples per second; overrides every time column.
    """

    delimiter: str | None = None
    decimal: str | None = None
    header: bool | None = None
    sheet: str | None = None
    time_column: str | None = None
    rate_hz: float | None = None

    def __post_init__(self) -> None:
        faults = []
        if self.delimiter is not None and len(self.delimiter) > 1:
            faults.append(f"delimiter = {self.delimiter!r} must be a single character.")
        if self.decimal not in (None, ".", ","):
            faults.append(f"decimal = {self.decimal!r} must be a point or a comma.")
        if self.rate_hz is not None and not 0.0 < self.rate_hz < float("inf"):
            faults.append(f"rate_hz = {self.rate_hz} must be a positive number of samples per second.")
        if faults:
            raise SettingsError(faults)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

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
    kinds = get_type_hints(ReadOptions)
    if name not in kinds:
        faults.append(unknown(name, kinds, what="reading option"))
        return None
    example = get_args(kinds[name])[0]()
    read = None if value is None else as_type_of(value, example)
    if read is None and value is not None:
        faults.append(wrong_type(name, value, example))
    return read


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
