"""MATLAB files up to version 7: numeric variables and fields of structs; back with one variable for each result.

Version 7.3 is HDF5, see `hdf5`.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat, savemat

from denoise_core.errors import DataError
from denoise_core.files.columns import Table
from denoise_core.files.formats.stored_signals import Signal, damage_as_data_error, rate_in, start_in, table_of
from denoise_core.files.layouts import SignalsLayout
from denoise_core.files.options import MIB, Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn

_KIND = "a MATLAB file"
_COMPRESSED = 15
_HEADER = 128
_DEEP = 4  # levels of structs
_HARMLESS = 16 * MIB
_STEP = MIB


def read_mat(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The table in a MATLAB file: its arrays of one length; a number named fs or dt gives the rate.

    Raises
    ------
    DataError
        If it is damaged, too large, or holds no series.
    """
    with damage_as_data_error(name, _KIND):
        _check_unpacked(path, limits, name=name)
        variables = loadmat(path, squeeze_me=True, struct_as_record=False, mat_dtype=True)
        signals, left = signals_in({key: value for key, value in variables.items() if not key.startswith("__")})
    return table_of(signals, "mat", name=name, options=options, limits=limits, kind=_KIND, left=left)


def _check_unpacked(path: Path, limits: Limits, *, name: str) -> None:
    """Raise DataError where the packed variables unpack to more than the limits."""
    total = 0
    with path.open("rb") as file:
        for size, packed in _unpacked_sizes(file, limits.unpacked_bytes):
            total += size
            if total > limits.unpacked_bytes or (size > _HARMLESS and size > limits.ratio * packed):
                raise DataError(
                    f"{name} would unpack to {total / MIB:,.0f} MB or more, {size / max(1, packed):,.0f} times its size. "
                    "Save a shorter recording, or save it as CSV."
                )


def _unpacked_sizes(file: IO[bytes], most: int) -> Iterator[tuple[int, int]]:
    """Unpacked and packed size of each packed variable; counting ends above `most`."""
    head = file.read(_HEADER)
    order = "<" if head[126:128] == b"IM" else ">"
    while len(tag := file.read(8)) == 8:
        kind, length = struct.unpack(f"{order}II", tag)
        if kind != _COMPRESSED:
            file.seek(length, 1)
            continue
        unpack, left, size = zlib.decompressobj(), length, 0
        while left > 0 and size <= most and (block := file.read(min(_STEP, left))):
            left -= len(block)
            while block and size <= most:
                size += len(unpack.decompress(block, 16 * _STEP))
                block = unpack.unconsumed_tail
        yield size, length


def signals_in(variables: dict[str, Any]) -> tuple[list[Signal], list[str]]:
    """The series among variables and the fields of structs, and the names of what is none."""
    signals: list[Signal] = []
    left: list[str] = []
    _collect(variables, "", signals, left, {}, {})
    return signals, left


def _collect(
    fields: dict[str, Any], prefix: str, signals: list[Signal], left: list[str], scalars: dict[str, float], texts: dict[str, str]
) -> None:
    scalars = scalars | {key.lower(): float(value) for key, value in fields.items() if _is_scalar(value)}
    texts = texts | {key.lower(): str(value) for key, value in fields.items() if isinstance(value, str)}
    for key, value in fields.items():
        path = f"{prefix}.{key}" if prefix else key
        inner = getattr(value, "_fieldnames", None)
        if inner is not None and path.count(".") < _DEEP:
            _collect({field: getattr(value, field) for field in inner}, path, signals, left, scalars, texts)
        elif isinstance(value, np.ndarray) and value.dtype.kind in "iufb" and value.ndim in (1, 2) and value.size > 1:
            unit = texts.get(f"{key.lower()}_unit", texts.get(f"{key.lower()}_units", ""))
            more = {"group": prefix, "unit": unit, "rate_hz": rate_in(scalars), "start": start_in(texts)}
            signals += _columns_of(value, path, key, more)
        elif not _is_scalar(value) and not isinstance(value, str):
            left.append(path)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, complex | np.complexfloating)


def _columns_of(array: NDArray[Any], path: str, name: str, more: dict[str, Any]) -> list[Signal]:
    """A signal; of two axes, the longer is the time."""
    if array.ndim == 1:
        return [Signal(path=path, name=name, size=array.size, load=lambda: array, **more)]
    table = array.T if array.shape[0] < array.shape[1] else array
    return [
        Signal(path=f"{path}[{k}]", name=f"{name} {k + 1}", size=len(table), load=lambda k=k: table[:, k], **more)  # type: ignore[misc]
        for k in range(table.shape[1])
    ]


def write_mat(source: Path, target: Path, columns: Sequence[OutputColumn], layout: SignalsLayout) -> None:
    """The same variables, and a column vector for each result beside its channel, named as MATLAB names may be."""
    with damage_as_data_error("The file", _KIND):
        variables = {key: value for key, value in loadmat(source).items() if not key.startswith("__")}
        for column in columns:
            *structs, own = layout.paths[layout.names.index(column.channel)].split(".")
            name = re.sub(r"\[(\d+)\]$", lambda match: f"_{int(match[1]) + 1}", own)
            _put(variables, structs, f"{name}_{column.suffix}", column.values.reshape(-1, 1))
        with target.open("wb") as file:
            savemat(file, variables, long_field_names=True, do_compression=True)


def _put(variables: dict[str, Any], structs: Sequence[str], name: str, values: NDArray[Any]) -> None:
    """Set a variable, or a field of a struct in structs, under a name that is not taken."""
    if not structs:
        variables[matlab_name(name, variables)] = values
        return
    first, *inner = structs
    variables[first] = _with_field(variables[first], inner, name, values)


def _with_field(struct: NDArray[Any], inner: Sequence[str], name: str, values: NDArray[Any]) -> NDArray[Any]:
    """A copy of a struct, shape (1, 1), with one more field in it or in the struct that `inner` names."""
    if inner:
        made = struct.copy()
        made[inner[0]][0, 0] = _with_field(struct[inner[0]][0, 0], inner[1:], name, values)
        return made
    names = struct.dtype.names or ()
    field = matlab_name(name, names)
    made = np.empty(struct.shape, dtype=[(key, object) for key in (*names, field)])
    for key in names:
        made[key] = struct[key]
    made[field][0, 0] = values
    return made


def matlab_name(text: str, taken: Any = ()) -> str:
    """A name that MATLAB accepts, at most 31 characters long, and that is not taken."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char == "_") else "_" for char in text).strip("_")
    plain = plain if plain[:1].isalpha() else f"x_{plain}"
    stem, _, suffix = plain.rpartition("_")
    short = plain if len(plain) <= 31 else f"{stem[: 30 - len(suffix)]}_{suffix}"
    count = 1
    while (name := short if count == 1 else f"{short[:28]}_{count}") in taken:
        count += 1
    return name
