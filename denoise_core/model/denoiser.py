"""A trained network over a series of any length: windows, posterior, overlap-add; and its file.

The file is safetensors for the weights, with JSON in its header for all else: nothing in it can run code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.preprocessing import preprocess
from denoise_core.dsp.gap_filling import fill_gaps
from denoise_core.dsp.scaling import Scaler
from denoise_core.dsp.windows import OverlapAdd, taper, window_starts
from denoise_core.errors import DataError
from denoise_core.model.features import Channel, NetworkInput, network_channels, noise_sd_along
from denoise_core.model.header import FORMAT, about, damage_error
from denoise_core.model.losses import LOSSES, excess_variance, posterior
from denoise_core.networks import Network, build
from denoise_core.noise import separate
from denoise_core.series import Estimate, Float64Array, Series

# A window of inference is CORE samples that count, with CONTEXT more on each side so that the networks have settled.
CONTEXT = 512
CORE = 2048
SAMPLES_AT_ONCE = 16 * (CORE + 2 * CONTEXT)


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
        """The estimate of the noise-free series and its sd, also within gaps that `fill_gaps` can bridge.

        The scaling is the one learned in training; the noise level is measured anew on this series.

        Raises
        ------
        DataError
            If the series has no finite samples or is constant, or the network was trained on several others.
        """
        series.check_usable()
        channel = self._channel(series.name)
        separated = separate(series, self.config.noise.removes)
        preprocessed = preprocess(separated.series, self.config)
        estimate = self.estimate(self._input(preprocessed.series, channel))
        return separated.tell(fill_gaps(replace(preprocessed.invert(estimate), notes=preprocessed.notes), separated.series))

    def with_noise(self, noise: NoiseConfig) -> TrainedDenoiser:
        """The same network for a recording of which `noise` is known, and from which other disturbances are removed."""
        return replace(self, config=replace(self.config, noise=noise))

    def prediction(self, series: Series) -> Float64Array:
        """The values of `predict_blind`."""
        return self.predict_blind(series).values

    def predict_blind(self, series: Series) -> Estimate:
        """What the network predicts for each sample, before a blind one's own value is put in; NaN where it predicts nothing.

        Its error says nothing about the noise of the own sample, so that it may serve another method as a guess. Where the
        learning goal is not blind, this is the estimate.
        """
        preprocessed = preprocess(separate(series, self.config.noise.removes).series, self.config)
        given = self._input(preprocessed.series, self._channel(series.name))
        mean, variance = self.predict(given, slice(0, len(given.series)))
        scaled = Estimate(
            values=given.scaler.invert(mean.numpy()),
            sd=variance.sqrt().numpy() * given.scaler.scale,
            method=self.config.model.backbone,
        )
        return preprocessed.invert(scaled)

    def rescaled(self, name: str, scaler: Scaler) -> TrainedDenoiser:
        """The same network with another scaling of the channel `name`; its noise level follows the scale."""
        old = self._channel(name)
        key = name if name in self.channels else next(iter(self.channels))
        new = replace(old, scaler=scaler, noise_sd=old.noise_sd * scaler.scale / old.scaler.scale)
        return replace(self, channels={**self.channels, key: new})

    def _channel(self, name: str) -> Channel:
        if name in self.channels:
            return self.channels[name]
        if len(self.channels) > 1:
            raise DataError(
                f"This network was trained on {', '.join(self.channels)}, but not on {name}: choose one of these columns, "
                "or rename this one."
            )
        return next(iter(self.channels.values()))

    def _input(self, series: Series, channel: Channel) -> NetworkInput:
        noise_sd = noise_sd_along(series, self.config)
        if not noise_sd.any():
            noise_sd[:] = channel.noise_sd
        names = network_channels(self.config, self.channels)
        return NetworkInput.of(series, self.config, scaler=channel.scaler, noise_sd=noise_sd, channels=names)

    def estimate(self, given: NetworkInput, where: slice | None = None) -> Estimate:
        """The estimate of a preprocessed series, or of the stretch ``where.start <= i < where.stop`` of it alone.

        ``estimate(given, where).values == estimate(given).values[where]`` to float32 precision.
        """
        where = where or slice(0, len(given.series))
        scaler, noise_sd = given.scaler, given.noise_sd[where]
        noisy = torch.from_numpy(scaler.apply(given.series.values[where]))
        noise_variance = torch.from_numpy((noise_sd / scaler.scale) ** 2)
        mean, prior = self.predict(given, where)
        # Where a one-sided window finds no past, nothing is predicted: the recording stays as it is.
        unknown = mean.isnan()
        x, variance = self._combine(mean, prior, noisy, noise_variance)
        x, variance = torch.where(unknown, noisy, x), torch.where(unknown, noise_variance, variance)
        return Estimate(
            values=scaler.invert(x.numpy()),
            sd=None if OBJECTIVES[self.config.objective.kind].teaching else variance.sqrt().numpy() * scaler.scale,
            method=self.config.model.backbone,
            noise_sd=float(np.sqrt(np.mean(noise_sd**2))),
            settings={"best_epoch": self.best_epoch},
        )

    def _combine(self, mean: Tensor, prior: Tensor, noisy: Tensor, noise_variance: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance of the noise-free samples; a blind network never saw the own sample, which is put in here."""
        if not OBJECTIVES[self.config.objective.kind].blind:
            return mean, prior
        return posterior(mean, prior, noisy, noise_variance, robust=LOSSES[self.config.objective.loss].robust)

    @torch.inference_mode()
    def predict(self, given: NetworkInput, where: slice) -> tuple[Tensor, Tensor]:
        """Mean and variance of each noise-free sample of a stretch given the others: float64, scaled, one per sample.

        Windows overlap by twice the context and are joined where both have settled: where they lie does not matter.
        NaN where a window that predicts its last samples alone has too little before it.
        """
        n, first = len(given.features), self.network.first
        starts, length = self._windows(n, where)
        if n <= first or not len(starts):
            unknown = torch.full((where.stop - where.start,), torch.nan, dtype=torch.float64)
            return unknown, unknown
        begin, stop = int(starts[0]), int(starts[-1]) + length
        weights = taper(length)[first:]
        means, variances = OverlapAdd(stop - begin, weights), OverlapAdd(stop - begin, weights)
        for part, mean, variance in self._predict_windows(given, starts, length):
            means.add(mean[:, first:].cpu().double().numpy(), part - begin + first)
            variances.add(variance[:, first:].cpu().double().numpy(), part - begin + first)
        stretch = slice(where.start - begin, where.stop - begin)
        return torch.from_numpy(means.result()[stretch]), torch.from_numpy(variances.result()[stretch])

    def _predict_windows(
        self, given: NetworkInput, starts: NDArray[np.int64], length: int
    ) -> Iterator[tuple[NDArray[np.int64], Tensor, Tensor]]:
        """Some of the starts at a time, with mean and variance of their windows, (batch, length) each."""
        self.network.eval()
        device = next(self.network.parameters()).device
        loss = LOSSES[self.config.objective.loss]
        offsets, at_once = torch.arange(length), max(1, SAMPLES_AT_ONCE // length)
        for begin in range(0, len(starts), at_once):
            part = starts[begin : begin + at_once]
            index = torch.from_numpy(part)[:, None] + offsets
            mean, log_variance = self.network(given.features[index].to(device))
            log_variance = log_variance + given.log_relative_noise[index].to(device)
            yield part, mean, excess_variance(loss, log_variance, self.calibration)

    def _windows(self, n: int, where: slice) -> tuple[NDArray[np.int64], int]:
        """Starts and length of the windows that predict a stretch of n samples; a short stretch has one of its own."""
        length, span, first = self.config.window.length, self.network.span, self.network.first
        if first:
            starts, length = window_starts(n, length=min(n, length), hop=length - first), min(n, length)
            return starts[(starts + length > where.start) & (starts + first < where.stop)], length
        core, context = (CORE, CONTEXT) if span is None else (max(span, length), span)
        if where.stop - where.start <= core:
            length = min(n, where.stop - where.start + 2 * context)
            return np.array([np.clip(where.start - context, 0, n - length)]), length
        length = min(n, core + 2 * context)
        starts = window_starts(n, length=length, hop=min(n, core))
        return starts[(starts + length > where.start) & (starts < where.stop)], length

    def save(self, path: str | Path) -> None:
        """Write weights and settings to a model file (usually *.denoiser), which `load` reads.

        What was said of the noise of the recording is left out, since others have other noise; what is removed stays.
        """
        said = {
            "config": json.loads(replace(self.config, noise=self.config.noise.without_statement()).to_json()),
            "channels": {
                name: {
                    "offset": channel.scaler.offset,
                    "scale": channel.scaler.scale,
                    "noise_sd": channel.noise_sd,
                    "unit": channel.unit,
                    "rate_hz": channel.rate_hz,
                }
                for name, channel in self.channels.items()
            },
            "calibration": self.calibration,
            "best_epoch": self.best_epoch,
            "history": self.history,
            "torch": torch.__version__,
        }
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in self.network.state_dict().items()}
        save_file(tensors, str(path), metadata={"format": FORMAT, "about": json.dumps(said)})


def load(path: str | Path) -> TrainedDenoiser:
    """Read what `TrainedDenoiser.save` wrote, onto the CPU.

    Raises
    ------
    DataError
        If the file is missing, not a model file, of another version, cut short, or its parts do not fit together.
    """
    header = about(path)
    said = header.about
    try:
        network = build(header.config, channels=len(network_channels(header.config, header.channels)))
        network.load_state_dict(load_file(path))
        return TrainedDenoiser(
            network=network.eval(),
            config=header.config,
            channels={
                name: Channel(scaler=channel.scaler, noise_sd=channel.noise_sd, unit=channel.unit, rate_hz=channel.rate_hz)
                for name, channel in ((name, header.channel(name)) for name in said["channels"])
            },
            calibration=float(said["calibration"]),
            best_epoch=int(said["best_epoch"]),
            history=tuple((float(train), float(valid)) for train, valid in said["history"]),
        )
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise damage_error(header.name, error) from None
