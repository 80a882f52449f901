"""The SMASH benchmark: its series, its measure, its published results. Knows none of our methods.

Xing, Carbonetto, Stephens, "Flexible Signal Denoising via Flexible Empirical Bayes Shrinkage", JMLR 22 (2021); smash_mise.csv
holds the mean and sd over 100 seeds of each method's MISE, averaged from the result file of their repository
stephenslab/smash-paper, MIT licence (https://opensource.org/license/mit), copyright its authors. No line of their code is here.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from denoise_core.instant.pretraining.excluded_benchmark import SEVEN
from denoise_core.series import Float64Array

N = 1024
T = np.arange(1, N + 1) / N
SHORT = {"spikes": "sp", "bumps": "bump", "blocks": "blk", "angles": "ang", "doppler": "dop", "blip": "blip", "corner": "cor"}
MEANS = {SHORT[name]: f(T) for name, f in SEVEN.items()}
VARIANCES = ("v1", "v2", "v3", "v4", "v5")


def _variance(name: str) -> Float64Array:
    """As it moves along the record: constant, triple exponential, Doppler, Bumps, clipped Blocks."""
    if name == "v2":
        return 1e-4 + 4 * sum((np.exp(-k * (T - at) ** 2) for k, at in ((550, 0.2), (200, 0.5), (950, 0.8))), np.zeros(N))
    if name == "v3":
        f = 10 * np.sqrt(T * (1 - T)) * np.sin(2 * np.pi * 1.05 / (T + 0.05))
        return np.asarray(1e-5 + 2 * (f - f.min()))
    if name == "v4":
        return np.asarray(1e-5 + 5 * SEVEN["bumps"](T) - 1)
    # Blocks before it is brought to 0.2 .. 0.8, from how far the lowest level lies below the first, and clipped at 0
    blocks = SEVEN["blocks"](T)
    clipped = np.maximum(blocks - blocks[0], 0.0)
    return np.asarray(1e-5 + clipped / clipped.max()) if name == "v5" else np.ones(N)


SIGMAS = {name: np.sqrt(_variance(name)) / np.sqrt(_variance(name)).mean() for name in VARIANCES}


def noise_sd(function: str, snr: int, variance: str) -> Float64Array:
    """``sigma / mean(sigma) * sd(mu) / SNR``, shape (1024,)."""
    return np.asarray(SIGMAS[variance] * MEANS[function].std(ddof=1) / snr)


def noisy(function: str, snr: int, variance: str, seed: int) -> Float64Array:
    """One series of the benchmark."""
    return MEANS[function] + noise_sd(function, snr, variance) * np.random.default_rng(seed).standard_normal(N)


def mise(estimate: Float64Array, function: str) -> float:
    return float(1e4 * np.sum((estimate - MEANS[function]) ** 2) / np.sum(MEANS[function] ** 2))


def mise_of_noisy(function: str, snr: int, variance: str) -> float:
    """Its expectation; the published methods' gains start from it."""
    return float(1e4 * np.sum(noise_sd(function, snr, variance) ** 2) / np.sum(MEANS[function] ** 2))


def published() -> dict[str, dict[str, float]]:
    """``published()[method][scenario]`` is the mean MISE; a scenario is function.snr.variance."""
    found: dict[str, dict[str, float]] = {}
    with Path(__file__).with_name("smash_mise.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["method"], {})[row["scenario"]] = float(row["mean"])
    return found
