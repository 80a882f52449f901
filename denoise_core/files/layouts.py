"""How a file of each format lays out its table: what writing the same kind of file again needs, and its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

from denoise_core.series import Layout

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Encoding:
    r"""How the characters of a text file are written.

    Parameters
    ----------
    codec : str
        Python's name of the encoding.
    mark : bool
        Whether a byte order mark stands first.
    line_end : str
        "\\n" (which may follow "\\r"), or "\\r" in files of old Macintoshes.
    """

    codec: str
    mark: bool = False
    line_end: str = "\n"


@dataclass(frozen=True, kw_only=True)
class TableRegion:
    """Where a table stands in a file; rows are counted from 0.

    Parameters
    ----------
    width : int
        Cells in a row of numbers.
    first : int
        The first row with numbers.
    header, units : int or None
        Rows with the names and the units of the columns.
    groups : int or None
        The row above the names that has one name for several columns.
    """

    width: int
    first: int
    header: int | None = None
    units: int | None = None
    groups: int | None = None


@dataclass(frozen=True, kw_only=True)
class TextLayout(Layout):
    """A text file.

    Parameters
    ----------
    delimiter, decimal : str
        As in `ReadOptions`.
    shift : bool
        Whether the first column has no name, as R writes tables.
    footer : int
        Lines at the end of the file that hold no samples.
    header_line : str
        The row of names as it stands in the file: where it is repeated further down, it holds no samples.
    header_width : int
        Cells in the row of names, which may be more than in the rows of numbers.
    gap : str
        How the file writes a missing value.
    digits : mapping of column name to int
        The most significant digits among the numbers of a column.
    """

    format: str = "text"
    encoding: Encoding
    region: TableRegion
    delimiter: str
    decimal: str
    shift: bool = False
    footer: int = 0
    header_line: str = ""
    header_width: int = 0
    gap: str = ""
    digits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SheetLayout(Layout):
    """One sheet of a workbook; `footer` rows at its end hold no samples."""

    format: str = "workbook"
    sheet: str
    region: TableRegion
    footer: int = 0


@dataclass(frozen=True, kw_only=True)
class ParquetLayout(Layout):
    """A Parquet file, whose schema says everything else."""

    format: str = "parquet"


@dataclass(frozen=True, kw_only=True)
class ArrayLayout(Layout):
    """NumPy's files ("npy" or "npz"); `across` where every row of a two-axis array is a channel."""

    across: bool = False


@dataclass(frozen=True, kw_only=True)
class SoundLayout(Layout):
    """A WAV file: samples per second, and bits of a sample as stored."""

    format: str = "wav"
    rate: int
    bits: int
    floating: bool


@dataclass(frozen=True, kw_only=True)
class SignalsLayout(Layout):
    """A file of many named signals ("mat", "hdf5", "tdms", "edf", "uff"); `paths` says where in it each of `names` is."""

    paths: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class JsonLayout(Layout):
    """A JSON file: `shape` is "records", "lines" or "columns", below the keys of `path`; `keys` are those of `names`."""

    format: str = "json"
    shape: str
    keys: tuple[str, ...]
    path: tuple[str, ...] = ()
    indent: int | None = None


def to_json(layout: Layout) -> dict[str, Any]:
    """``from_json(type(layout), json.loads(json.dumps(to_json(layout)))) == layout``."""
    return asdict(layout)


def from_json(kind: type[T], raw: Mapping[str, Any]) -> T:
    """A layout of this kind from what `to_json` gave."""
    hints = get_type_hints(kind)
    return kind(**{item.name: _value(hints[item.name], raw[item.name]) for item in fields(kind)})  # type: ignore[arg-type]


def _value(hint: Any, raw: Any) -> Any:
    if is_dataclass(hint):
        return from_json(hint, raw)  # type: ignore[arg-type]
    return tuple(raw) if isinstance(raw, list) else raw
