"""How a series is presented to a network: scaled, with its gaps, time steps and channel as features, and its noise level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from denoise_core.config import RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dsp.scaling import Scaler
from denoise_core.networks import has_steps
from denoise_core.noise import Noise, describe_series
from denoise_core.noise.local_level import quick_levels
from denoise_core.noise.power_spectrum import mean_power, relative_power
from denoise_core.noise.time_frequency import BINS, FRAME
from denoise_core.series import Float64Array, Series, TimeAxis

LEAST_RELATIVE = 1e-6
LONGEST_STEP = 3.0  # logarithm of a time step over the usual one, beyond which it counts as a break


@dataclass(frozen=True, kw_only=True)
class Channel:
    """What is kept of a series that was trained on: its scaling, its noise level in its unit, and its sampling rate."""

    scaler: Scaler
    noise_sd: float
    unit: str = ""
    rate_hz: float | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkInput:
    """A preprocessed series of n samples, ready for a network.

    Parameters
    ----------
    noise_sd : float64 array of shape (n,)
        Standard deviation of the noise at each sample, in the unit of the series.
    features : float32 tensor of shape (n, in_features)
    log_relative_noise : float32 tensor of shape (n,)
        See `log_relative_noise`: the network predicts variances in these units.
    """

    series: Series
    scaler: Scaler
    noise_sd: Float64Array
    features: Tensor
    log_relative_noise: Tensor

    @classmethod
    def of(
        cls, series: Series, config: RunConfig, *, scaler: Scaler, noise_sd: Float64Array, channels: Sequence[str]
    ) -> NetworkInput:
        """`channels` are the `network_channels`; a series of another name is taken for the first."""
        channel = channels.index(series.name) if series.name in channels else 0
        scaled = scaler.apply(series.values)
        return cls(
            series=series,
            scaler=scaler,
            noise_sd=noise_sd,
            features=features(scaled, series.time, config, channel=channel, channels=len(channels)),
            log_relative_noise=torch.from_numpy(log_relative_noise(noise_sd**2).astype(np.float32)),
        )


def network_channels(config: RunConfig, names: Iterable[str]) -> tuple[str, ...]:
    """The names that a network tells apart: each once; but repeats are one channel, by their first name."""
    distinct = tuple(dict.fromkeys(names))
    return distinct[:1] if OBJECTIVES[config.objective.kind].target == "others" else distinct


def features(scaled: Float64Array, time: TimeAxis, config: RunConfig, *, channel: int = 0, channels: int = 1) -> Tensor:
    """float32 features (n, in_features) of scaled values (n,), in the order of `networks.base`: value, observed, step, channel.

    The time step is the logarithm of the one that led to the sample over the usual one; the channel, one of `channels`, is
    one-hot.
    """
    columns = [np.nan_to_num(scaled), ~np.isnan(scaled)]
    if has_steps(config):
        ratios = np.diff(time.values, prepend=time.values[0] - time.step) / time.step
        columns.append(np.log(ratios.clip(np.exp(-LONGEST_STEP), np.exp(LONGEST_STEP))))
    if channels > 1:
        columns += [np.full(len(scaled), float(i == channel)) for i in range(channels)]
    return torch.from_numpy(np.stack(columns, axis=-1).astype(np.float32))


def noise_sd_along(series: Series, config: RunConfig) -> Float64Array:
    """Standard deviation of the noise at each sample, shape (n,), in the unit of the series; in gaps between that beside them.

    The series is a preprocessed one; a level that was stated is that before prewhitening.
    """
    described, observed = _describe_preprocessed(series, config), series.observed
    levels = quick_levels(series.values, described)
    if levels is None:
        return described.along(len(series))
    return np.interp(np.arange(len(series)), np.flatnonzero(observed), levels[observed])


def _describe_preprocessed(series: Series, config: RunConfig) -> Noise:
    level, rho = config.noise.level, config.input.whiten
    if not level or not rho:
        return describe_series(series, config.noise)
    measured = describe_series(series, replace(config.noise, level=0.0))
    if measured.sd == 0.0:
        return measured
    power = np.ones(BINS) if measured.power is None else relative_power(measured.power)
    before = np.sqrt(mean_power(power / np.abs(1.0 - rho * np.exp(-2j * np.pi * np.arange(BINS) / FRAME)) ** 2))
    return describe_series(series, replace(config.noise, level=float(level / before)))


def log_relative_noise(variance: Float64Array) -> Float64Array:
    """Logarithm of the noise variance over its mean, shape (n,): where the noise is louder, predictions from it err more."""
    mean = float(variance.mean())
    return np.log(np.maximum(variance / mean, LEAST_RELATIVE)) if mean > 0 else np.zeros_like(variance)
