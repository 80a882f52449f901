"""The one training loop: a generator of events, stopped by no longer asking. Knows no page, no job, no file."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from denoise_core.allocator import keep_freed_memory
from denoise_core.config import RunConfig
from denoise_core.dataset.prepared_data import prepare_data
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.dsp.windows import overlap_add, taper
from denoise_core.errors import RunError
from denoise_core.model.denoiser import TrainedDenoiser, estimated, resolve_device
from denoise_core.model.losses import LOSSES, calibration, excess_variance
from denoise_core.networks import build
from denoise_core.series import Float64Array, Series
from denoise_core.training.events import EpochEnd, Event, Finished, Started, StepEnd
from denoise_core.training.optimisation import OPTIMIZERS, SCHEDULES
from denoise_core.training.window_sampler import Batches

WINDOW_SAMPLES_AT_ONCE = 8192  # when judging


@contextmanager
def _seeded(*seed: int) -> Iterator[None]:
    """Torch's global generators, which initialisation and dropout draw from, seeded here and put back afterwards."""
    with torch.random.fork_rng():
        torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
        yield


@dataclass(frozen=True)
class Judged:
    """Predictions of held-out targets, one dimension each."""

    mean: Tensor
    log_variance: Tensor
    target: Tensor
    noise: Tensor


