"""A trained network over a series of any length: prediction in windows, posterior, overlap-add. Knows no training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from denoise_core.config import RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.preprocessing import preprocess
from denoise_core.dsp.scaling import Scaler
from denoise_core.dsp.windows import OverlapAdd, taper, window_starts
from denoise_core.errors import DataError, SettingsError
from denoise_core.model.losses import LOSSES, excess_variance, posterior
from denoise_core.networks import Network, has_steps
from denoise_core.noise import describe
from denoise_core.series import Estimate, Float64Array, Series, TimeAxis

if TYPE_CHECKING:
    from pathlib import Path

# A window of inference is CORE samples that count, with CONTEXT more on each side so that the networks have settled.
CONTEXT = 512
CORE = 2048
SAMPLES_AT_ONCE = 16 * (CORE + 2 * CONTEXT)
LEAST_RELATIVE = 1e-6
LONGEST_STEP = 3.0  # logarithm of a time step over the usual one, beyond which it counts as a break


def resolve_device(name: str) -> torch.device:
    """The torch device for "auto", "cuda", "mps" or "cpu".

    Raises
    ------
    SettingsError
        If the named device is not there.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, there in available.items() if there)
    if not available[name]:
        raise SettingsError([f'training.device = "{name}": this machine has no such device. Choose "auto".'])
    return torch.device(name)


def distinct(config: RunConfig, names: Iterable[str]) -> tuple[str, ...]:
    """The kinds of series that a network tells apart: the names, but repeats are one kind, of their first name."""
    known = tuple(dict.fromkeys(names))
    return known[:1] if OBJECTIVES[config.objective.kind].target == "others" else known


def features(scaled: Float64Array, time: TimeAxis, config: RunConfig, *, kind: int = 0, kinds: int = 1) -> Tensor:
    """float32 features (n, in_features) of scaled values (n,), in the order of `networks.base`: value, presence, step, kind.

    The time step is the logarithm of the one that led to the sample over the usual one; `kind` counts from 0 among `kinds`.
    """
    present = ~np.isnan(scaled)
    columns = [np.nan_to_num(scaled), present]
    if has_steps(config):
        ratios = np.diff(time.values, prepend=time.values[0] - time.step) / time.step
        columns.append(np.log(ratios.clip(np.exp(-LONGEST_STEP), np.exp(LONGEST_STEP))))
    if kinds > 1:
        columns += [np.full(len(scaled), float(i == kind)) for i in range(kinds)]
    return torch.from_numpy(np.stack(columns, axis=-1).astype(np.float32))


def noise_sd_along(series: Series) -> Float64Array:
    """Standard deviation of the noise at each sample, shape (n,), in the unit of the series."""
    return describe(series.values).along(len(series))


def relative_noise(variance: Float64Array) -> Float64Array:
    """Logarithm of the noise variance over its mean, shape (n,): where the noise is louder, predictions from it err more."""
    mean = float(variance.mean())
    return np.log(np.maximum(variance / mean, LEAST_RELATIVE)) if mean > 0 else np.zeros_like(variance)


def estimated(mean: Tensor, prior: Tensor, noisy: Tensor, noise_variance: Tensor, config: RunConfig) -> tuple[Tensor, Tensor]:
    """Mean and variance of the noise-free sample from a network's prediction; all of one shape.

    A blind network never saw the own sample, which `posterior` puts back in; another has seen it.
    """
    if not OBJECTIVES[config.objective.kind].blind:
        return mean, prior
    return posterior(mean, prior, noisy, noise_variance, robust=LOSSES[config.objective.loss].robust)


@dataclass(frozen=True, kw_only=True)
class Channel:
    """What is kept of a series that was trained on: its scaling, and its noise level in its unit."""

    scaler: Scaler
    noise_sd: float


