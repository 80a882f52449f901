"""How fast a core trains: against the classic windowed loop, and against the core's own matrix product, in one run.

    python -m tests.benchmarks.throughput [--quick] [--rounds 5] [--samples 2048]

Times are processor time of this process, which has one thread, so that other programs on the machine disturb them little.
The three measurements take turns; medians over the rounds are printed. A target is one sample whose prediction enters a loss.
--quick: one round.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

import denoise_core as dc
from denoise_core.config import RunConfig
from denoise_core.networks import in_features
from denoise_core.signals import add_noise, ecg_like
from denoise_core.training import Trainer
from denoise_core.training.events import EpochEnd


def ours(series: dc.Series) -> float:
    """Targets per second of the product's loop: steps, validation, preview and events, after one epoch of warming up."""
    trainer = Trainer(series, dc.suggest(series).replace("training.device", "cpu").replace("training.epochs", 9))
    training, began, first = trainer.config.training, 0.0, 0
    for event in trainer.run():
        if isinstance(event, EpochEnd):
            if event.epoch == 1:
                began, first = time.process_time(), event.step
            last = event.step
    seconds = time.process_time() - began
    return (last - first) * training.batch_size * trainer.config.window.length / seconds


class Classic(torch.nn.Module):
    """The recipe of the tutorials: two LSTM layers of 64, the last step through a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(1, 64, 2, batch_first=True)
        self.linear = torch.nn.Linear(64, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        return self.linear(self.lstm(windows)[0][:, -1])


def classic(series: dc.Series, *, window: int = 20, batch: int = 32) -> float:
    """Targets per second of the classic loop: windows w[:-1] -> w[-1] from a DataLoader, MSE, Adam; one epoch."""
    low, high = series.values.min(), series.values.max()
    scaled = torch.from_numpy(((series.values - low) / (high - low)).astype(np.float32))
    windows = scaled.unfold(0, window, 1)
    loader = DataLoader(TensorDataset(windows[:, :-1, None], windows[:, -1:]), batch_size=batch, shuffle=True)
    network = Classic()
    optimizer = torch.optim.Adam(network.parameters())
    began = time.process_time()
    for inputs, targets in loader:
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(network(inputs), targets).backward()
        optimizer.step()
    return len(windows) / (time.process_time() - began)


def gemm(size: int = 1024, *, times: int = 20) -> float:
    """Floating-point operations per second of the float32 matrix product."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    a @ b
    began = time.process_time()
    for _ in range(times):
        a @ b
    return 2 * size**3 * times / (time.process_time() - began)


def operations_per_target(config: RunConfig) -> float:
    """Operations of the matrix products of one target: two directions and the head, forward and twice that backward."""
    hidden = config.model.hidden_size
    lstm = 4 * hidden * (in_features(config, channels=1) + hidden) + (config.model.layers - 1) * 4 * hidden * 2 * hidden
    head = 2 * hidden * hidden + 2 * hidden
    return 3 * 2 * (2 * lstm + head)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--samples", type=int, default=2048)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    count = 1 if arguments.quick else arguments.rounds
    rng = np.random.default_rng(0)
    series = dc.Series.of(add_noise(ecg_like(arguments.samples, rng), snr=3, rng=rng))
    rounds = np.array([(ours(series), classic(series), gemm()) for _ in range(count)])
    rate, old, product = np.median(rounds, axis=0)
    share = rounds[:, 0] * operations_per_target(RunConfig()) / rounds[:, 2]
    print(f"training targets per second         {rate:12,.0f}")
    print(f"classic windowed DataLoader loop    {old:12,.0f}")
    print(f"ratio                               {np.median(rounds[:, 0] / rounds[:, 1]):12.1f}  (bar 17)")
    print(f"float32 matrix product, GFLOP/s     {product / 1e9:12.1f}")
    print(f"training, GFLOP/s                   {rate * operations_per_target(RunConfig()) / 1e9:12.1f}")
    print(f"share of the matrix product         {np.median(share):12.1%}  (bar 45 %)")


if __name__ == "__main__":
    main()
