"""Series and estimates as .npz files without pickle, to the last bit. Knows nothing of runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from denoise_core.jobs.disk import replace_by
from denoise_core.series import Estimate, Series, TimeAxis


def save_series(path: Path, series: Series) -> None:
    """Values, time axis, names and units; ``load_series(path) == series``."""
    time = series.time
    words = {"name": series.name, "unit": series.unit, "time_name": time.name, "time_unit": time.unit}
    start = np.datetime64("NaT") if time.start is None else time.start
    _save(path, words, {"values": series.values, "time": time.values, "start": np.asarray(start)})


def load_series(path: Path) -> Series:
    """What `save_series` wrote."""
    words, arrays = _load(path)
    start = None if np.isnat(arrays["start"]) else arrays["start"][()]
    time = TimeAxis(values=arrays["time"], unit=words["time_unit"], start=start, name=words["time_name"])
    return Series(values=arrays["values"], time=time, name=words["name"], unit=words["unit"])


def save_estimate(path: Path, estimate: Estimate) -> None:
    """Values, sd and settings; ``load_estimate(path) == estimate``."""
    words = {"method": estimate.method, "noise_sd": estimate.noise_sd, "settings": dict(estimate.settings)}
    arrays = {"values": estimate.values} | ({} if estimate.sd is None else {"sd": estimate.sd})
    _save(path, words, arrays)


def load_estimate(path: Path) -> Estimate:
    """What `save_estimate` wrote."""
    words, arrays = _load(path)
    return Estimate(values=arrays["values"], sd=arrays.get("sd"), **words)


def _save(path: Path, words: dict[str, Any], arrays: dict[str, Any]) -> None:
    replace_by(path, lambda temporary: np.savez(temporary, words=np.asarray(json.dumps(words, default=_plain)), **arrays))


def _plain(value: Any) -> Any:
    """numpy's own numbers as Python's; TypeError for what JSON cannot say."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} cannot be kept as JSON")


def _load(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return json.loads(str(arrays.pop("words"))), arrays