@dataclass(frozen=True, kw_only=True)
class TrainedDenoiser:
    """A network with all that it needs to denoise series like those it was trained on.

    Parameters
    ----------
    channels : mapping
        Name of a series -> its `Channel`.
    calibration : float
        Added to the network's log-variances, so that held-out errors are as large as it says.
    history : tuple
        One (train_loss, valid_loss) per epoch.
    """

    network: Network
    config: RunConfig
    channels: Mapping[str, Channel]
    calibration: float = 0.0
    best_epoch: int = 0
    history: tuple[tuple[float, float], ...] = field(default=(), repr=False)

    def denoise(self, series: Series) -> Estimate:
        """The estimate of the noise-free series and its sd, also within gaps, where it is a prediction.

        The scaling is the one learnt in training; the noise level is measured anew on this series.

        Raises
        ------
        DataError
            If the series has no finite samples or is constant, or the network was trained on several others.
        """
        series.check_usable()
        channel = self._channel(series.name)
        prepared = preprocess(series, self.config)
        return prepared.back(self._denoised(prepared.series, channel, changes=list(prepared.changes)))

    def _channel(self, name: str) -> Channel:
        if name in self.channels:
            return self.channels[name]
        if len(self.channels) > 1:
            raise DataError(
                f"This network was trained on {', '.join(self.channels)}, and {name} is none of them: choose one of "
                "these columns, or rename it."
            )
        return next(iter(self.channels.values()))

    def _kind(self, name: str) -> dict[str, int]:
        kinds = distinct(self.config, self.channels)
        return {"kind": kinds.index(name) if name in kinds else 0, "kinds": len(kinds)}

    def _denoised(self, series: Series, channel: Channel, **settings: Any) -> Estimate:
        noise_sd = noise_sd_along(series)
        if not noise_sd.any():
            noise_sd[:] = channel.noise_sd
        scaler = channel.scaler
        scaled = scaler.apply(series.values)
        noise_variance = torch.from_numpy((noise_sd / scaler.scale) ** 2)
        inputs = features(scaled, series.time, self.config, **self._kind(series.name))
        mean, prior = map(torch.from_numpy, self.predict(inputs, relative_noise(noise_sd**2)))
        noisy = torch.from_numpy(scaled)
        x, variance = estimated(mean, prior, noisy, noise_variance, self.config)
        # Where a one-sided window finds no past, nothing is predicted: the recording stays as it is.
        x, variance = torch.where(mean.isnan(), noisy, x), torch.where(mean.isnan(), noise_variance, variance)
        return Estimate(
            values=scaler.invert(x.numpy()),
            sd=None if OBJECTIVES[self.config.objective.kind].teaching else variance.sqrt().numpy() * scaler.scale,
            method=self.config.model.backbone,
            noise_sd=float(np.sqrt(np.mean(noise_sd**2))),
            settings={"best_epoch": self.best_epoch, **settings},
        )

    @torch.inference_mode()
    def predict(self, inputs: Tensor, relative: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Mean and variance of each noise-free sample given the others, (n,) each and scaled.

        From inputs (n, in_features) and the `relative_noise` (n,), in whose units the network tells variances.
        Windows overlap by twice the context and are joined where both have settled: where they lie does not matter.
        NaN where a window that predicts its last samples alone has too little before it.
        """
        n, first = len(inputs), self.network.first
        if n <= first:
            return np.full(n, np.nan), np.full(n, np.nan)
        length, hop = self._window(n)
        starts = window_starts(n, length=length, hop=hop)
        weights = taper(length)[first:]
        means, variances = OverlapAdd(n, weights), OverlapAdd(n, weights)
        self.network.eval()
        device = next(self.network.parameters()).device
        loss = LOSSES[self.config.objective.loss]
        offsets, at_once = torch.arange(length), max(1, SAMPLES_AT_ONCE // length)
        log_relative = torch.from_numpy(relative.astype(np.float32))
        for begin in range(0, len(starts), at_once):
            part = starts[begin : begin + at_once]
            index = torch.from_numpy(part)[:, None] + offsets
            mean, log_variance = self.network(inputs[index].to(device))
            log_variance = log_variance + log_relative[index].to(device)
            prior = excess_variance(loss, log_variance[:, first:], self.calibration)
            means.add(mean[:, first:].cpu().double().numpy(), part + first)
            variances.add(prior.cpu().double().numpy(), part + first)
        return means.result(), variances.result()

    def _window(self, n: int) -> tuple[int, int]:
        """Length and hop of the windows for a series of n samples."""
        length, span = self.config.window.length, self.network.span
        if self.network.first:
            return min(n, length), length - self.network.first
        core, context = (CORE, CONTEXT) if span is None else (max(span, length), span)
        return min(n, core + 2 * context), min(n, core)

    def save(self, path: str | Path) -> None:
        """Write a model file; `export.load` reads it."""
        from denoise_core.model import save  # the two rooms know each other only here

        save(self, path)
