"""Gain of the default training on series with known truth, which it never sees: mean over seeds, and the training time.

    python -m tests.benchmarks.gain [--quick] [--signals ecg_like,bumps,vibration] [--seeds 5] [--snr 3] [--samples 2048]

Gain is 10 log10(MSE(noisy) / MSE(estimate)) in dB; SNR is the amplitude ratio sd(clean) / sd(noise). One CPU core.
--quick: one seed of 512 samples and two epochs, to see that it runs.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import denoise_core as dc
from denoise_core.signals import SIGNALS, add_noise
from tests.common import gain_db

BARS_DB = {"ecg_like": 10.5, "bumps": 12.3, "vibration": 7.5}
BARS_S = {"ecg_like": 10.0, "bumps": 10.0, "vibration": 15.0}


def one(name: str, *, seed: int, snr: float, samples: int, changes: dict[str, float]) -> tuple[float, float, int]:
    rng = np.random.default_rng(seed)
    clean = SIGNALS[name](samples, rng)
    noisy = add_noise(clean, snr=snr, rng=rng)
    series = dc.Series.of(noisy)
    config = dc.suggest(series).replace("training.seed", seed).replace("training.device", "cpu")
    for path, value in changes.items():
        config = config.replace(path, value)
    began = time.perf_counter()
    trained = dc.fit(series, config)
    seconds = time.perf_counter() - began
    return gain_db(noisy, trained.denoise(series).values, clean), seconds, trained.best_epoch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", default="ecg_like,bumps,vibration")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--snr", type=float, default=3.0)
    parser.add_argument("--samples", type=int, default=2048)
    parser.add_argument("--set", action="append", default=[], metavar="SETTING=VALUE", help="e.g. window.length=256")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.seeds, arguments.samples = 1, 512
        arguments.set.append("training.epochs=2")
    changes = {path: float(v) if "." in v or "e" in v else int(v) for path, v in (s.split("=") for s in arguments.set)}
    print(f"{'signal':16}{'gain dB':>9}{'bar':>7}{'seconds':>9}{'bar':>6}  each seed (best epoch)")
    for name in arguments.signals.split(","):
        rows = [one(name, seed=s, snr=arguments.snr, samples=arguments.samples, changes=changes) for s in range(arguments.seeds)]
        each = "  ".join(f"{gain:.2f} ({epoch})" for gain, _, epoch in rows)
        gain, seconds = np.mean([r[0] for r in rows]), np.mean([r[1] for r in rows])
        print(
            f"{name:16}{gain:9.2f}{BARS_DB.get(name, np.nan):7.1f}{seconds:9.1f}{BARS_S.get(name, np.nan):6.0f}  {each}",
            flush=True,
        )


if __name__ == "__main__":
    main()
