"""Gain of the suggested training beside that of the Instant method and of training from random weights, truth known to none.

    python -m tests.benchmarks.trained [--quick] [--samples 2048] [--snrs 1,3,10] [--seeds 3] [--signals ...] [--from-nothing]

Signals are Donoho and Johnstone's Bumps and Blocks, steps, and the repeating series. Gain in dB;
SNR is the amplitude ratio sd(clean) / sd(noise); seconds are processor time of one core, for training and result together.
--quick: one seed of 512 samples and two epochs, to see that it runs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import denoise_core as dc
from denoise_core import instant
from denoise_core.signals import blocks, bumps
from denoise_core.suggestions.settings import suggest_untaught
from tests.benchmarks import repeating
from tests.common import gain_db

Maker = Callable[[int, np.random.Generator], np.ndarray]


def steps(n: int, rng: np.random.Generator) -> np.ndarray:
    """Levels held for about 150 samples."""
    return np.cumsum(np.where(rng.random(n) < 1.0 / 150.0, rng.standard_normal(n), 0.0))


SIGNALS: dict[str, Maker] = {
    **repeating.SERIES,
    "Bumps": lambda n, _: bumps(n),
    "Blocks": lambda n, _: blocks(n),
    "steps": steps,
}


def one(name: str, *, n: int, snr: float, seed: int, changes: dict[str, float], pretrained: bool) -> list[float]:
    """Gains in dB of the trained network, the Instant method, and the latter given the former's guess; seconds of training."""
    rng = np.random.default_rng([seed, n])
    clean = SIGNALS[name](n, rng)
    series = dc.Series.of(clean + clean.std() / snr * rng.standard_normal(n))
    config = (dc.suggest if pretrained else suggest_untaught)(series).replace("training.seed", seed)
    for path, value in (("training.device", "cpu"), *changes.items()):
        config = config.replace(path, value)
    began = time.process_time()
    network = dc.fit(series, config)
    trained = network.denoise(series)
    seconds = time.process_time() - began
    estimates = trained, instant.denoise(series), instant.denoise(series, guess=network.predict_blind(series))
    return [*(gain_db(series.values, estimate.values, clean) for estimate in estimates), seconds]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", default=",".join(SIGNALS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--snrs", default="1,3,10")
    parser.add_argument("--samples", type=int, default=2048)
    parser.add_argument("--from-nothing", action="store_true", help="random first weights, with the settings that suit them")
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    changes: dict[str, float] = {}
    if chosen.quick:
        chosen.seeds, chosen.samples, chosen.snrs, changes = 1, 512, "3", {"training.epochs": 2}
    print(f"{'signal':12}{'SNR':>5}{'trained':>9}{'instant':>9}{'guessing':>9}{'seconds':>9}")
    rows = []
    for name in chosen.signals.split(","):
        for snr in map(float, chosen.snrs.split(",")):
            each = [
                one(name, n=chosen.samples, snr=snr, seed=seed, changes=changes, pretrained=not chosen.from_nothing)
                for seed in range(chosen.seeds)
            ]
            rows.append(np.mean(each, axis=0))
            print(f"{name:12}{snr:5g}{_columns(rows[-1])}", flush=True)
    print(f"{'mean':17}{_columns(np.mean(rows, axis=0))}")


def _columns(row: np.ndarray) -> str:
    return "".join(f"{value:9.2f}" for value in row)


if __name__ == "__main__":
    main()
