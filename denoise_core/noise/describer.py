"""The noise's spectrum and level from one record, as a small network reads them out of its `time_frequency.features`.

It was trained on synthetic signals and noise only, by ``python -m denoise_core.instant.pretraining.describer``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from denoise_core.noise.power_spectrum import mean_power
from denoise_core.noise.time_frequency import BINS, FRAME, features
from denoise_core.series import Float32Array, Float64Array

WEIGHTS = Path(__file__).with_name("describer.npz")
DILATIONS = (1, 2, 4, 8)
EXTRA = 3
"""Rows added to the features: frequency, its logarithm, log of the number of samples."""
USUAL_ERROR = 0.05
"""Of the log of the level: what the description of white noise errs by."""
_TOO_SURE = 1.4  # on records it was not trained with, the level's error is so much larger than it says
_FEWEST, _MOST = 512, 8192  # samples that it was trained for


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """What the noise of a record is at each frequency, as far as the record tells.

    Parameters
    ----------
    power : float64 array of shape (BINS,)
        Of the noise, in the squared unit of the values; its mean is ``sd ** 2``.
    power_error : float64 array of shape (BINS,)
        Sd of the error of the log of each.
    sd : float
        Of the noise, in the unit of the values.
    sd_error : float
        Sd of the error of its log.
    white : float
        Probability that the noise is white.
    """

    power: Float64Array
    power_error: Float64Array
    sd: float
    sd_error: float
    white: float


def describe_spectrum(values: Float64Array, missing: NDArray[np.bool_] | None = None) -> Spectrum | None:
    """None for a record that is too short.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Gaps bridged.
    missing
        Where they were.
    """
    found = features(values, missing) if len(values) >= _FEWEST else None
    if found is None:
        return None
    rows, reference = found
    bins, level = _network(inputs(rows, len(values)))
    power = np.exp(bins[0].astype(np.float64) + reference)
    sd = float(np.exp(0.5 * (float(level[0]) + reference)))
    return Spectrum(
        power=power * (sd**2 / mean_power(power)),
        power_error=np.exp(np.clip(bins[1].astype(np.float64), -4.0, 2.5)),
        sd=sd,
        sd_error=_TOO_SURE * 0.5 * float(np.exp(np.clip(level[1], -4.0, 2.5))),
        white=float(1.0 / (1.0 + np.exp(-level[2]))),
    )


def inputs(rows: Float64Array, n: int) -> Float32Array:
    """Features as the network takes them, (CHANNELS + EXTRA, BINS)."""
    frequency = np.arange(BINS) / FRAME
    samples = np.clip(n, _FEWEST, _MOST)
    extra = [2.0 * frequency - 0.5, np.log(frequency + 0.5 / FRAME) / 3.0 + 1.0, np.full(BINS, np.log(samples) - 7.6)]
    return np.concatenate([rows / 2.0, extra]).astype(np.float32)


def _network(rows: Float32Array) -> tuple[Float32Array, Float32Array]:
    """`describer_network.Describer` on one record."""
    part = _parts()
    hidden = _convolved(rows, part["stem.weight"], part["stem.bias"])
    for number, dilation in enumerate(DILATIONS):
        active = np.maximum(hidden, 0.0)
        whole = part[f"whole.{number}.weight"] @ active.mean(axis=1) + part[f"whole.{number}.bias"]
        inner = _convolved(active, part[f"first.{number}.weight"], part[f"first.{number}.bias"], dilation) + whole[:, None]
        second = part[f"second.{number}.weight"][:, :, 0] @ np.maximum(inner, 0.0)
        hidden = hidden + second + part[f"second.{number}.bias"][:, None]
    hidden = np.maximum(hidden, 0.0)
    pooled = np.concatenate([hidden.mean(axis=1), hidden.max(axis=1)])
    middle = np.maximum(part["level.0.weight"] @ pooled + part["level.0.bias"], 0.0)
    return _convolved(hidden, part["bins.weight"], part["bins.bias"]), part["level.2.weight"] @ middle + part["level.2.bias"]


def _convolved(rows: Float32Array, weight: Float32Array, bias: Float32Array, dilation: int = 1) -> Float32Array:
    width = weight.shape[2]
    reach = (width // 2) * dilation
    padded = np.pad(rows, ((0, 0), (reach, reach)))
    taps = [padded[:, tap * dilation : tap * dilation + rows.shape[1]] for tap in range(width)]
    return np.asarray(np.einsum("oit,tif->of", weight, np.stack(taps), optimize=True) + bias[:, None], dtype=np.float32)


@cache
def _parts() -> dict[str, Float32Array]:
    with np.load(WEIGHTS) as file:
        return {name: file[name].astype(np.float32) for name in file.files}