class Trainer:
    """Trains one network; `run` does the work, the rest is for stopping and continuing.

    Parameters
    ----------
    data : Series, several of them, or a TrainingSet
        Gaps are input the network knows about, and never targets.
    config : RunConfig

    Raises
    ------
    SettingsError, DataError
        See `ready.prepare_data`.
    """

    def __init__(self, data: Series | Sequence[Series] | TrainingSet, config: RunConfig) -> None:
        ready = prepare_data(TrainingSet.of(data), config)
        self.config, self.device = config, resolve_device(config.training.device)
        keep_freed_memory()
        self.batches = Batches(ready, config, self.device)
        self._loss = LOSSES[config.objective.loss]
        self._build()

    def _build(self) -> None:
        training, samples = self.config.training, self.batches.samples
        with _seeded(training.seed):
            self.network = build(self.config, channels=len(self.batches.kinds)).to(self.device)
        noise_variance = float(samples.noise_variance.mean())
        self.network.prepare(self.batches.seen_in_training(), samples.target, samples.train, noise_variance=noise_variance)
        self._optimizer = OPTIMIZERS[training.optimizer](self.network.parameters(), training)
        self._schedule = SCHEDULES[training.schedule](self._optimizer, training)
        self._epoch = 0
        self._best: dict[str, Tensor] = {}
        self._best_calibration = 0.0
        self._least = torch.empty(0)
        self._best_epoch = 0
        self._history: list[tuple[float, float]] = []
        self._elapsed_s = 0.0
        self._preview_starts = self.batches.preview_starts(self.network.first)
        self._valid_starts = self.batches.valid_starts(self.network.first)

    def run(self) -> Iterator[Event]:
        """Started, then StepEnd after each step and EpochEnd after each epoch, and Finished; stop by closing the generator."""
        training = self.config.training
        yield self._started()
        try:
            while self._epoch < training.epochs and not self._out_of_patience():
                began = time.perf_counter()
                self.network.train()
                losses: list[Tensor] = []
                first_step = self._epoch * training.steps_per_epoch + 1
                for step, starts in enumerate(self.batches.train_starts(self._epoch + 1), first_step):
                    with _seeded(training.seed, step):
                        losses.append(self._step(starts, step))
                    yield StepEnd(step=step)
                yield self._end_epoch(losses, began)
            reason = "completed" if self._epoch >= training.epochs else "patience"
            yield Finished(
                trained=self.best(),
                reason=reason,
                best_epoch=self._best_epoch,
                epochs=self._epoch,
                elapsed_s=self._elapsed_s,
            )
        finally:
            if self.device.type == "cuda":
                torch.cuda.empty_cache()

    def _started(self) -> Started:
        shown, stretch = self.batches.shown, self._preview_stretch()
        return Started(
            samples=len(self.batches.samples.noisy),
            parameters=sum(p.numel() for p in self.network.parameters()),
            epochs=self.config.training.epochs,
            steps=self.config.training.steps,
            first_epoch=self._epoch + 1,
            device=self.device.type,
            noise_sd=self.batches.channels[shown.name].noise_sd,
            preview_start=int(stretch.start),
            preview_noisy=_plain(shown.values[stretch]),
        )

    def _step(self, starts: NDArray[np.int64], step: int) -> Tensor:
        self._optimizer.zero_grad(set_to_none=True)
        judged = self._predicted(starts, "train", step=step)
        loss = self._loss.of(judged.mean, judged.log_variance, judged.target, judged.noise).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.training.gradient_clip)
        self._optimizer.step()
        self._schedule.step()
        return loss.detach()

    def _predicted(self, starts: NDArray[np.int64], part: str, *, step: int | None = None) -> Judged:
        """The network's word on the windows' targets in `part`, "train" or "valid"; a training step hides stretches like gaps."""
        samples, first = self.batches.samples, self.network.first
        index = self.batches.index(starts)
        mean, log_variance = self._asked(index, step)
        index = index[:, first:]
        mask = getattr(samples, part)[index]
        chosen = index[mask]
        return Judged(mean[:, first:][mask], log_variance[:, first:][mask], samples.target[chosen], samples.target_noise[chosen])

    def _asked(self, index: Tensor, step: int | None = None) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of windows, (batch, length) each; the variance is told in units of the noise around."""
        samples = self.batches.samples
        inputs = samples.inputs[index]
        mean, log_variance = self.network(inputs if step is None else self.batches.hide_gaps(inputs, step))
        return mean, log_variance + samples.relative_noise[index]

    def _end_epoch(self, losses: list[Tensor], began: float) -> EpochEnd:
        self._epoch += 1
        learning_rate = float(self._schedule.get_last_lr()[0])
        train_loss = float(torch.stack(losses).mean())
        trained_s = time.perf_counter() - began
        judged = self._held_out()
        valid_losses = self._loss.of(judged.mean, judged.log_variance, judged.target, judged.noise)
        valid_loss = float(valid_losses.mean())
        if not np.isfinite(train_loss + valid_loss):
            raise RunError(
                f"The training went astray in epoch {self._epoch}: its loss is no number. Choose a smaller learning rate."
            )
        self._history.append((train_loss, valid_loss))
        offset = calibration(self._loss, judged.mean, judged.log_variance, judged.target, judged.noise)
        self._keep_if_best(valid_losses, offset)
        preview = self._preview(offset)
        self._elapsed_s += time.perf_counter() - began
        training = self.config.training
        return EpochEnd(
            epoch=self._epoch,
            step=self._epoch * training.steps_per_epoch,
            train_loss=train_loss,
            valid_loss=valid_loss,
            best_epoch=self._best_epoch,
            learning_rate=learning_rate,
            elapsed_s=self._elapsed_s,
            targets_per_s=training.steps_per_epoch * training.batch_size * self.config.window.length / trained_s,
            preview=preview,
        )

    @torch.inference_mode()
    def _held_out(self) -> Judged:
        """The network's word on the held-out targets."""
        self.network.eval()
        batch = max(self.config.training.batch_size, WINDOW_SAMPLES_AT_ONCE // self.config.window.length)
        judged = [self._predicted(self._valid_starts[i : i + batch], "valid") for i in range(0, len(self._valid_starts), batch)]
        fields = ((j.mean, j.log_variance, j.target, j.noise) for j in judged)
        return Judged(*(torch.cat(parts) for parts in zip(*fields, strict=True)))

    def _keep_if_best(self, losses: Tensor, offset: float) -> None:
        """Keep this epoch unless it is worse than the one of least loss by more than one standard error of the difference.

        A short recording has few held-out targets, and the least of their noisy mean losses comes too early: this rule
        (the one-standard-error rule of Breiman et al. 1984, in favour of the longer trained) gained 0.3 dB on Bumps.
        """
        if not self._best or losses.mean() < self._least.mean():
            self._least = losses.clone()
        worse = losses - self._least
        if worse.mean() <= worse.std() / len(worse) ** 0.5:
            self._best_epoch, self._best_calibration = self._epoch, offset
            self._best = {name: tensor.detach().clone() for name, tensor in self.network.state_dict().items()}

    @torch.inference_mode()
    def _preview(self, offset: float) -> list[float | None]:
        """The estimate of the preview stretch, in the unit of the series; None where there is none."""
        samples, first, length = self.batches.samples, self.network.first, self.config.window.length
        index = self.batches.index(self._preview_starts)
        self.network.eval()
        mean, log_variance = self._asked(index)
        prior = excess_variance(self._loss, log_variance, offset)
        x, _ = estimated(mean, prior, samples.noisy[index], samples.noise_variance[index], self.config)
        begin = int(self._preview_starts[0])
        joined = overlap_add(
            x[:, first:].cpu().double().numpy(),
            self._preview_starts - begin + first,
            n=int(self._preview_starts[-1]) - begin + length,
            weights=taper(length, power=2)[first:],
        )
        return _plain(self.batches.unwhitened(self.batches.scaler.invert(joined), begin))

    def _preview_stretch(self) -> slice:
        return slice(int(self._preview_starts[0]), int(self._preview_starts[-1]) + self.config.window.length)

    def _out_of_patience(self) -> bool:
        return self._epoch - self._best_epoch >= self.config.training.patience

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs; valid after an EpochEnd. Tensors and plain values only."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "epoch": self._epoch,
            "best": self._best,
            "best_calibration": self._best_calibration,
            "least": self._least,
            "best_epoch": self._best_epoch,
            "history": [list(pair) for pair in self._history],
            "elapsed_s": self._elapsed_s,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue where `state` was taken: on the CPU the weights become those of an uninterrupted run, bit for bit."""
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self._epoch, self._best_epoch = state["epoch"], state["best_epoch"]
        self._best, self._best_calibration, self._least = dict(state["best"]), state["best_calibration"], state["least"]
        self._history = [(train, valid) for train, valid in state["history"]]
        self._elapsed_s = state["elapsed_s"]

    def best(self) -> TrainedDenoiser:
        """The network of the best epoch so far.

        Raises
        ------
        RunError
            Before the first epoch has ended.
        """
        if not self._best:
            raise RunError("The training was stopped before its first epoch had ended, so there is nothing to keep yet.")
        network = copy.deepcopy(self.network)
        network.load_state_dict(self._best)
        return TrainedDenoiser(
            network=network.eval(),
            config=self.config,
            channels=self.batches.channels,
            calibration=self._best_calibration,
            best_epoch=self._best_epoch,
            history=tuple(self._history),
        )


def _plain(values: Float64Array) -> list[float | None]:
    """Numbers that JSON can hold; None for NaN."""
    return [None if np.isnan(v) else float(v) for v in values]


def train(data: Series | Sequence[Series] | TrainingSet, config: RunConfig) -> Iterator[Event]:
    """Train a network and say how it goes; the last event, `Finished`, carries the model.

    Raises
    ------
    SettingsError, DataError, RunError
        See `Trainer`; RunError if the loss becomes infinite.
    """
    return Trainer(data, config).run()


def fit(
    data: Series | Sequence[Series] | TrainingSet,
    config: RunConfig | None = None,
    *,
    on_event: Callable[[Event], object] | None = None,
) -> TrainedDenoiser:
    """Drain `train` and return its model; without a config the one suggested for the first series is used."""
    from denoise_core.suggestions import for_channels, suggest

    data = TrainingSet.of(data)
    for event in train(data, config or for_channels(suggest(data.noisy[0]), data.channels)):
        if on_event is not None:
            on_event(event)
        if isinstance(event, Finished):
            return event.trained
    raise AssertionError("train() always ends with Finished")
