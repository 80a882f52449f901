"""What the trainings of the lessons gave, as files of arrays in the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoise_core.series import Float64Array

Value = str | int | float
Choice = Mapping[str, Value]
"""Name of a control -> its value."""

FOLDER = Path(__file__).parent / "snapshots"
LONG = 300
"""Arrays of this many values and more are waveforms, which are drawn and no more: half precision shows the same."""


@dataclass(frozen=True)
class Snapshot:
    """Arrays that begin with one dimension for each of `axes`: for every value of a control one entry.

    Parameters
    ----------
    axes : mapping of str to tuple
        Name of a control -> the values for which networks were trained.
    """

    axes: Mapping[str, tuple[Value, ...]]
    arrays: Mapping[str, NDArray[Any]]

    def at(self, choice: Choice) -> dict[str, Float64Array]:
        """What was measured for that choice; a single number has shape ()."""
        where = tuple(values.index(choice[name]) for name, values in self.axes.items())
        return {name: np.asarray(array[where], dtype=np.float64) for name, array in self.arrays.items()}

    def along(self, axis: str, choice: Choice, name: str) -> Float64Array:
        """One measured quantity for every value of `axis`, which is then the first dimension; all else as chosen."""
        where = tuple(slice(None) if control == axis else values.index(choice[control]) for control, values in self.axes.items())
        return np.asarray(self.arrays[name][where], dtype=np.float64)


def cells(axes: Mapping[str, tuple[Value, ...]]) -> Iterator[Choice]:
    """Every combination of the values, the last axis fastest."""
    for values in product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def save(path: Path, axes: Mapping[str, tuple[Value, ...]], measured: Sequence[Mapping[str, Float64Array]]) -> None:
    """Write what was measured for each of `cells`, in their order."""
    shape = tuple(map(len, axes.values()))
    stacked = {name: np.stack([cell[name] for cell in measured]) for name in measured[0]}
    arrays = {name: values.reshape(*shape, *values.shape[1:]).astype(_precision(values[0])) for name, values in stacked.items()}
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load(name: str, axes: Mapping[str, tuple[Value, ...]]) -> Snapshot:
    """The snapshot of the lesson of that name; a few milliseconds."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        return Snapshot(axes=axes, arrays={key: file[key] for key in file.files})


def _precision(values: Float64Array) -> type[np.floating[Any]]:
    return np.float16 if values.size >= LONG else np.float32
