"""Universal files (UFF, datasets 58) of vibration analysers: time records; back with datasets added."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyuff
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Table
from denoise_core.files.formats.stored_signals import Signal, damage_as_data_error, table_of
from denoise_core.files.layouts import SignalsLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn

_KIND = "a UFF file"
_TIME = 17  # the abscissa's code for time
_TIME_FUNCTIONS = (0, 1)  # general, time response


def read_uff(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The time records of a UFF file, with units and sampling rate.

    Raises
    ------
    DataError
        If it is damaged, too large, or holds no time records.
    """
    with damage_as_data_error(name, _KIND):
        found = _datasets(path)
        signals = [_signal(k, data) for k, data in found if _is_time_record(data)]
        left = [_label(data) for _, data in found if not _is_time_record(data)]
        return table_of(signals, "uff", name=name, options=options, limits=limits, kind=_KIND, left=left)


def _datasets(path: Path) -> list[tuple[int, Mapping[str, Any]]]:
    file = pyuff.UFF(str(path))
    numbers = [k for k, kind in enumerate(file.get_set_types()) if int(kind) == 58]
    return [(k, file.read_sets(k)) for k in numbers]


def _is_time_record(data: Mapping[str, Any]) -> bool:
    values = np.asarray(data.get("data", []))
    over_time = data.get("abscissa_spec_data_type") in (_TIME, 0, None) and data.get("func_type") in _TIME_FUNCTIONS
    return values.ndim == 1 and values.dtype.kind in "iuf" and over_time


def _label(data: Mapping[str, Any]) -> str:
    said = str(data.get("id1") or "").strip()
    return said if said and said.upper() != "NONE" else f"node {data.get('rsp_node')}, direction {data.get('rsp_dir')}"


def _signal(k: int, data: Mapping[str, Any]) -> Signal:
    values: NDArray[Any] = np.asarray(data["data"])
    step = float(data.get("abscissa_inc") or 0.0) if data.get("abscissa_spacing") else _even_step(np.asarray(data.get("x", [])))
    unit = str(data.get("ordinate_axis_units_lab") or "").strip()
    return Signal(
        path=str(k),
        name=_label(data),
        size=values.size,
        load=lambda: values,
        unit="" if unit.upper() == "NONE" else unit,
        rate_hz=1.0 / step if step > 0 else None,
    )


def _even_step(x: NDArray[Any]) -> float:
    return float(np.median(np.diff(x))) if x.size > 1 else 0.0


def write_uff(source: Path, target: Path, columns: Sequence[OutputColumn], layout: SignalsLayout) -> None:
    """The same datasets, and one more for each result, with the header of its own."""
    with damage_as_data_error("The file", _KIND):
        shutil.copyfile(source, target)
        for column in columns:
            own = dict(pyuff.UFF(str(source)).read_sets(int(layout.paths[layout.names.index(column.channel)])))
            if column.values.size != np.size(own["data"]):
                raise DataError(f"The file has {np.size(own['data']):,} samples, but the result has {column.values.size:,}.")
            own |= {"data": column.values, "id1": f"{_label(own)[:60]}_{column.suffix}"}
            pyuff.UFF(str(target)).write_sets(own, mode="add")
