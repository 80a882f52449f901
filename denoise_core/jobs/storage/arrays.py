"""Training sets and estimates as .npz files without pickle, to the last bit."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from denoise_core.dataset.training_set import TrainingSet
from denoise_core.files.atomic_io import replace_by
from denoise_core.series import Estimate, Float64Array, Series, TimeAxis

_REMOVED = "removed "
Get = Callable[[str], Float64Array]
UNREADABLE = (OSError, ValueError, TypeError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged file may raise."""


def save_training_set(path: Path, data: TrainingSet) -> None:
    """All series and clean ones; ``load_training_set(path) == data``. Equal arrays, such as time axes, are kept once."""
    kept = _ArrayPool()
    series = [
        {"name": s.name, "unit": s.unit, "values": kept.name(s.values), "time": _time_words(s.time, kept)} for s in data.noisy
    ]
    clean = [kept.name(values) for values in data.clean]
    _save(path, {"shown": data.n_to_denoise, "series": series, "clean": clean}, kept.arrays)


def load_training_set(path: Path) -> TrainingSet:
    """What `save_training_set` wrote; arrays that were equal are the same, so none of them may be changed."""
    with _open(path) as (words, get):
        noisy = tuple(_series(one, get) for one in words["series"])
        return TrainingSet(noisy=noisy, clean=tuple(map(get, words["clean"])), n_to_denoise=words["shown"])


def load_series(path: Path, i: int = 0) -> Series:
    """``load_training_set(path).to_denoise[i]``, without reading the others; IndexError if there is none."""
    with _open(path) as (words, get):
        to_denoise = words["series"][: words["shown"] or None]
        if not 0 <= i < len(to_denoise):
            raise IndexError(i)
        return _series(to_denoise[i], get)


def save_estimate(path: Path, estimate: Estimate) -> None:
    """All of it; ``load_estimate(path) == estimate``."""
    words = {
        "method": estimate.method,
        "noise_sd": estimate.noise_sd,
        "settings": dict(estimate.settings),
        "notes": estimate.notes,
    }
    arrays = {"values": estimate.values} | ({} if estimate.sd is None else {"sd": estimate.sd})
    arrays |= {f"{_REMOVED}{name}": values for name, values in estimate.removed.items()}
    _save(path, words, arrays)


def load_estimate(path: Path) -> Estimate:
    """What `save_estimate` wrote."""
    with _open(path) as (words, get):
        settings = words["settings"]
        in_version_0_1 = settings.pop("changes", ())  # which kept the notes there
        return Estimate(
            values=get("values"),
            sd=get("sd") if "sd" in words["arrays"] else None,
            method=words["method"],
            noise_sd=words["noise_sd"],
            settings=settings,
            notes=tuple(words.get("notes", in_version_0_1)),
            removed={name.removeprefix(_REMOVED): get(name) for name in words["arrays"] if name.startswith(_REMOVED)},
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
    return {**time.to_json(), "values": kept.name(time.values)}


def _series(words: dict[str, Any], get: Get) -> Series:
    time = TimeAxis.from_json(words["time"], get(words["time"]["values"]))
    return Series(values=get(words["values"]), time=time, name=words["name"], unit=words["unit"])


def _save(path: Path, words: dict[str, Any], arrays: dict[str, Float64Array]) -> None:
    text = json.dumps({**words, "arrays": list(arrays)}, default=_plain)
    replace_by(path, lambda temporary: np.savez(temporary, words=np.asarray(text), allow_pickle=False, **arrays))


def _plain(value: Any) -> Any:
    """NumPy's own numbers as Python's; TypeError for what JSON cannot say."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} cannot be kept as JSON")


@contextmanager
def _open(path: Path) -> Iterator[tuple[dict[str, Any], Get]]:
    """The words of a file, and a function that reads one of its arrays, each once."""
    with np.load(path, allow_pickle=False) as file:
        yield json.loads(str(file["words"])), cache(lambda name: file[name])
