"""Train the network on synthetic signals: ``python -m denoise_core.instant.pretraining --out FOLDER --minutes 30 [--resume]``.

FOLDER keeps a checkpoint, the log of validation scores, and in the end pretrained.safetensors and
pretrained.onnx.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from denoise_core.allocator import keep_freed_memory
from denoise_core.files.atomic_io import replace_by
from denoise_core.instant.conditioning import CONDITIONS
from denoise_core.instant.guess import GUESS_ROWS
from denoise_core.instant.pretraining import synthetic
from denoise_core.instant.pretraining.network import INPUTS, MULTIPLE, UNet, warm_start
from denoise_core.instant.pretraining.shapes import Rng
from denoise_core.series import Float64Array

VALIDATION_SEED = 2**31
"""Seed of the validation signals; training takes [seed, chunk] with smaller seeds."""

_SAVED_EVERY = 60.0  # seconds
_CHUNK, _PASSES = 2**20, 3  # samples of signals drawn at once, and how often each is used, with new noise
_PRECISE_FROM = 0.75  # of the way: before, the inner levels compute in bfloat16
_LEAST_ERROR = 0.01  # share of the noise variance below which a window's error counts no more
_HARM_WEIGHT, _SD_WEIGHT, _LEVEL_WEIGHT = 2.0, 0.2, 0.5


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A training: steps of `samples` in windows of one of the `lengths`, until `steps` are done or `minutes` have passed."""

    seed: int = 0
    samples: int = 2**14
    lengths: tuple[int, ...] = (2048, 1024)
    rate: float = 2e-3
    steps: int | None = None
    minutes: float = 30.0

    def progress(self, done: int, seconds: float) -> float:
        """Share of the training that is done, 0 .. 1."""
        return min(1.0, done / self.steps if self.steps else seconds / 60.0 / self.minutes)


class Mirrored(Protocol):
    """Windows that can be turned over and backwards."""

    def mirrored(self) -> Self:
        """The same rows turned over and backwards."""


Made = TypeVar("Made", bound=Mirrored)


