"""Train the LSTM on synthetic signals: ``python -m denoise_core.training.pretraining --out FOLDER --minutes 58 [--resume]``.

FOLDER keeps a checkpoint, the log of validation scores, and in the end pretrained.safetensors.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from denoise_core.allocator import keep_freed_memory
from denoise_core.config import RunConfig
from denoise_core.instant.pretraining import synthetic
from denoise_core.instant.pretraining.trainer import VALIDATION_SEED, Plan, Training, Windows, save_checkpoint, say_line
from denoise_core.model.losses import LOG_VARIANCE_RANGE
from denoise_core.networks import TwoSided, build
from denoise_core.training.precision import can_use_bfloat16
from denoise_core.training.pretraining.examples import Examples, draw_examples

PLAN = Plan(samples=2**14, lengths=(2048, 1024, 4096), rate=4e-3)
_PRECISE_FROM = 0.95  # of the way: before, matrix products are in bfloat16
_LEAST_ERROR = 0.01  # share of the noise variance below which a window's error counts no more
_FORGET = slice(1, 2)  # of the four gates


class LSTMTraining(Training):
    """The default LSTM on records with known truth."""

    def _build(self) -> TwoSided:
        network = cast(TwoSided, build(RunConfig()))
        with torch.no_grad():
            for name, bias in network.backbone.named_parameters():
                if "bias_ih" in name:  # remember, until it has been learned what to forget (Jozefowicz et al. 2015)
                    bias.view(4, -1)[_FORGET] = 1.0
        return network

    def _windows(self) -> Windows[Examples]:
        return Windows(self.plan, draw_examples)

    def _loss(self, made: Examples, progress: float) -> Tensor:
        rough = progress < _PRECISE_FROM and can_use_bfloat16(torch.device("cpu"))
        with torch.autocast("cpu", torch.bfloat16, enabled=rough):
            mean, log_variance = forward(self.network, made)
        return loss(mean.float(), log_variance.float(), made)


def forward(network: TwoSided, made: Examples) -> tuple[Tensor, Tensor]:
    """Mean and log-variance of each sample, each record with its own unit of change."""
    network.step_sd = torch.from_numpy(made.change_unit)
    mean, log_variance = network(torch.from_numpy(made.inputs))
    network.step_sd = torch.ones(())
    return mean, log_variance + torch.from_numpy(made.log_relative_noise)


def loss(mean: Tensor, log_variance: Tensor, made: Examples) -> Tensor:
    """``log(MSE / sigma^2 + 0.01)`` of the estimate that the posterior will make, and the likelihood that training goes on with.

    Both are expectations over the own sample's noise: with ``a = s2 / (s2 + w)`` the estimate errs by
    ``a^2 (mean - x)^2 + (1 - a)^2 s2``, and the noisy sample's likelihood is
    ``(log(s2 + w) + ((mean - x)^2 + s2) / (s2 + w)) / 2``, here less what it is at best.
    """
    clean, s2 = torch.from_numpy(made.clean), torch.from_numpy(made.noise_variance)
    observed = torch.from_numpy(made.inputs)[..., 1]
    ratio = log_variance.clamp(*LOG_VARIANCE_RANGE).exp() / s2
    error = (mean - clean) ** 2 / s2
    likelihood = 0.5 * (torch.log1p(ratio) + (error - ratio) / (1.0 + ratio))
    after = (error + ratio**2) / (1.0 + ratio) ** 2
    weights = observed * s2
    relative = (after * weights).sum(dim=1) / weights.sum(dim=1).clamp_min(1e-12)  # in a gap, all are 0
    return torch.log(relative + _LEAST_ERROR).mean() + likelihood.clamp_max(50.0).mean()


def validation_examples(count: int = 96, length: int = 2048) -> dict[str, Examples]:
    """Records that no training seed draws, in white noise."""
    clean = synthetic.clean_signals(np.random.default_rng(VALIDATION_SEED), count, length)
    return {f"SNR {snr}": draw_examples(np.random.default_rng(VALIDATION_SEED + 1), clean, snr=snr) for snr in (1, 3, 10)}


@torch.no_grad()
def score(network: TwoSided, examples: dict[str, Examples]) -> dict[str, float]:
    """For each: mean gain over windows in dB, after the own sample is put in (in expectation)."""
    gains = {}
    for name, made in examples.items():
        mean, log_variance = forward(network, made)
        ratio = (log_variance.exp() / torch.from_numpy(made.noise_variance)).double()
        error = ((mean - torch.from_numpy(made.clean)) ** 2 / torch.from_numpy(made.noise_variance)).double()
        after = ((error + ratio**2) / (1.0 + ratio) ** 2).mean(dim=1)
        gains[name] = float(-10.0 * torch.log10(after).mean())
    return gains


def train(training: LSTMTraining, folder: Path, *, save_every_s: float = 60.0) -> None:
    """Steps until the plan is fulfilled; says the validation score and saves each minute."""
    examples, losses, saved = validation_examples(), [], time.monotonic()
    while training.plan.progress(training.done, training.seconds) < 1.0:
        losses.append(training.step())
        over = training.plan.progress(training.done, training.seconds) >= 1.0
        if over or time.monotonic() - saved > save_every_s:
            gains = ", ".join(f"{name}: {gain:.2f} dB" for name, gain in score(training.average, examples).items())
            line = f"step {training.done}, {training.seconds / 60:.1f} min, loss {np.mean(losses):.4f}; validation {gains}"
            say_line(line, folder / "log.txt")
            save_checkpoint(training.state(), folder / "checkpoint.pt")
            losses, saved = [], time.monotonic()


def main(arguments: list[str]) -> None:
    """The command line of the pretraining; see the module."""
    parser = argparse.ArgumentParser(prog="python -m denoise_core.training.pretraining", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, log and weights")
    parser.add_argument("--minutes", type=float, default=58.0, help="how long to train in all, on one core")
    parser.add_argument("--steps", type=int, help="train for this many steps instead: the same bits each time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=float, default=PLAN.rate, help="highest learning rate")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in the folder")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    keep_freed_memory()
    chosen.out.mkdir(parents=True, exist_ok=True)
    asked = {"seed": chosen.seed, "steps": chosen.steps, "minutes": chosen.minutes, "rate": chosen.rate}
    training = LSTMTraining(replace(PLAN, **asked))
    if chosen.resume:
        training.restore(torch.load(chosen.out / "checkpoint.pt", weights_only=True))
    train(training, chosen.out)
    save_file(
        {name: value.contiguous() for name, value in training.average.state_dict().items()}, chosen.out / "pretrained.safetensors"
    )
