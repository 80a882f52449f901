"""What parent and throw-away process hand each other: recordings as numbers and JSON, never as pickles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from denoise_core.files.options import Limits, ReadOptions
from denoise_core.files.output_columns import Addition
from denoise_core.series import Recording, TimeAxis


def read_task(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    """In the child: read the file, leave the recording in the folder."""
    from denoise_core.files.sandbox.parse import parse

    recording = parse(
        Path(task["path"]),
        name=task["name"],
        options=ReadOptions.from_json(task["options"]),
        limits=Limits(**task["limits"]),
    )
    return pack(recording, folder)


def write_task(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    """In the child: write the file anew with its additions, as "result" in the folder."""
    from denoise_core.files.sandbox.parse import WRITERS, function

    layout = task["layout"]
    function(WRITERS[layout["format"]])(Path(task["path"]), folder / RESULT, unpack_additions(task, folder), layout)
    return {}


WORK = {"read": read_task, "write": write_task}
RESULT = "result"


def pack_additions(additions: Sequence[Addition], folder: Path) -> list[dict[str, str]]:
    """In the parent: leave the numbers in `folder`, return the rest as JSON."""
    np.savez(folder / "additions.npz", allow_pickle=False, **{f"c{k}": item.values for k, item in enumerate(additions)})
    return [{"channel": item.channel, "suffix": item.suffix} for item in additions]


def unpack_additions(task: dict[str, Any], folder: Path) -> list[Addition]:
    with np.load(folder / "additions.npz", allow_pickle=False) as arrays:
        return [Addition(values=arrays[f"c{k}"], **item) for k, item in enumerate(task["additions"])]


def pack(recording: Recording, folder: Path) -> dict[str, Any]:
    """Leave the numbers in `folder`, return the rest as JSON."""
    arrays = {f"c{k}": values for k, values in enumerate(recording.channels.values())}
    np.savez(folder / "arrays.npz", time=recording.time.values, allow_pickle=False, **arrays)
    start = recording.time.start
    return {
        "name": recording.name,
        "channels": list(recording.channels),
        "units": dict(recording.units),
        "layout": dict(recording.layout),
        "notes": list(recording.notes),
        "time": {
            "unit": recording.time.unit,
            "name": recording.time.name,
            "start": None if start is None else str(start.astype("datetime64[ns]")),
        },
    }


def unpack(answer: dict[str, Any], folder: Path) -> Recording:
    """In the parent: the recording that the child left."""
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        channels = {name: arrays[f"c{k}"] for k, name in enumerate(answer["channels"])}
        values = arrays["time"]
    start = answer["time"]["start"]
    axis = TimeAxis(
        values=values,
        unit=answer["time"]["unit"],
        name=answer["time"]["name"],
        start=None if start is None else np.datetime64(start, "ns"),
    )
    # Through JSON once more, so that the layout holds what a stored one would.
    layout = json.loads(json.dumps(answer["layout"]))
    return Recording(
        name=answer["name"], time=axis, channels=channels, units=answer["units"], layout=layout, notes=tuple(answer["notes"])
    )
