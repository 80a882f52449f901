"""TDMS files of LabVIEW: the channels of one group; back with channels added to it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from nptdms import ChannelObject, TdmsFile, TdmsWriter
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.columns import Table
from denoise_core.files.formats.stored_signals import Signal, damage_as_data_error, table_of
from denoise_core.files.layouts import SignalsLayout
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn

_KIND = "a TDMS file"
_KEPT = ("unit_string", "NI_UnitDescription", "wf_increment", "wf_start_offset", "wf_start_time", "wf_samples")


def read_tdms(path: Path, *, name: str, options: ReadOptions, limits: Limits) -> Table:
    """The channels of a TDMS file, with units, sampling rate and start.

    Raises
    ------
    DataError
        If it is damaged, too large, or holds no series.
    """
    with damage_as_data_error(name, _KIND), TdmsFile.open(str(path)) as file:
        channels = [channel for group in file.groups() for channel in group.channels()]
        count = sum(len(channel) for channel in channels)
        if count * 8 > limits.unpacked_bytes:
            raise DataError(f"{name} has {count:,} values; at most {limits.samples:,} can be read. Save a shorter recording.")
        usable = [channel for channel in channels if channel.dtype.kind in "iufM"]
        left = [f"{channel.group_name}/{channel.name}" for channel in channels if channel.dtype.kind not in "iufM"]
        signals = [_signal(channel) for channel in usable]
        return table_of(signals, "tdms", name=name, options=options, limits=limits, kind=_KIND, left=left)


def _signal(channel: Any) -> Signal:
    told = channel.properties
    step = float(told.get("wf_increment", 0.0) or 0.0)
    start = told.get("wf_start_time")
    return Signal(
        path=f"{channel.group_name}\n{channel.name}",
        name=channel.name,
        group=channel.group_name,
        size=len(channel),
        load=partial(_values, channel),
        unit=str(told.get("unit_string", told.get("NI_UnitDescription", ""))).strip(),
        rate_hz=1.0 / step if step > 0 else None,
        start=start.astype("datetime64[ns]") if isinstance(start, np.datetime64) and step > 0 else None,
    )


def _values(channel: Any) -> NDArray[Any]:
    return np.asarray(channel[:])


def write_tdms(source: Path, target: Path, columns: Sequence[OutputColumn], layout: SignalsLayout) -> None:
    """The same file with one more segment that holds the results, with the units and the timing of their channels."""
    with damage_as_data_error("The file", _KIND):
        made = []
        with TdmsFile.open(str(source)) as file:
            for column in columns:
                group, name = layout.paths[layout.names.index(column.channel)].split("\n")
                told = file[group][name].properties
                kept = {key: told[key] for key in _KEPT if key in told}
                made.append(ChannelObject(group, f"{name}_{column.suffix}", column.values, properties=kept))
        shutil.copyfile(source, target)
        with TdmsWriter(str(target), mode="a") as writer:
            writer.write_segment(made)
