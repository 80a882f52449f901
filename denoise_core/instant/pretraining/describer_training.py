"""Train the network that describes the noise: ``python -m denoise_core.instant.pretraining.describer_training --out FOLDER``.

FOLDER gets describer.npz. The records are of the prior's synthetic family, with noise of any colour, and never a user's.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from denoise_core.instant.pretraining import synthetic
from denoise_core.instant.pretraining.coloured_noise import draw_spectra, in_bins
from denoise_core.instant.pretraining.describer_network import Describer
from denoise_core.instant.pretraining.shapes import Rng, log_uniform
from denoise_core.noise.describer import inputs
from denoise_core.noise.time_frequency import features
from denoise_core.series import Float32Array, Float64Array

_SAMPLES = 2**17  # drawn at once
_LENGTHS, _HOW_OFTEN = (512, 1024, 2048, 4096, 8192), (0.1, 0.3, 0.4, 0.15, 0.05)
_NOISES = 3  # that each signal is used with
_BATCH, _RATE = 64, 2e-3
_Record = tuple[Float32Array, Float64Array, float, bool]


@dataclass(frozen=True, kw_only=True)
class Records:
    """What the network sees of each record, and what it is to say; relative to the record's own reference.

    Parameters
    ----------
    rows : (count, CHANNELS + EXTRA, BINS)
    power : (count, BINS)
        Log of the noise's power.
    variance : (count,)
        Log of the noise's variance.
    white : (count,)
        1 where the noise is white.
    """

    rows: Tensor
    power: Tensor
    variance: Tensor
    white: Tensor

    def some(self, index: Tensor) -> Records:
        """Those at `index`."""
        return Records(**{part.name: getattr(self, part.name)[index] for part in fields(self)})


def draw_records(rng: Rng, count: int) -> Records:
    """`count` records or a few more, of many lengths, with SNRs from none to 20,000; some with gaps, some rounded."""
    found: list[_Record] = []
    while len(found) < count:
        length = int(rng.choice(_LENGTHS, p=_HOW_OFTEN))
        clean = synthetic.clean_signals(rng, _SAMPLES // length, length)
        for _ in range(_NOISES):
            found += _described(rng, clean)
    rows, power, reference, white = zip(*found, strict=True)
    offset = torch.tensor(reference, dtype=torch.float32)
    return Records(
        rows=torch.from_numpy(np.stack(rows)),
        power=torch.from_numpy(np.stack(power).astype(np.float32)) - offset[:, None],
        variance=-offset,
        white=torch.tensor(white, dtype=torch.float32),
    )


def _described(rng: Rng, clean: Float64Array) -> list[_Record]:
    """Inputs, log power of the noise in bins, reference and whether it is white, of each row with noise of variance 1."""
    count, length = clean.shape
    power = draw_spectra(rng, count, length)
    spectrum = rng.standard_normal(power.shape) + 1j * rng.standard_normal(power.shape)
    noise = np.fft.irfft(spectrum * np.sqrt(power), n=2 * length, axis=1)[:, :length] * np.sqrt(length)
    level = synthetic.moving_levels(rng, clean) * (rng.random((count, 1)) < 0.5)
    noisy = rng.choice([-1.0, 1.0], (count, 1)) * clean * _snr(rng, count) + np.exp(level) * noise
    step = log_uniform(rng, 0.05, 2.0, count) * (rng.random((count, 1)) < 0.05)
    noisy = np.where(step > 0, np.round(noisy / np.maximum(step, 1e-9)) * step, noisy)
    true = np.log(np.maximum(in_bins(power), 1e-7) + step**2 / 12)
    found: list[_Record] = []
    for values, bins, white in zip(noisy, true, np.ptp(power, axis=1) == 0.0, strict=True):
        missing = _missing(rng, length)
        index = np.arange(length)
        seen = features(np.interp(index, index[~missing], values[~missing]), missing)
        if seen is not None:
            found.append((inputs(seen[0], length), bins, seen[1], bool(white)))
    return found


def _snr(rng: Rng, count: int) -> Float64Array:
    """Mostly as recordings have it, seldom far higher, in a few rows none."""
    usual = rng.random((count, 1)) < 0.96
    snr = np.where(usual, log_uniform(rng, 0.3, 40.0, count), log_uniform(rng, 20.0, 2e4, count))
    return np.asarray(snr * (rng.random((count, 1)) > 0.04))


def _missing(rng: Rng, length: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """In one record of ten single samples, and in half of these a stretch."""
    missing = rng.random(length) < np.exp(rng.uniform(np.log(0.003), np.log(0.05)))
    if rng.random() < 0.5:
        start = rng.integers(length // 2)
        missing[start : start + rng.integers(length // 3)] = True
    missing[[0, -1]] = False
    return np.asarray(missing & (rng.random() < 0.1))


def loss(network: Describer, made: Records) -> Tensor:
    """Robust likelihoods of the log powers and of the log variance, and the cross entropy of whiteness."""
    bins, level = network(made.rows)
    parts = ((bins[:, 0] - made.power, bins[:, 1]), (level[:, 0] - made.variance, level[:, 1]))
    total = 0.5 * functional.binary_cross_entropy_with_logits(level[:, 2], made.white)
    for error, spread in parts:
        bounded = spread.clamp(-4.0, 2.5)
        scaled = error / bounded.exp()
        total = total + functional.smooth_l1_loss(scaled, torch.zeros_like(scaled)) + bounded.mean()
    return total


def train(made: Records, *, minutes: float, seed: int = 0) -> Describer:
    """The moving average of a network that was trained for so long, the learning rate falling as a cosine."""
    torch.manual_seed(seed)
    network = Describer()
    average, optimiser = copy.deepcopy(network), torch.optim.AdamW(network.parameters(), _RATE, weight_decay=1e-2)
    began, done = time.perf_counter(), 0
    while (progress := (time.perf_counter() - began) / 60.0 / minutes) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, (done + 1) / 100) * (0.5 * (1.0 + np.cos(np.pi * progress)) + 0.003)
        value = loss(network, made.some(torch.randint(0, len(made.rows), (_BATCH,))))
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        done += 1
        keep = min(0.998, 1.0 - 1.0 / (1.0 + 0.05 * done))
        with torch.no_grad():
            for slow, quick in zip(average.parameters(), network.parameters(), strict=True):
                slow.lerp_(quick, 1.0 - keep)
    return average


def export(network: Describer, folder: Path) -> None:
    """describer.npz, its matrices in half precision."""
    parts = {name: value.detach().numpy() for name, value in network.named_parameters()}
    halved = {name: value.astype(np.float16 if value.ndim > 1 else np.float32) for name, value in parts.items()}
    np.savez(folder / "describer.npz", **halved)  # type: ignore[arg-type]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m denoise_core.instant.pretraining.describer_training", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--records", type=int, default=36_000)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    chosen.out.mkdir(parents=True, exist_ok=True)
    made = draw_records(np.random.default_rng([77, chosen.seed]), chosen.records)
    export(train(made, minutes=chosen.minutes, seed=chosen.seed), chosen.out)


if __name__ == "__main__":
    main(sys.argv[1:])
