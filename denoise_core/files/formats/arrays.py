"""NumPy files (NPY, NPZ): one or two axes of plain numbers; sizes are checked before anything is unpacked."""

from __future__ import annotations

import io
import math
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import LONGEST_NAME, Column, Table, check_size
from denoise_core.files.formats.archive import DAMAGED, check_archive
from denoise_core.files.layouts import ArrayLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn

_RATES = ("fs", "rate", "rate_hz", "sampling_rate", "sample_rate", "samplerate", "sfreq", "sr")


def read_npy(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:  # noqa: ARG001 nothing to choose
    """The table in an NPY file: (n,) is one column; of (n, c) or (c, n) the longer axis is the time.

    Raises
    ------
    DataError
        If it holds objects, words or complex numbers, has three axes, is damaged or too large.
    """
    with path.open("rb") as file:
        _check_header(file, path.stat().st_size, limits, name=name)
    array = np.squeeze(np.load(path, allow_pickle=False))
    if array.ndim == 0:
        array = array.reshape(1)
    if array.ndim > 2:
        raise DataError(f"{name} has {array.ndim} axes {array.shape}; one or two can be read. Save one recording of it.")
    across = array.ndim == 2 and array.shape[0] < array.shape[1]
    table = array.T if across else array
    columns = [table] if table.ndim == 1 else list(table.T)
    check_size(len(table), len(columns), limits, name=name)
    layout = ArrayLayout(format="npy", names=_names(len(columns)), across=across)
    notes = [f"Read as a NumPy array of {array.dtype}, shape {array.shape}{': every row is a channel' if across else ''}."]
    return _table([_number(label, values) for label, values in zip(layout.names, columns, strict=True)], layout, notes, name)


def _names(count: int) -> tuple[str, ...]:
    return ("value",) if count == 1 else tuple(f"column {k + 1}" for k in range(count))


def _number(name: str, values: NDArray[Any]) -> Column:
    numbers = values.astype(np.float64)
    return Column(name=name, kind="empty") if np.isnan(numbers).all() else Column(name=name, kind="number", values=numbers)


def _table(columns: list[Column], layout: ArrayLayout, notes: list[str], name: str, *, rate_hz: float | None = None) -> Table:
    n = max((len(c.values) for c in columns if c.values is not None), default=0)
    rows = np.arange(1, n + 1, dtype=np.int64)
    return Table(name=name, columns=columns, rows=rows, layout=layout, notes=notes, rate_hz=rate_hz, row_word="sample")


def _check_header(file: IO[bytes], size: int, limits: Limits, *, name: str) -> tuple[int, ...]:
    """The shape that an NPY header claims, if that can be and may be read."""
    shape, dtype = _header(file, name)
    if dtype.hasobject:
        raise DataError(f"{name} holds Python objects, which are never loaded. Save it as plain numbers: array.astype(float).")
    if dtype.kind not in "iuf":
        raise DataError(f"{name} holds {dtype} values, not real numbers. Save one real column of it as float64.")
    count = math.prod(shape)
    if count > limits.samples or count * dtype.itemsize > limits.unpacked_bytes:
        raise DataError(f"{name} has {count:,} values; at most {limits.samples:,} can be read. Upload a shorter recording.")
    if count * dtype.itemsize > size - file.tell():
        raise DataError(f"{name} is cut off: its header promises {count:,} values. Save it again.")
    return shape


def _header(file: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    form = np.lib.format
    try:
        version = form.read_magic(file)
        read = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
        shape, _, dtype = read(file)
    except (ValueError, TypeError, SyntaxError, TokenError, EOFError, OverflowError, MemoryError) as error:
        raise DataError(f"{name} is a damaged NumPy file: its header cannot be read. Save it again.") from error
    return shape, dtype


def write_npy(source: Path, target: Path, columns: Sequence[OutputColumn], layout: ArrayLayout) -> None:
    """One axis: the denoised values instead. Two axes: the columns behind the other channels. Integers become float64."""
    array = np.load(source, allow_pickle=False)
    kind = array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)
    new = [column.values.astype(kind) for column in columns]
    if array.ndim == 1 and len(new) == 1:
        result = new[0]
    else:
        squeezed = np.squeeze(array).astype(kind)
        own = [] if squeezed.ndim == 1 else list(squeezed if layout.across else squeezed.T)
        result = np.stack([*own, *new], axis=0 if layout.across else 1)
    with target.open("wb") as file:
        np.save(file, result, allow_pickle=False)


def read_npz(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:  # noqa: ARG001 nothing to choose
    """The table in an NPZ file: its one-axis arrays of the commonest length; a single number named fs or rate is the rate.

    Raises
    ------
    DataError
        As `read_npy`, and if no array is usable.
    """
    check_archive(path, limits, name=name)
    arrays = {key: np.squeeze(array) for key, array in _members(path, limits, name).items()}
    rate_hz = next((float(a) for key, a in arrays.items() if a.ndim == 0 and key.lower() in _RATES and float(a) > 0), None)
    lines = {key: array for key, array in arrays.items() if array.ndim == 1}
    if not lines:
        raise DataError(
            f"{name} has no array with one axis (it has: {', '.join(list(arrays)[:8])}). Save each channel as its own array."
        )
    counts = Counter(len(array) for array in lines.values())
    n = max(counts, key=lambda length: (counts[length], length))
    kept = {key: array for key, array in lines.items() if len(array) == n}
    check_size(n, len(kept), limits, name=name)
    left = [key for key in arrays if key not in kept and not (arrays[key].ndim == 0 and rate_hz)]
    notes = [f"Read as NumPy arrays of {n:,} samples: {', '.join(list(kept)[:8])}."]
    notes += [f"Ignored (different shape): {', '.join(left[:8])}{' and others' * (len(left) > 8)}."] if left else []
    layout = ArrayLayout(format="npz", names=tuple(kept))
    return _table([_number(key, array) for key, array in kept.items()], layout, notes, name, rate_hz=rate_hz)


def _members(path: Path, limits: Limits, name: str) -> dict[str, NDArray[Any]]:
    """Every array, each checked by its header before it is unpacked."""
    found: dict[str, NDArray[Any]] = {}
    total = 0
    with zipfile.ZipFile(path) as archive:
        check_size(1, len(archive.infolist()), limits, name=name)
        for member in archive.infolist():
            if len(member.filename) > LONGEST_NAME:
                raise DataError(f"An array in {name} has a name of {len(member.filename):,} characters. Give it a shorter one.")
            label = f"{member.filename} in {name}"
            try:
                with archive.open(member) as file:
                    total += math.prod(_check_header(file, member.file_size, limits, name=label))
                    check_size(total, 1, limits, name=name)
                found[member.filename.removesuffix(".npy")] = _load(archive.read(member))
            except (*DAMAGED, EOFError) as error:
                raise DataError(f"{label} is damaged. Save it again.") from error
    return found


def _load(content: bytes) -> NDArray[Any]:
    loaded: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return loaded


def write_npz(source: Path, target: Path, columns: Sequence[OutputColumn], layout: ArrayLayout) -> None:  # noqa: ARG001
    """The same arrays, and the columns under their own names."""
    with np.load(source, allow_pickle=False) as arrays:
        result: dict[str, NDArray[Any]] = {key: arrays[key] for key in arrays.files}
    for column in columns:
        own = result[column.channel]
        result[column.name] = column.values.astype(own.dtype if own.dtype.kind == "f" else np.float64)
    with zipfile.ZipFile(source) as archive:
        packed = any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist())
    with target.open("wb") as file:
        _save(file, result, packed=packed)


def _save(file: IO[bytes], arrays: dict[str, NDArray[Any]], *, packed: bool) -> None:
    """As `numpy.savez`, for any names of arrays."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for key, array in arrays.items():
            with archive.open(f"{key}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
