"""EDF and BDF, the format of EEG and sleep recorders: signals of one rate; back in as many bits as they had."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyedflib
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Table
from denoise_core.files.formats.stored_signals import Signal, damage_as_data_error, table_of
from denoise_core.files.layouts import SignalsLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn

_KIND = "an EDF file"
_LABEL = 16  # characters


def read_edf(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The signals of an EDF or BDF file, with units, sampling rate and start.

    Raises
    ------
    DataError
        If it is damaged, interrupted, too large, or holds no series.
    """
    with damage_as_data_error(name, _KIND):
        file = pyedflib.EdfReader(str(path), annotations_mode=pyedflib.DO_NOT_READ_ANNOTATIONS)
        try:
            start = np.datetime64(file.getStartdatetime()).astype("datetime64[ns]")
            sizes = file.getNSamples()
            if int(sizes.sum()) * 8 > limits.unpacked_bytes:
                raise DataError(
                    f"{name} has {int(sizes.sum()):,} values; at most {limits.samples:,} can be read. Save a part of it."
                )
            signals = [_signal(file, k, int(size), start) for k, size in enumerate(sizes)]
            return table_of(signals, "edf", name=name, options=options, limits=limits, kind=_KIND)
        finally:
            file.close()


def _signal(file: Any, k: int, size: int, start: np.datetime64) -> Signal:
    return Signal(
        path=str(k),
        name=file.getLabel(k).strip() or f"signal {k + 1}",
        size=size,
        load=partial(file.readSignal, k),
        unit=file.getPhysicalDimension(k).strip(),
        rate_hz=float(file.getSampleFrequency(k)),
        start=start,
    )


def write_edf(source: Path, target: Path, columns: Sequence[OutputColumn], layout: SignalsLayout) -> None:
    """The same signals, bit for bit, and the results with the range and the bits of theirs; a gap becomes the smallest value."""
    with damage_as_data_error("The file", _KIND):
        file = pyedflib.EdfReader(str(source))
        try:
            count = file.signals_in_file
            headers: list[dict[str, Any]] = [file.getSignalHeader(k) for k in range(count)]
            samples = [file.readSignal(k, digital=True) for k in range(count)]
            for column in columns:
                own = headers[int(layout.paths[layout.names.index(column.channel)])]
                headers.append(own | {"label": f"{own['label'][: _LABEL - len(column.suffix) - 1]}_{column.suffix}"})
                samples.append(_digital(column.values, own))
            writer = pyedflib.EdfWriter(str(target), len(headers), file_type=_file_type(file.filetype))
            try:
                header: dict[str, Any] = file.getHeader()
                writer.setHeader(header)
                writer.setSignalHeaders(headers)
                writer.writeSamples(samples, digital=True)
                for onset, length, text in zip(*file.readAnnotations(), strict=True):
                    writer.writeAnnotation(onset, length, text)
            finally:
                writer.close()
        finally:
            file.close()


def _file_type(kind: int) -> int:
    plus: int = (
        pyedflib.FILETYPE_BDFPLUS if kind in (pyedflib.FILETYPE_BDF, pyedflib.FILETYPE_BDFPLUS) else pyedflib.FILETYPE_EDFPLUS
    )
    return plus


def _digital(values: NDArray[np.float64], header: dict[str, Any]) -> NDArray[np.int32]:
    """Values as the file stores numbers of that range."""
    low, high = header["digital_min"], header["digital_max"]
    bit = (header["physical_max"] - header["physical_min"]) / (high - low)
    whole = np.round((np.nan_to_num(values, nan=header["physical_min"]) - header["physical_min"]) / bit + low)
    return np.asarray(np.clip(whole, low, high), dtype=np.int32)
