"""The one training loop: a generator of events, stopped by no longer asking."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from denoise_core.allocator import keep_freed_memory
from denoise_core.config import RunConfig, TrainingConfig
from denoise_core.dataset.prepared_data import prepare_data
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError
from denoise_core.model.denoiser import TrainedDenoiser
from denoise_core.model.device import resolve_device
from denoise_core.model.losses import LOSSES
from denoise_core.networks import Network
from denoise_core.series import Series
from denoise_core.training.budget import TRIAL_EPOCHS, epochs_within
from denoise_core.training.events import EpochEnd, Event, Finished, Started, StepEnd
from denoise_core.training.optimisation import OPTIMIZERS, SCHEDULES, update_average
from denoise_core.training.precision import can_use_bfloat16, uses_bfloat16
from denoise_core.training.predictions import forward_targets, predict_held_out
from denoise_core.training.preview import Preview
from denoise_core.training.progress import Progress
from denoise_core.training.seeding import temporary_seed
from denoise_core.training.start import build_start, learning_rate
from denoise_core.training.window_sampler import WindowSampler


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
        See `prepare_data`.
    """

    def __init__(self, data: Series | Sequence[Series] | TrainingSet, config: RunConfig) -> None:
        prepared = prepare_data(TrainingSet.of(data), config)
        self.config, self.device = config, resolve_device(config.training.device)
        keep_freed_memory()
        self.sampler = WindowSampler(prepared, config, self.device)
        self.network = self._build_network()
        self._kept = copy.deepcopy(self.network) if config.training.averaging else self.network
        self._weights, self._averages = list(self.network.parameters()), list(self._kept.parameters())
        self._loss = LOSSES[config.objective.loss]
        self._bfloat16 = uses_bfloat16(config, self.device)
        training = self._training()
        self._optimizer = OPTIMIZERS[training.optimizer](self.network.parameters(), training)
        self._schedule = SCHEDULES[training.schedule](self._optimizer, training)
        self._valid_starts = self.sampler.valid_starts(self.network.first)
        self._preview = Preview(prepared.preview_series, self.sampler.first_input, config)
        self._progress = Progress()

    def _build_network(self) -> Network:
        samples = self.sampler.samples
        with temporary_seed(self.device, self.config.training.seed):
            network = build_start(self.config, channels=len(self.sampler.channel_names)).to(self.device)
        noise_variance = float(samples.noise_variance.mean())
        network.prepare(self.sampler.seen_in_training(), samples.target, samples.train, noise_variance=noise_variance)
        return network

    def run(self) -> Iterator[Event]:
        """Started, then StepEnd after each step and EpochEnd after each epoch, and Finished; stop by closing the generator."""
        training, progress = self.config.training, self._progress
        if training.minutes and not progress.epoch:
            self._fill_time()
            training, progress = self.config.training, self._progress
        yield self._start_event()
        try:
            while progress.epoch < training.epochs and not progress.out_of_patience(training.patience):
                yield from self._run_epoch()
            yield Finished(
                trained=self.best(),
                reason="completed" if progress.epoch >= training.epochs else "patience",
                best_epoch=progress.best_epoch,
                epochs=progress.epoch,
                elapsed_s=progress.elapsed_s,
            )
        finally:
            if self.device.type == "cuda":
                torch.cuda.empty_cache()

    def _fill_time(self) -> None:
        """Set the epochs to as many as fit the time, by the pace of a trial; the trial leaves nothing else behind."""
        untouched, seconds = copy.deepcopy(self.state()), 0.0
        for _ in range(TRIAL_EPOCHS):
            before = self._progress.elapsed_s
            for _event in self._run_epoch():
                pass
            seconds = self._progress.elapsed_s - before
        self.restore(untouched)
        self._set_epochs(epochs_within(self.config.training.minutes, seconds))

    def _set_epochs(self, epochs: int) -> None:
        """Another number of epochs than set: the learning rate rises and falls over them, and patience does not end them."""
        self.config = self.config.replace("training.epochs", epochs).replace("training.patience", epochs)
        training = self._training()
        self._schedule = SCHEDULES[training.schedule](self._optimizer, training)

    def _training(self) -> TrainingConfig:
        """The settings of the optimiser, with the learning rate that suits the first weights."""
        return replace(self.config.training, learning_rate=learning_rate(self.config))

    def _start_event(self) -> Started:
        return Started(
            samples=len(self.sampler.samples.target),
            parameters=sum(p.numel() for p in self.network.parameters()),
            epochs=self.config.training.epochs,
            steps=self.config.training.steps,
            first_epoch=self._progress.epoch + 1,
            device=self.device.type,
            noise_sd=next(iter(self.sampler.channels.values())).noise_sd,
            preview_start=self._preview.start,
            preview_noisy=self._preview.noisy,
        )

    def _run_epoch(self) -> Iterator[StepEnd | EpochEnd]:
        began, done = time.perf_counter(), self._progress.epoch
        losses: list[Tensor] = []
        self.network.train()
        for step, starts in enumerate(self.sampler.train_starts(done + 1), done * self.config.training.steps_per_epoch + 1):
            with temporary_seed(self.device, self.config.training.seed, step):
                losses.append(self._step(starts, step))
            if over := self.config.training.averaging:
                update_average(self._averages, self._weights, step=step, over=over)
            yield StepEnd(step=step)
        yield self._end_epoch(losses, began)

    def _step(self, starts: NDArray[np.int64], step: int) -> Tensor:
        self._optimizer.zero_grad(set_to_none=True)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._bfloat16):
            predictions = forward_targets(self.network, self.sampler, starts, "train", step=step)
        loss = predictions.losses(self._loss).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._weights, self.config.training.gradient_clip)
        self._optimizer.step()
        self._schedule.step()
        return loss.detach()

    def _end_epoch(self, losses: list[Tensor], began: float) -> EpochEnd:
        training, progress = self.config.training, self._progress
        progress.epoch += 1
        rate = float(self._schedule.get_last_lr()[0])
        train_loss = float(torch.stack(losses).mean())
        trained_s = time.perf_counter() - began
        held_out = predict_held_out(self._kept, self.sampler, self._valid_starts)
        valid_losses = held_out.losses(self._loss)
        valid_loss = float(valid_losses.mean())
        if not np.isfinite(train_loss + valid_loss):
            raise RunError(
                f"Training diverged in epoch {progress.epoch}: the loss is not finite. Choose a smaller learning rate."
            )
        progress.history.append((train_loss, valid_loss))
        calibration = held_out.calibration(self._loss)
        patient = 0.0 if self.config.starts_pretrained else 1.0
        progress.keep_if_best(self._kept.state_dict(), valid_losses, calibration, standard_errors=patient)
        preview, error = self._preview.of(self._denoiser(self._kept, calibration))
        progress.elapsed_s += time.perf_counter() - began
        return EpochEnd(
            epoch=progress.epoch,
            step=progress.epoch * training.steps_per_epoch,
            train_loss=train_loss,
            valid_loss=valid_loss,
            best_epoch=progress.best_epoch,
            learning_rate=rate,
            elapsed_s=progress.elapsed_s,
            targets_per_s=training.steps_per_epoch * training.batch_size * self.config.window.length / trained_s,
            preview=preview,
            error=error,
        )

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs; valid after an EpochEnd. Tensors and plain values only."""
        return {
            "network": self.network.state_dict(),
            "average": self._kept.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "bfloat16": self._bfloat16,
            "epochs": self.config.training.epochs,
            **self._progress.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue where `state` was taken: on the same CPU the weights become those of an uninterrupted run, bit for bit."""
        if self.config.training.minutes:
            self._set_epochs(state["epochs"])
        self._kept.load_state_dict(state.get("average", state["network"]))
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self._bfloat16 = state.get("bfloat16", False) and can_use_bfloat16(self.device)
        self._progress = Progress.from_state(state, self.device)

    def best(self) -> TrainedDenoiser:
        """The network of the best epoch so far.

        Raises
        ------
        RunError
            Before the first epoch has ended.
        """
        if not self._progress.best_weights:
            raise RunError("The training stopped before its first epoch ended, so there is no network to keep yet.")
        network = copy.deepcopy(self.network)
        network.load_state_dict(self._progress.best_weights)
        return self._denoiser(network.eval(), self._progress.best_calibration)

    def _denoiser(self, network: Network, calibration: float) -> TrainedDenoiser:
        return TrainedDenoiser(
            network=network,
            config=self.config,
            channels=self.sampler.channels,
            calibration=calibration,
            best_epoch=self._progress.best_epoch,
            history=tuple(self._progress.history),
        )


def train(data: Series | Sequence[Series] | TrainingSet, config: RunConfig) -> Iterator[Event]:
    """Train a network and report on it; the last event, `Finished`, carries the model.

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
