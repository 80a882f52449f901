"""HDF5, and MATLAB files of version 7.3, which are HDF5: numeric datasets of any group; back with datasets beside them."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Table
from denoise_core.files.formats.stored_signals import Signal, damage_as_data_error, rate_in, start_in, table_of
from denoise_core.files.layouts import SignalsLayout
from denoise_core.files.options import MIB, Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn

_KIND = "an HDF5 file"
_INSIDE = ("#refs#", "#subsystem#")  # where MATLAB keeps what other variables point to
_HARMLESS = 16 * MIB


def read_hdf5(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The table in an HDF5 file: datasets of one group and length; attributes or numbers named fs or dt give the rate.

    Data in other files, to which links and datasets may point, are never read.

    Raises
    ------
    DataError
        If it is damaged, too large, or holds no series.
    """
    with damage_as_data_error(name, _KIND), h5py.File(path, "r") as file:
        signals: list[Signal] = []
        left: list[str] = []

        def visit(key: str, item: Any) -> None:
            if key.split("/")[0] in _INSIDE or not isinstance(item, h5py.Dataset):
                return
            found = _signals(item, limits, name)
            signals.extend(found)
            if not found and item.size is not None and item.size > 1 and item.attrs.get("MATLAB_class") != b"char":
                left.append(key)

        file.visititems(visit)  # follows hard links only
        return table_of(signals, "hdf5", name=name, options=options, limits=limits, kind=_KIND, left=left)


def _signals(item: h5py.Dataset, limits: Limits, name: str) -> list[Signal]:
    """The series in a dataset: one, one for each column, or one for each numeric field."""
    if item.is_virtual or item.external or item.size is None or item.size < 2:
        return []
    fields = [field for field in item.dtype.names or () if item.dtype[field].kind in "iufb" and not item.dtype[field].shape]
    shape = [length for length in item.shape if length > 1]
    if (
        not (fields or item.dtype.kind in "iufb")
        or len(shape) > (1 if fields else 2)
        or item.attrs.get("MATLAB_class") == b"char"
    ):
        return []
    _check_dataset(item, limits, name)
    key, group = item.name, str(PurePosixPath(item.name).parent).strip("/")
    told = _told(item)
    unit = str(told.get("unit", told.get("units", "")))
    more: dict[str, Any] = {"group": group, "rate_hz": rate_in(_numbers(told)), "start": start_in(told)}
    label = PurePosixPath(key).name
    if fields:
        size, more["group"] = max(shape), key.strip("/")
        return [
            Signal(path=f"{key}\n{field}", name=field, size=size, load=partial(_field, item, field), **more) for field in fields
        ]
    if len(shape) == 1:
        return [Signal(path=key, name=label, size=shape[0], unit=unit, load=partial(_flat, item), **more)]
    count, size = sorted(shape)
    return [
        Signal(path=f"{key}\n{k}", name=f"{label} {k + 1}", size=size, unit=unit, load=partial(_line, item, k), **more)
        for k in range(count)
    ]


def _check_dataset(item: h5py.Dataset, limits: Limits, name: str) -> None:
    size, packed = math.prod(item.shape) * item.dtype.itemsize, item.id.get_storage_size()
    if size > limits.unpacked_bytes or (size > _HARMLESS and size > limits.ratio * max(1, packed)):
        raise DataError(
            f"{item.name} in {name} would unpack to {size / MIB:,.0f} MB, {size / max(1, packed):,.0f} times its size. "
            "Save a shorter recording, or save it as CSV."
        )


def _field(item: h5py.Dataset, field: str) -> NDArray[Any]:
    return np.asarray(item.fields(field)[()]).reshape(-1)


def _flat(item: h5py.Dataset) -> NDArray[Any]:
    return np.asarray(item[()]).reshape(-1)


def _line(item: h5py.Dataset, k: int) -> NDArray[Any]:
    table = np.squeeze(item[()])
    return np.asarray(table[k] if table.shape[0] < table.shape[1] else table[:, k])


def _told(item: h5py.Dataset) -> dict[str, Any]:
    """Attributes of file, groups and dataset, and single numbers in the groups, by name in lower case; the nearest wins."""
    found: dict[str, Any] = {}
    group: Any = item.file["/"]
    for part in ["", *PurePosixPath(item.name).parts[1:-1]]:
        group = group[part] if part else group
        found |= _attributes(group.attrs)
        for key in list(group)[:200]:
            inner = group.get(key, getlink=True)
            other = group[key] if isinstance(inner, h5py.HardLink) else None
            if isinstance(other, h5py.Dataset) and other.size == 1 and other.dtype.kind in "iuf" and not other.external:
                found[key.lower()] = float(np.asarray(other[()]).reshape(-1)[0])
    return found | _attributes(item.attrs)


def _attributes(attrs: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for key, value in attrs.items():
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.reshape(-1)[0]
        found[key.lower()] = value
    return found


def _numbers(told: Mapping[str, Any]) -> dict[str, float]:
    return {
        key: float(value) for key, value in told.items() if isinstance(value, int | float | np.number) and np.isrealobj(value)
    }


def write_hdf5(source: Path, target: Path, columns: Sequence[OutputColumn], layout: SignalsLayout) -> None:
    """The same file, with a dataset for each result beside the one it is from, and with its attributes."""
    shutil.copyfile(source, target)
    with damage_as_data_error("The file", _KIND), h5py.File(target, "r+") as file:
        for column in columns:
            key, _, part = layout.paths[layout.names.index(column.channel)].partition("\n")
            own = file[key]
            path = (
                f"{key}_{int(part) + 1}_{column.suffix}" if part.isdigit() else f"{key}{'_' * bool(part)}{part}_{column.suffix}"
            )
            while path in file:
                path += "_2"
            shape = own.shape if own.size == column.values.size else (column.values.size,)
            made = file.create_dataset(path, data=column.values.reshape(shape))
            for name, value in own.attrs.items():
                if name.lower() in ("unit", "units") or name == "MATLAB_class":
                    made.attrs[name] = np.bytes_("double") if name == "MATLAB_class" else value
