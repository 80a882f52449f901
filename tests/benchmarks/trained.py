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


def one(name: str, *, n: int, snr: float, seed: int, changes: dict[str, float], pretrained: bool) -> tuple[float, float, float]:
    """Gain of the trained network and of the Instant method in dB, and seconds of the training."""
    rng = np.random.default_rng([seed, n])
    clean = SIGNALS[name](n, rng)
    series = dc.Series.of(clean + clean.std() / snr * rng.standard_normal(n))
    config = (dc.suggest if pretrained else suggest_untaught)(series).replace("training.seed", seed)
    for path, value in (("training.device", "cpu"), *changes.items()):
        config = config.replace(path, value)
    began = time.process_time()
    trained = dc.fit(series, config).denoise(series).values
    seconds = time.process_time() - began
    return gain_db(series.values, trained, clean), gain_db(series.values, _instant(series), clean), seconds


def _instant(series: dc.Series) -> np.ndarray:
    return dc.denoise(series, method="instant").values


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
    print(f"{'signal':12}{'SNR':>5}{'trained':>9}{'instant':>9}{'seconds':>9}")
    rows = []
    for name in chosen.signals.split(","):
        for snr in map(float, chosen.snrs.split(",")):
            each = [
                one(name, n=chosen.samples, snr=snr, seed=seed, changes=changes, pretrained=not chosen.from_nothing)
                for seed in range(chosen.seeds)
            ]
            rows.append(np.mean(each, axis=0))
            print(f"{name:12}{snr:5g}{rows[-1][0]:9.2f}{rows[-1][1]:9.2f}{rows[-1][2]:9.1f}", flush=True)
    mean = np.mean(rows, axis=0)
    print(f"{'mean':17}{mean[0]:9.2f}{mean[1]:9.2f}{mean[2]:9.1f}")


if __name__ == "__main__":
    main()
