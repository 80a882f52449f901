"""What a network is fed: all series on the device, their targets and parts, and the windows cut from them. Knows no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from denoise_core.dsp.whitening import unwhiten
from denoise_core.dsp.windows import window_starts
from denoise_core.model.denoiser import Channel, distinct, features, noise_sd_along, relative_noise
from denoise_core.networks import STEP
from denoise_core.series import Float64Array, Series

PREVIEW_SAMPLES = 400
VALID_SAMPLES = 32768  # a longer training set is judged on windows with this many, evenly spread
LEAST_VARIANCE = 1e-8
WHITENING_MEMORY = 512  # samples, after which 0.98 ** k is nothing
# Share of the noise's variance below which an error does not matter. With none at all, the likelihood of a clean target hangs on
# the few samples that are predicted best: heartbeats 9.6 dB instead of 10.8.
LEAST_TARGET_NOISE = 0.01
GAPPY_WINDOWS = 0.25  # share of the windows in which a stretch is hidden, where the series has gaps

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Everything about the samples of all series, end to end, in scaled units; N in all, on the device.

    Parameters
    ----------
    inputs : (N, in_features)
    noisy, target : (N,)
        NaN where missing.
    noise_variance, target_noise : (N,)
        Variance of the noise in `noisy` and in `target`.
    relative_noise : (N,)
        Logarithm of `noise_variance` over its mean in the series: predictions err in proportion to it.
    train, valid : bool, (N,)
        The targets of each part.
    """

    inputs: Tensor
    noisy: Tensor
    target: Tensor
    noise_variance: Tensor
    target_noise: Tensor
    relative_noise: Tensor
    train: Tensor
    valid: Tensor


class Batches:
    """The samples of a training set, and windows of them. Series lie end to end, and no window reaches over an end."""

    def __init__(self, ready: PreparedData, config: RunConfig, device: torch.device) -> None:
        self.config, self.device, self.shown = config, device, ready.shown
        data, split = ready.data, ready.split
        self.first = data.noisy[0]
        scalers = _scalers(data, split, config)
        noise = [noise_sd_along(series) for series in data.noisy]
        self.channels: dict[str, Channel] = {}  # in the order of the series; of those of one name, the first counts
        for series, scaler, sd in zip(data.noisy, scalers, noise, strict=True):
            self.channels.setdefault(series.name, Channel(scaler=scaler, noise_sd=float(np.sqrt(np.mean(sd**2)))))
        self.kinds = distinct(config, [series.name for series in data.noisy])
        blocks = [
            _block(*of_one, config=config, kinds=self.kinds)
            for of_one in zip(data.noisy, ready.targets, split, scalers, noise, strict=True)
        ]
        self.samples = Sample(**{name: torch.cat([b[name] for b in blocks]).to(device) for name in blocks[0]})
        self._gaps = np.concatenate(
            [stops - starts for starts, stops in (runs(np.isnan(series.values)) for series in data.noisy)]
        )
        offsets = np.cumsum([0, *map(len, data.noisy)])
        self.train_stretches = [_moved(p.train_stretch, at) for p, at in zip(split, offsets, strict=False)]
        self.valid_stretches = [_moved(p.valid_stretch, at) for p, at in zip(split, offsets, strict=False)]

    def unwhitened(self, values: Float64Array, begin: int) -> Float64Array:
        """A stretch (k,) of the first series, from its sample `begin` on, as it is in `shown`, which is not whitened."""
        rho = self.config.input.whiten
        if rho == 0:
            return values
        start, middle = max(0, begin - WHITENING_MEMORY), float(np.nanmean(self.shown.values))
        before = np.where(self.first.observed, self.first.values, (1.0 - rho) * middle)[start:begin]
        return unwhiten(np.concatenate((before, values)), rho, middle=middle)[begin - start :]

    @property
    def scaler(self) -> Scaler:
        """That of the first series."""
        return self.channels[self.first.name].scaler

    def seen_in_training(self) -> Tensor:
        """Inputs (N, in_features) with everything outside the training stretches counted as missing."""
        seen = torch.zeros(len(self.samples.noisy), dtype=torch.bool, device=self.device)
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
        """Windows that the epochs are judged on: their predictions, which begin at `first`, cover the stretches."""
        length = self.config.window.length
        apart = np.concatenate(
            [start + window_starts(stop - start, length=length, hop=length - first) for start, stop in self.valid_stretches]
        )
        count = min(max(1, VALID_SAMPLES // (length - first)), len(apart))
        return apart[np.unique(np.linspace(0, len(apart) - 1, count).round().astype(np.int64))]

    def preview_starts(self, first: int) -> Ints:
        """Overlapping windows of one stretch in the middle of the first series."""
        n, length = len(self.first), self.config.window.length
        hop = max(1, (length - first) // 2)
        overlapping = window_starts(n, length=length, hop=hop)
        shown = max(1, (PREVIEW_SAMPLES - length) // hop + 1)
        start = max(0, (len(overlapping) - shown) // 2)
        return overlapping[start : start + shown]


def _scalers(data: TrainingSet, split: Sequence[Parts], config: RunConfig) -> list[Scaler]:
    """One for each series, fitted on the training parts of all series of its name; repeats share one."""
    together = OBJECTIVES[config.objective.kind].target == "others"
    names = ["" if together else series.name for series in data.noisy]
    seen = [np.where(p.train, series.values, np.nan) for series, p in zip(data.noisy, split, strict=True)]
    fitted = {
        name: fit_scaler(np.concatenate([v for v, n in zip(seen, names, strict=True) if n == name]), config.scaling.kind)
        for name in dict.fromkeys(names)
    }
    return [fitted[name] for name in names]


def _block(
    series: Series,
    target: Target,
    split: Parts,
    scaler: Scaler,
    noise_sd: NDArray[np.float64],
    *,
    config: RunConfig,
    kinds: tuple[str, ...],
) -> dict[str, Tensor]:
    """The fields of `Sample` for one series."""
    kind = kinds.index(series.name) if series.name in kinds else 0
    variance = np.maximum((noise_sd / scaler.scale) ** 2, LEAST_VARIANCE)
    floats = {
        "noisy": scaler.apply(series.values),
        "target": scaler.apply(target.values),
        "noise_variance": variance,
        "target_noise": variance * max(target.noise_share, LEAST_TARGET_NOISE),
        "relative_noise": relative_noise(variance),
    }
    return {
        "inputs": features(scaler.apply(series.values), series.time, config, kind=kind, kinds=len(kinds)),
        **{name: torch.from_numpy(values.astype(np.float32)) for name, values in floats.items()},
        "train": torch.from_numpy(split.train),
        "valid": torch.from_numpy(split.valid),
    }


def _moved(stretch: Stretch, offset: int) -> Stretch:
    return stretch[0] + int(offset), stretch[1] + int(offset)
