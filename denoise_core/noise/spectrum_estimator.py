"""The noise's power spectrum and level from one record, estimated by a small network from its `time_frequency.features`.

It was trained on synthetic signals and noise only, by ``python -m denoise_core.instant.pretraining.spectrum_training``.
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
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8)
EXTRA = 3
"""Rows added to the features: frequency, its logarithm, log of the number of samples."""
TYPICAL_ERROR = 0.05
"""Of the log of the level, for white noise."""
_FEWEST, _MOST = 512, 8192  # samples of the records that it was trained on
_OVERCONFIDENCE = 1.4  # the error of the level on other records than in training, over the predicted one
_LOG_ERROR_RANGE = (-4.0, 2.5)


@dataclass(frozen=True, kw_only=True)
class NoiseSpectrum:
    """Estimate of the noise of a record at each frequency, with its errors.

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


def estimate_spectrum(values: Float64Array, missing: NDArray[np.bool_] | None = None) -> NoiseSpectrum | None:
    """None for a record that is too short.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Gaps interpolated.
    missing : bool array of shape (n,), optional
        Where they were.
    """
    measured = features(values, missing) if len(values) >= _FEWEST else None
    if measured is None:
        return None
    rows, reference = measured
    bins, level = _forward(network_inputs(rows, len(values)))
    power = np.exp(bins[0].astype(np.float64) + reference)
    sd = float(np.exp(0.5 * (float(level[0]) + reference)))
    return NoiseSpectrum(
        power=power * (sd**2 / mean_power(power)),
        power_error=np.exp(np.clip(bins[1].astype(np.float64), *_LOG_ERROR_RANGE)),
        sd=sd,
        sd_error=_OVERCONFIDENCE * 0.5 * float(np.exp(np.clip(level[1], *_LOG_ERROR_RANGE))),
        white=float(1.0 / (1.0 + np.exp(-level[2]))),
    )


def network_inputs(rows: Float64Array, n: int) -> Float32Array:
    """Features of a record of n samples as the network takes them, (CHANNELS + EXTRA, BINS)."""
    frequency = np.arange(BINS) / FRAME
    samples = np.clip(n, _FEWEST, _MOST)
    extra = [2.0 * frequency - 0.5, np.log(frequency + 0.5 / FRAME) / 3.0 + 1.0, np.full(BINS, np.log(samples) - 7.6)]
    return np.concatenate([rows / 2.0, extra]).astype(np.float32)


def _forward(rows: Float32Array) -> tuple[Float32Array, Float32Array]:
    """`pretraining.spectrum_network.SpectrumNetwork` on one record, without torch."""
    weights = _weights()
    hidden = _convolve(rows, weights["stem.weight"], weights["stem.bias"])
    for number, dilation in enumerate(DILATIONS):
        active = np.maximum(hidden, 0.0)
        whole = weights[f"whole.{number}.weight"] @ active.mean(axis=1) + weights[f"whole.{number}.bias"]
        inner = _convolve(active, weights[f"first.{number}.weight"], weights[f"first.{number}.bias"], dilation) + whole[:, None]
        second = weights[f"second.{number}.weight"][:, :, 0] @ np.maximum(inner, 0.0)
        hidden = hidden + second + weights[f"second.{number}.bias"][:, None]
    hidden = np.maximum(hidden, 0.0)
    pooled = np.concatenate([hidden.mean(axis=1), hidden.max(axis=1)])
    middle = np.maximum(weights["level.0.weight"] @ pooled + weights["level.0.bias"], 0.0)
    level = weights["level.2.weight"] @ middle + weights["level.2.bias"]
    direct = weights["direct.weight"][:, :, 0] @ rows
    return _convolve(hidden, weights["bins.weight"], weights["bins.bias"]) + direct, level


def _convolve(rows: Float32Array, weight: Float32Array, bias: Float32Array, dilation: int = 1) -> Float32Array:
    width = weight.shape[2]
    reach = (width // 2) * dilation
    padded = np.pad(rows, ((0, 0), (reach, reach)))
    taps = [padded[:, tap * dilation : tap * dilation + rows.shape[1]] for tap in range(width)]
    return np.asarray(np.einsum("oit,tif->of", weight, np.stack(taps), optimize=True) + bias[:, None], dtype=np.float32)


@cache
def _weights() -> dict[str, Float32Array]:
    with np.load(WEIGHTS) as file:
        return {name: file[name].astype(np.float32) for name in file.files}
