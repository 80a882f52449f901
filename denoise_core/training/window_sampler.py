"""What a network is trained on: all series on the device, their targets and parts, and the windows drawn from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from denoise_core.config import RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.prepared_data import PreparedData
from denoise_core.dataset.split import Parts, Stretch
from denoise_core.dataset.training_set import Target, TrainingSet
from denoise_core.dsp.gaps import runs
from denoise_core.dsp.scaling import Scaler, fit_scaler
from denoise_core.dsp.windows import window_starts
from denoise_core.model.features import Channel, NetworkInput, log_relative_noise, network_channels, noise_sd_along
from denoise_core.networks import STEP

VALID_SAMPLES = 32768  # a longer training set is validated on windows with this many, evenly spread
LEAST_VARIANCE = 1e-8
# Share of the noise's variance below which an error does not matter. With none at all, the likelihood of a clean target hangs on
# the few samples that are predicted best: heartbeats 9.6 dB instead of 10.8.
LEAST_TARGET_NOISE = 0.01
GAPPY_WINDOWS = 0.25  # share of the windows in which a stretch is hidden, where the series has gaps

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class SampleTensors:
    """Everything about the samples of all series, end to end, in scaled units; N in all, on the device.

    Parameters
    ----------
    inputs : (N, in_features)
    target : (N,)
        NaN where missing.
    noise_variance, target_noise : (N,)
        Variance of the noise in the series and in `target`.
    log_relative_noise : (N,)
        Logarithm of `noise_variance` over its mean in the series: predictions err in proportion to it.
    train, valid : bool, (N,)
        The targets of each part.
    """

    inputs: Tensor
    target: Tensor
    noise_variance: Tensor
    target_noise: Tensor
    log_relative_noise: Tensor
    train: Tensor
    valid: Tensor


class WindowSampler:
    """The samples of a training set, and windows of them. Series lie end to end, and no window reaches over an end."""

    def __init__(self, prepared: PreparedData, config: RunConfig, device: torch.device) -> None:
        self.config, self.device = config, device
        noisy, split = prepared.data.noisy, prepared.split
        self.channel_names = network_channels(config, [series.name for series in noisy])
        # A stretch that was marked as noise is one of the recording that is denoised.
        elsewhere = replace(config, noise=config.noise.without_stretch())
        shown = len(prepared.data.to_denoise)
        levels = [noise_sd_along(series, config if i < shown else elsewhere) for i, series in enumerate(noisy)]
        inputs = [
            NetworkInput.of(series, config, scaler=scaler, noise_sd=noise_sd, channels=self.channel_names)
            for series, scaler, noise_sd in zip(noisy, _fit_scalers(prepared.data, split, config), levels, strict=True)
        ]
        self.channels: dict[str, Channel] = {}  # in the order of the series; of those of one name, the first counts
        for given in inputs:
            noise_sd = float(np.sqrt(np.mean(given.noise_sd**2)))
            unit, rate_hz = given.series.unit, given.series.time.rate_hz
            channel = Channel(scaler=given.scaler, noise_sd=noise_sd, unit=unit, rate_hz=rate_hz)
            self.channels.setdefault(given.series.name, channel)
        tensors = [_tensors(*of_one) for of_one in zip(inputs, prepared.targets, split, strict=True)]
        self.samples = SampleTensors(**{name: torch.cat([t[name] for t in tensors]).to(device) for name in tensors[0]})
        self.first_input = replace(inputs[0], features=self.samples.inputs[: len(noisy[0])])  # one copy of them is enough
        self._gaps = np.concatenate([stops - starts for starts, stops in (runs(np.isnan(series.values)) for series in noisy)])
        offsets = np.cumsum([0, *map(len, noisy)])
        self.train_stretches = [_shift(p.train_stretch, at) for p, at in zip(split, offsets, strict=False)]
        self.valid_stretches = [_shift(p.valid_stretch, at) for p, at in zip(split, offsets, strict=False)]

    def seen_in_training(self) -> Tensor:
        """Inputs (N, in_features) with everything outside the training stretches counted as missing."""
        seen = torch.zeros(len(self.samples.target), dtype=torch.bool, device=self.device)
        for start, stop in self.train_stretches:
            seen[start:stop] = True
        return torch.where(seen[:, None], self.samples.inputs, 0.0)

    def index(self, starts: Ints) -> Tensor:
        """Sample numbers of windows, shape (len(starts), length), on the device."""
        offsets = torch.arange(self.config.window.length, device=self.device)
        return torch.from_numpy(starts).to(self.device)[:, None] + offsets

    def train_starts(self, epoch: int) -> Iterator[Ints]:
        """Batches of window starts, seeded by seed and epoch alone, so that a resumed run draws what an uninterrupted one would.

        Windows lie on a grid of `window.hop` that is shifted at random each round; starts beyond an end are moved to it, so that
        the first and last samples are targets as often as the others.
        """
        training = self.config.training
        rng = np.random.default_rng((training.seed, epoch))
        pool = np.empty(0, dtype=np.int64)
        for _ in range(training.steps_per_epoch):
            while len(pool) < training.batch_size:
                pool = np.concatenate((pool, rng.permutation(self._grid(int(rng.integers(self.config.window.hop))))))
            batch, pool = pool[: training.batch_size], pool[training.batch_size :]
            yield batch

    def _grid(self, shift: int) -> Ints:
        window = self.config.window
        half = window.length // 2
        grids = [
            np.clip(np.arange(start - half, stop - half, window.hop) + shift, start, stop - window.length)
            for start, stop in self.train_stretches
        ]
        return np.concatenate(grids).astype(np.int64)

    def hide_gaps(self, inputs: Tensor, step: int) -> Tensor:
        """`inputs` of a batch of windows, (batch, length, in_features), some with a stretch hidden like those that are missing.

        The hidden samples stay targets: a few real gaps alone do not teach what to do near and within one. (Heartbeats with 10 %
        missing: 10.7 against 10.4 dB.) Nothing is hidden in a training set without gaps.
        """
        if not len(self._gaps):
            return inputs
        batch, length = inputs.shape[:2]
        rng = np.random.default_rng((self.config.training.seed, 1, step))
        size = np.where(rng.random(batch) < GAPPY_WINDOWS, rng.choice(self._gaps, batch), 0)
        start = rng.integers(-size, length + 1)
        place = np.arange(length)
        hidden = (place >= start[:, None]) & (place < (start + size)[:, None])
        seen = torch.from_numpy(~hidden).to(inputs.device)[..., None]
        return torch.cat((inputs[..., :STEP] * seen, inputs[..., STEP:]), dim=-1)

    def valid_starts(self, first: int) -> Ints:
        """Windows for validation: their predictions, which begin at `first`, cover the stretches."""
        length = self.config.window.length
        apart = np.concatenate(
            [start + window_starts(stop - start, length=length, hop=length - first) for start, stop in self.valid_stretches]
        )
        count = min(max(1, VALID_SAMPLES // (length - first)), len(apart))
        return apart[np.unique(np.linspace(0, len(apart) - 1, count).round().astype(np.int64))]


def _fit_scalers(data: TrainingSet, split: Sequence[Parts], config: RunConfig) -> list[Scaler]:
    """One for each series, fitted on the training parts of all series of its name; repeats share one."""
    together = OBJECTIVES[config.objective.kind].target == "others"
    names = ["" if together else series.name for series in data.noisy]
    seen = [np.where(p.train, series.values, np.nan) for series, p in zip(data.noisy, split, strict=True)]
    fitted = {
        name: fit_scaler(np.concatenate([v for v, n in zip(seen, names, strict=True) if n == name]), config.scaling.kind)
        for name in dict.fromkeys(names)
    }
    return [fitted[name] for name in names]


def _tensors(given: NetworkInput, target: Target, split: Parts) -> dict[str, Tensor]:
    """The fields of `SampleTensors` for one series."""
    scaler = given.scaler
    variance = np.maximum((given.noise_sd / scaler.scale) ** 2, LEAST_VARIANCE)
    floats = {
        "target": scaler.apply(target.values),
        "noise_variance": variance,
        "target_noise": variance * max(target.noise_share, LEAST_TARGET_NOISE),
        "log_relative_noise": log_relative_noise(variance),
    }
    return {
        "inputs": given.features,
        **{name: torch.from_numpy(values.astype(np.float32)) for name, values in floats.items()},
        "train": torch.from_numpy(split.train),
        "valid": torch.from_numpy(split.valid),
    }


def _shift(stretch: Stretch, offset: int) -> Stretch:
    return stretch[0] + int(offset), stretch[1] + int(offset)
