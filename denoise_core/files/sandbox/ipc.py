"""What parent and throw-away process hand each other: numbers and JSON, never pickles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.files import layouts
from denoise_core.files.formats.packed import repack, unpacked
from denoise_core.files.formats.registry import FORMATS
from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import OutputColumn
from denoise_core.series import Layout, Recording, TimeAxis


def read_task(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    """In the child: read the file, leave the recording in the folder."""
    from denoise_core.files.sandbox.parse import parse

    options, limits = ReadOptions.from_json(task["options"]), Limits(**task["limits"])
    return pack(parse(Path(task["path"]), name=task["name"], options=options, limits=limits), folder)


def preview_task(task: dict[str, Any], folder: Path) -> dict[str, Any]:  # noqa: ARG001 nothing is left there
    """In the child: how the file is understood."""
    from denoise_core.files.sandbox.look import look

    options, limits = ReadOptions.from_json(task["options"]), Limits(**task["limits"])
    return look(Path(task["path"]), name=task["name"], options=options, limits=limits).to_json()


def write_task(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    """In the child: write the file anew with more columns, as "result" in the folder."""
    write(Path(task["path"]), folder / RESULT, unpack_columns(task, folder), _layout(task["layout"]), Limits(**task["limits"]))
    return {}


def write(source: Path, target: Path, columns: Sequence[OutputColumn], layout: Layout, limits: Limits) -> None:
    """The file anew with more columns, in this process and without protection; packed if it came packed."""
    with unpacked(source, name="The file", limits=limits) as (inner, _):
        made = target.with_suffix(".made") if layout.packed else target
        FORMATS[layout.format].write(inner, made, columns, layout)
        if layout.packed:
            repack(made, source, target, packed=layout.packed)


WORK = {"read": read_task, "preview": preview_task, "write": write_task}
RESULT = "result"


def pack_columns(columns: Sequence[OutputColumn], folder: Path) -> list[dict[str, str]]:
    """In the parent: leave the numbers in `folder`, return the rest as JSON."""
    np.savez(folder / "columns.npz", allow_pickle=False, **{f"c{k}": column.values for k, column in enumerate(columns)})
    return [{"channel": column.channel, "suffix": column.suffix} for column in columns]


def unpack_columns(task: dict[str, Any], folder: Path) -> list[OutputColumn]:
    """In the child: the columns that the parent left."""
    with np.load(folder / "columns.npz", allow_pickle=False) as arrays:
        return [OutputColumn(values=arrays[f"c{k}"], **column) for k, column in enumerate(task["columns"])]


def pack(recording: Recording, folder: Path) -> dict[str, Any]:
    """In the child: leave the numbers in `folder`, return the rest as JSON."""
    arrays: dict[str, NDArray[Any]] = {f"c{k}": values for k, values in enumerate(recording.channels.values())}
    if recording.order is not None:
        arrays["order"] = recording.order
    np.savez(folder / "arrays.npz", time=recording.time.values, allow_pickle=False, **arrays)
    return {
        "name": recording.name,
        "channels": list(recording.channels),
        "units": dict(recording.units),
        "layout": recording.layout and layouts.to_json(recording.layout),
        "notes": list(recording.notes),
        "time": recording.time.to_json(),
    }


def unpack(answer: dict[str, Any], folder: Path) -> Recording:
    """In the parent: the recording that the child left."""
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        channels = {name: arrays[f"c{k}"] for k, name in enumerate(answer["channels"])}
        time = TimeAxis.from_json(answer["time"], arrays["time"])
        order = arrays.get("order")
    return Recording(
        name=answer["name"],
        time=time,
        channels=channels,
        units=answer["units"],
        layout=answer["layout"] and _layout(answer["layout"]),
        order=order,
        notes=tuple(answer["notes"]),
    )


def _layout(raw: dict[str, Any]) -> Layout:
    return layouts.from_json(FORMATS[raw["format"]].layout, raw)
