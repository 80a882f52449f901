"""Training sets and estimates as .npz files without pickle, to the last bit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from denoise_core.atomic_io import replace_by
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.series import Estimate, Float64Array, Series, TimeAxis

Get = Callable[[str], Float64Array]


def save_training_set(path: Path, data: TrainingSet) -> None:
    """All series and clean ones; ``load_training_set(path) == data``. Equal arrays, such as time axes, are kept once."""
    kept = _ArrayPool()
    series = [
        {"name": s.name, "unit": s.unit, "values": kept.name(s.values), "time": _time_words(s.time, kept)} for s in data.noisy
    ]
    clean = [kept.name(values) for values in data.clean]
    _save(path, {"shown": data.shown, "series": series, "clean": clean}, kept.arrays)


def load_training_set(path: Path) -> TrainingSet:
    """What `save_training_set` wrote; arrays that were equal are the same, so none of them may be changed."""
    with _open(path) as (words, get):
        return TrainingSet(
            noisy=tuple(_series(one, get) for one in words["series"]), clean=tuple(map(get, words["clean"])), shown=words["shown"]
        )


def load_series(path: Path, i: int = 0) -> Series:
    """``load_training_set(path).wanted[i]``, without reading the others; IndexError if there is none."""
    with _open(path) as (words, get):
        wanted = words["series"][: words["shown"] or None]
        if not 0 <= i < len(wanted):
            raise IndexError(i)
        return _series(wanted[i], get)


def save_estimate(path: Path, estimate: Estimate) -> None:
    """Values, sd and settings; ``load_estimate(path) == estimate``."""
    words = {"method": estimate.method, "noise_sd": estimate.noise_sd, "settings": dict(estimate.settings)}
    arrays = {"values": estimate.values} | ({} if estimate.sd is None else {"sd": estimate.sd})
    _save(path, words, arrays)


def load_estimate(path: Path) -> Estimate:
    """What `save_estimate` wrote."""
    with _open(path) as (words, get):
        sd = get("sd") if "sd" in words["arrays"] else None
        return Estimate(
            values=get("values"), sd=sd, method=words["method"], noise_sd=words["noise_sd"], settings=words["settings"]
        )


class _ArrayPool:
    """Arrays by name, each content under one name only."""

    def __init__(self) -> None:
        self.arrays: dict[str, Float64Array] = {}
        self._names: dict[bytes, str] = {}

    def name(self, values: Float64Array) -> str:
        digest = hashlib.blake2b(np.ascontiguousarray(values).data).digest()
        name = self._names.setdefault(digest, f"array{len(self._names)}")
        self.arrays[name] = values
        return name


def _time_words(time: TimeAxis, kept: _ArrayPool) -> dict[str, Any]:
    start = None if time.start is None else [int(time.start.astype(np.int64)), time.start.dtype.str]
    return {"name": time.name, "unit": time.unit, "start": start, "values": kept.name(time.values)}


def _series(words: dict[str, Any], get: Get) -> Series:
    axis = words["time"]
    start = None if axis["start"] is None else np.asarray(axis["start"][0]).view(axis["start"][1])[()]
    time = TimeAxis(values=get(axis["values"]), unit=axis["unit"], start=start, name=axis["name"])
    return Series(values=get(words["values"]), time=time, name=words["name"], unit=words["unit"])


def _save(path: Path, words: dict[str, Any], arrays: dict[str, Float64Array]) -> None:
    text = json.dumps({**words, "arrays": list(arrays)}, default=_plain)
    replace_by(path, lambda temporary: np.savez(temporary, words=np.asarray(text), allow_pickle=False, **arrays))


def _plain(value: Any) -> Any:
    """numpy's own numbers as Python's; TypeError for what JSON cannot say."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} cannot be kept as JSON")


@contextmanager
def _open(path: Path) -> Iterator[tuple[dict[str, Any], Get]]:
    """The words of a file, and a function that reads one of its arrays, each once."""
    with np.load(path, allow_pickle=False) as file:
        yield json.loads(str(file["words"])), cache(lambda name: file[name])
