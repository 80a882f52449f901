"""Train the spectrum estimator of the noise: ``python -m denoise_core.instant.pretraining.spectrum_training --out FOLDER``.

FOLDER gets describer.npz, again and again as the training goes, and ``--from-weights`` starts from such a file. The records are
synthetic signals with noise of any spectrum, never a user's.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from denoise_core.dsp.gaps import Mask, interpolate_gaps
from denoise_core.instant.pretraining import synthetic
from denoise_core.instant.pretraining.coloured_noise import draw_spectra, in_bins, synthesise
from denoise_core.instant.pretraining.shapes import Rng, log_uniform
from denoise_core.instant.pretraining.spectrum_network import SpectrumNetwork
from denoise_core.noise.spectrum_estimator import network_inputs
from denoise_core.noise.time_frequency import features
from denoise_core.series import Float32Array, Float64Array

_SAMPLES = 2**17  # drawn at once
_LENGTHS, _HOW_OFTEN = (512, 1024, 2048, 4096, 8192), (0.1, 0.3, 0.4, 0.15, 0.05)
_NOISES = 3  # that each signal is used with
_BATCH, _SAVED_EVERY = 64, 1000


class _Record(NamedTuple):
    """Network inputs, log power of the noise in bins, reference of the features, and whether the noise is white."""

    rows: Float32Array
    power: Float64Array
    reference: float
    white: bool


@dataclass(frozen=True, kw_only=True)
class Records:
    """Inputs of the network and its targets, relative to each record's own reference.

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

    def select(self, index: Tensor) -> Records:
        """Those at `index`."""
        return Records(**{part.name: getattr(self, part.name)[index] for part in fields(self)})


def draw_records(rng: Rng, count: int) -> Records:
    """`count` records or a few more, of many lengths, with SNRs from none to 20,000; some with gaps, some rounded."""
    records: list[_Record] = []
    while len(records) < count:
        length = int(rng.choice(_LENGTHS, p=_HOW_OFTEN))
        clean = synthetic.clean_signals(rng, _SAMPLES // length, length)
        for _ in range(_NOISES):
            records += _add_noise(rng, clean)
    rows, power, reference, white = zip(*records, strict=True)
    offset = torch.tensor(reference, dtype=torch.float32)
    return Records(
        rows=torch.from_numpy(np.stack(rows)),
        power=torch.from_numpy(np.stack(power).astype(np.float32)) - offset[:, None],
        variance=-offset,
        white=torch.tensor(white, dtype=torch.float32),
    )


def _add_noise(rng: Rng, clean: Float64Array) -> Iterator[_Record]:
    """A record of each row, with noise of variance 1, that is long enough despite its gaps."""
    count, length = clean.shape
    power = draw_spectra(rng, count, length)
    noise = synthesise(rng, power)
    level, varies = np.zeros(clean.shape), np.asarray(rng.random(count) < 0.5)
    if varies.any():
        level[varies] = synthetic.log_envelope(rng, clean[varies])
    noisy = rng.choice([-1.0, 1.0], (count, 1)) * clean * _snr(rng, count) + np.exp(level) * noise
    step = log_uniform(rng, 0.05, 2.0, count) * (rng.random((count, 1)) < 0.05)
    noisy = np.where(step > 0, np.round(noisy / np.maximum(step, 1e-9)) * step, noisy)
    true = np.log(np.maximum(in_bins(power), 1e-7) + step**2 / 12)
    for values, bins, white in zip(noisy, true, np.ptp(power, axis=1) == 0.0, strict=True):
        missing = _missing(rng, length)
        measured = features(interpolate_gaps(values, missing=missing), missing)
        if measured is not None:
            yield _Record(network_inputs(measured[0], length), bins, measured[1], bool(white))


def _snr(rng: Rng, count: int) -> Float64Array:
    """Mostly as in recordings, seldom far higher; in a few rows there is no signal."""
    usual = rng.random((count, 1)) < 0.96
    snr = np.where(usual, log_uniform(rng, 0.3, 40.0, count), log_uniform(rng, 20.0, 2e4, count))
    return np.asarray(snr * (rng.random((count, 1)) > 0.04))


def _missing(rng: Rng, length: int) -> Mask:
    """In one record of ten single samples, and in half of these a stretch."""
    missing = rng.random(length) < np.exp(rng.uniform(np.log(0.003), np.log(0.05)))
    if rng.random() < 0.5:
        start = rng.integers(length // 2)
        missing[start : start + rng.integers(length // 3)] = True
    missing[[0, -1]] = False
    return np.asarray(missing & (rng.random() < 0.1))


def loss(network: SpectrumNetwork, records: Records) -> Tensor:
    """Robust likelihoods of the log powers and of the log variance, and the cross entropy of whiteness."""
    bins, level = network(records.rows)
    parts = ((bins[:, 0] - records.power, bins[:, 1]), (level[:, 0] - records.variance, level[:, 1]))
    total = 0.5 * functional.binary_cross_entropy_with_logits(level[:, 2], records.white)
    for error, spread in parts:
        bounded = spread.clamp(-4.0, 2.5)
        relative = error / bounded.exp()
        total = total + functional.smooth_l1_loss(relative, torch.zeros_like(relative)) + bounded.mean()
    return total


def train(
    records: Records, network: SpectrumNetwork, *, minutes: float, rate: float, save: Callable[[SpectrumNetwork], object]
) -> None:
    """Save the moving average of the network's weights during a training of this duration, with a cosine schedule."""
    average, optimiser = copy.deepcopy(network), torch.optim.AdamW(network.parameters(), rate, weight_decay=1e-2)
    began, done = time.perf_counter(), 0
    while (progress := (time.perf_counter() - began) / 60.0 / minutes) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (done + 1) / 100) * (0.5 * (1.0 + np.cos(np.pi * progress)) + 0.003)
        value = loss(network, records.select(torch.randint(0, len(records.rows), (_BATCH,))))
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        done += 1
        keep = min(0.998, 1.0 - 1.0 / (1.0 + 0.05 * done))
        with torch.no_grad():
            for slow, quick in zip(average.parameters(), network.parameters(), strict=True):
                slow.lerp_(quick, 1.0 - keep)
        if done % _SAVED_EVERY == 0:
            save(average)
    save(average)


def export(network: SpectrumNetwork, folder: Path) -> None:
    """describer.npz, its matrices in half precision."""
    parts = {name: value.detach().numpy() for name, value in network.named_parameters()}
    halved = {name: value.astype(np.float16 if value.ndim > 1 else np.float32) for name, value in parts.items()}
    np.savez(folder / "describer.npz", **halved)  # type: ignore[arg-type]


def start_from(network: SpectrumNetwork, weights: Path) -> None:
    """Load what `export` wrote."""
    with np.load(weights) as file:
        network.load_state_dict({name: torch.from_numpy(file[name].astype(np.float32)) for name in file.files})


def main(arguments: list[str]) -> None:
    """The command line of the module."""
    parser = argparse.ArgumentParser(prog="python -m denoise_core.instant.pretraining.spectrum_training", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--records", type=int, default=36_000)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--from-weights", type=Path, help="start from this describer.npz, not from random weights")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    chosen.out.mkdir(parents=True, exist_ok=True)
    records = draw_records(np.random.default_rng([77, chosen.seed]), chosen.records)
    torch.manual_seed(chosen.seed)
    network = SpectrumNetwork()
    if chosen.from_weights:
        start_from(network, chosen.from_weights)
    train(records, network, minutes=chosen.minutes, rate=chosen.rate, save=lambda average: export(average, chosen.out))


if __name__ == "__main__":
    main(sys.argv[1:])
