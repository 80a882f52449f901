"""The columns that a result adds to an uploaded file, in the order of the file's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from denoise_core.errors import DataError
from denoise_core.files.text.units import split_unit

if TYPE_CHECKING:
    from denoise_core.series import Estimate, Float64Array, Recording


@dataclass(frozen=True, kw_only=True)
class OutputColumn:
    """One new column: ``<channel>_<suffix>``.

    Parameters
    ----------
    suffix : str
        "denoised", "residual", "sd", what was removed before: "hum", "drift"; "noisy" where noise was added to the channel.
    values : float64 array of shape (n,)
        In the order of the file's rows.
    """

    channel: str
    suffix: str
    values: Float64Array

    @property
    def name(self) -> str:
        return f"{self.channel}_{self.suffix}"

    def header(self, own: str, group: str = "") -> str:
        """The name with the unit as it stands in the header cell of the channel, without the name of the group above it.

        ``OutputColumn(channel="Druck", suffix="sd", values=v).header("Druck (bar)") == "Druck_sd (bar)"``
        """
        own = own.strip()
        return self.name.removeprefix(f"{group.strip()} " if group.strip() else "") + own[len(split_unit(own)[0]) :]


def output_columns(recording: Recording, estimates: Mapping[str, Estimate], *, residual: bool, sd: bool) -> list[OutputColumn]:
    """The columns that a result adds: ``residual == noisy - denoised``, of which hum and drift, if removed, are a part.

    The file holds the noisy values already, unless known noise was added to them.

    Raises
    ------
    DataError
        If there is no estimate, or one is for an unknown channel, or of another length than the recording.
    """
    if not estimates:
        raise DataError("There is no result to write. Denoise at least one column first.")
    rows = _rows(recording)
    found = []
    for channel, estimate in estimates.items():
        noisy = recording[channel].values
        if estimate.values.shape != noisy.shape:
            raise DataError(f"The result for {channel} has {estimate.values.size:,} samples, the file has {noisy.size:,}.")
        parts = {"noisy": noisy} if channel in recording.altered else {}
        parts |= {"denoised": estimate.values}
        if residual:
            parts |= {"residual": noisy - estimate.values, **estimate.removed}
        if sd and estimate.sd is not None:
            parts["sd"] = estimate.sd
        found += [OutputColumn(channel=channel, suffix=suffix, values=values[rows]) for suffix, values in parts.items()]
    return found


def _rows(recording: Recording) -> slice | NDArray[np.int64]:
    """The sample of each row of the file."""
    if recording.order is not None:
        return np.argsort(recording.order)
    return slice(None, None, -1 if recording.layout and recording.layout.newest_first else 1)