class Windows(Generic[Made]):
    """The windows of each step: the same for the same seed, wherever a training was resumed. The next are made meanwhile.

    Making them costs as much as a step: each second step takes those of the first, turned over and backwards.

    `make` puts noise on rows of clean signal: ``make(rng, clean)``.
    """

    def __init__(self, plan: Plan, make: Callable[[Rng, Float64Array], Made]) -> None:
        self._plan, self._make_batch, self._chunk = plan, make, (-1, np.zeros((0, 0)))
        self._maker = ThreadPoolExecutor(max_workers=1)
        self._coming: tuple[int, Future[Made]] | None = None
        self._current: tuple[int, Made | None] = (-1, None)

    def at(self, step: int) -> Made:
        """The windows of `step`."""
        pair, second = divmod(step, 2)
        number, made = self._current
        if made is None or number != pair:
            coming, future = self._coming or (-1, None)
            made = future.result() if future and coming == pair else self._make(pair)
            self._current = (pair, made)
            self._coming = (pair + 1, self._maker.submit(self._make, pair + 1))
        return made.mirrored() if second else made

    def _make(self, pair: int) -> Made:
        seed, samples = self._plan.seed, self._plan.samples
        per_chunk = _CHUNK // samples
        chunk, within = divmod(pair, per_chunk * _PASSES)
        length = self._plan.lengths[chunk % len(self._plan.lengths)]
        if self._chunk[0] != chunk:
            rng = np.random.default_rng([seed, chunk])
            self._chunk = (chunk, synthetic.clean_signals(rng, _CHUNK // length, length))
        rng = np.random.default_rng([seed, chunk, 1 + within])
        order = np.random.default_rng([seed, chunk, 0, within // per_chunk]).permutation(_CHUNK // length)
        rows = order[(within % per_chunk) * (samples // length) :][: samples // length]
        clean = self._chunk[1][rows] * rng.choice([-1.0, 1.0], (len(rows), 1))
        return self._make_batch(rng, clean if rng.random() < 0.5 else clean[:, ::-1])


class Training:
    """Network, its moving average, optimiser, and where it is in the data: all that a checkpoint holds."""

    def __init__(self, plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.done, self.seconds = plan, 0, 0.0
        self.network, self.windows = self._build(), self._windows()
        self.average = copy.deepcopy(self.network)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), plan.rate, betas=(0.9, 0.98), weight_decay=1e-3)

    def _build(self) -> Any:
        """The network, an nn.Module, with its first weights."""
        return UNet()

    def _windows(self) -> Windows[Any]:
        return Windows(self.plan, synthetic.batch)

    def _loss(self, made: Any, progress: float) -> Tensor:
        """The loss of windows as `_windows` draws them, when this share of the training is done."""
        inputs, condition = torch.from_numpy(made.inputs), torch.from_numpy(made.condition)
        return loss(self.network(inputs, condition, rough=progress < _PRECISE_FROM), made)

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on; the data follow from `done` and the seed."""
        parts = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        return {**parts, "done": self.done, "seconds": self.seconds}

    def restore(self, state: dict[str, Any]) -> None:
        for name in ("network", "average", "optimiser"):
            getattr(self, name).load_state_dict(state[name])
        self.done, self.seconds = state["done"], state["seconds"]

    def step(self) -> float:
        """One step of the optimiser; returns the loss."""
        began = time.perf_counter()
        progress = self.plan.progress(self.done, self.seconds)
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate * _rate(progress, self.done)
        value = self._loss(self.windows.at(self.done), progress)
        self.optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self._update_average()
        self.done += 1
        self.seconds += time.perf_counter() - began
        return float(value.detach())

    def _update_average(self) -> None:
        """The average forgets over a twentieth of the way, at most 1,000 steps."""
        keep = min(0.999, 1.0 - 1.0 / (1.0 + 0.05 * self.done))
        with torch.no_grad():
            for slow, quick in zip(self.average.parameters(), self.network.parameters(), strict=True):
                slow.lerp_(quick, 1.0 - keep)


def _rate(progress: float, done: int) -> float:
    """Rises over 100 steps, holds, and falls to a hundredth over the last 60 % of the way."""
    falling = max(0.0, (progress - 0.4) / 0.6)
    return float(min(1.0, (done + 1) / 100.0) * (0.01 + 0.99 * 0.5 * (1.0 + np.cos(np.pi * falling))))


def loss(outputs: Tensor, made: synthetic.Batch) -> Tensor:
    """``mean log(MSE / sigma^2 + 0.01)`` over windows, and again what of it is worse than no denoising.

    The likelihood of the error's sd, which moves no estimate, and the error of the noise level are added.
    """
    inputs, clean, level = (torch.from_numpy(part) for part in (made.inputs, made.clean, made.level))
    error = inputs[:, 0] - outputs[:, 0] - clean
    observed = inputs[:, 1]
    squared = (error**2 * observed).sum(dim=1) / observed.sum(dim=1)
    before = ((inputs[:, 0] - clean) ** 2 * observed).sum(dim=1) / observed.sum(dim=1)
    harm = functional.relu(torch.log((squared + _LEAST_ERROR) / (before + _LEAST_ERROR))).mean()
    spread = outputs[:, 1].clamp(-6.0, 6.0)
    likelihood = (0.5 * error.detach() ** 2 * torch.exp(-2.0 * spread) + spread).mean()
    levels = functional.smooth_l1_loss(outputs[:, 2], level)
    gaps = functional.smooth_l1_loss(error * (1.0 - observed), torch.zeros_like(error))
    return (
        torch.log(squared + _LEAST_ERROR).mean()
        + _HARM_WEIGHT * harm
        + _SD_WEIGHT * likelihood
        + _LEVEL_WEIGHT * levels
        + 0.1 * gaps
    )


def validation_batches(count: int = 128, length: int = 1024) -> dict[str, synthetic.Batch]:
    """Synthetic signals that no training seed draws: white noise at SNR 1, 3 and 10; noise as in training, guesses and not."""
    clean = synthetic.clean_signals(np.random.default_rng(VALIDATION_SEED), count, length)
    rng = np.random.default_rng(VALIDATION_SEED + 1)
    white = {f"SNR {snr}": synthetic.batch(rng, clean, snr=np.full((count, 1), float(snr))) for snr in (1, 3, 10)}
    any_noise = synthetic.batch(rng, clean)
    inputs = any_noise.inputs.copy()
    inputs[:, -GUESS_ROWS:] = 0.0
    return {**white, "any noise": any_noise, "any noise, no guess": replace(any_noise, inputs=inputs)}


@torch.no_grad()
def score(network: UNet, batches: dict[str, synthetic.Batch]) -> dict[str, tuple[float, float, float]]:
    """For each: mean gain in dB, the share of samples within 1.645 stated sd of the truth, and that of rows harmed by 0.1 dB."""
    scores = {}
    for name, batch in batches.items():
        outputs = network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.condition)).numpy()
        error = batch.inputs[:, 0] - outputs[:, 0] - batch.clean
        before = np.mean((batch.inputs[:, 0] - batch.clean) ** 2, axis=1)
        gain = 10 * np.log10(before / np.mean(error**2, axis=1))
        inside = np.abs(error) < 1.645 * np.exp(outputs[:, 1])
        scores[name] = (float(gain.mean()), float(inside.mean()), float(np.mean(gain < -0.1)))
    return scores


def train(training: Training, *, save: Callable[[], object], say: Callable[[str], object], every: int = 1000) -> None:
    """Steps until the plan is fulfilled; says the validation score and saves as it goes."""
    batches, losses, saved = validation_batches(), [], training.seconds
    while training.plan.progress(training.done, training.seconds) < 1.0:
        losses.append(training.step())
        if training.seconds > saved + _SAVED_EVERY:
            saved = training.seconds
            save()
        if training.done % every == 0 or training.plan.progress(training.done, training.seconds) >= 1.0:
            scores = score(training.average, batches)
            gains = ", ".join(
                f"{name}: {gain:.2f} dB, covers {inside:.1%}, harms {harm:.1%}" for name, (gain, inside, harm) in scores.items()
            )
            say(f"step {training.done}, {training.seconds / 60:.1f} min, loss {np.mean(losses):.3f}; validation {gains}")
            losses = []
            save()


def export(network: UNet, folder: Path) -> None:
    """pretrained.safetensors and pretrained.onnx, for any number of windows of any length that is a multiple of `MULTIPLE`."""
    network = network.eval()
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, folder / "pretrained.safetensors")
    windows = torch.export.Dim("windows")
    shape = {"series": {0: windows, 2: MULTIPLE * torch.export.Dim("blocks")}, "condition": {0: windows}}
    example = (torch.zeros(2, INPUTS, 8 * MULTIPLE), torch.zeros(2, CONDITIONS))
    program = torch.onnx.export(
        network,
        example,
        input_names=["series", "told"],
        output_names=["noise_and_log_sds"],
        dynamic_shapes=shape,
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    program.save(str(folder / "pretrained.onnx"), external_data=False)


def main(arguments: list[str]) -> None:
    """The command line of the pretraining; see the module."""
    parser = argparse.ArgumentParser(prog="python -m denoise_core.instant.pretraining", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, log and weights")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long to train in all, on one core")
    parser.add_argument("--steps", type=int, help="train for this many steps instead: the same bits each time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--from-weights", type=Path, help="start from these weights (safetensors), not from random ones")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in the folder")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    keep_freed_memory()
    chosen.out.mkdir(parents=True, exist_ok=True)
    training, checkpoint = (
        Training(Plan(seed=chosen.seed, steps=chosen.steps, minutes=chosen.minutes, rate=chosen.rate)),
        chosen.out / "checkpoint.pt",
    )
    if chosen.from_weights:
        for network in (training.network, training.average):
            warm_start(network, load_file(chosen.from_weights))
    if chosen.resume:
        training.restore(torch.load(checkpoint, weights_only=True))
    train(
        training,
        save=lambda: save_checkpoint(training.state(), checkpoint),
        say=lambda line: say_line(line, chosen.out / "log.txt"),
    )
    export(training.average, chosen.out)


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Whole or not at all."""
    replace_by(path, lambda temporary: torch.save(state, temporary))


def say_line(line: str, log: Path) -> None:
    """A line on the screen and in the log."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    with log.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
