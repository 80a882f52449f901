"""The multi-component benchmark (mcsm): chirps, tones and impulses over the whole band, and its published results.

Miramont, Bardenet, Chainais, Auger, "Benchmarking multi-component signal processing methods in the time-frequency plane",
arXiv 2402.08521; mcsm_qrf.csv holds the mean over 100 repetitions of each method, averaged from the result files of
jmiramont/benchmarks-detection-denoising, commit 3a30f3d. That repository states no licence, so its signals are not here: they
are read from a folder that holds ``src/methods/PB_method_utils/signals_mat`` of it, named by the environment's MCSM_SIGNALS.
"""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np

from denoise_core.series import Float64Array

SIGNALS = (
    "McMultiLinear",
    "McMultiLinear2",
    "McSyntheticMixture",
    "McSyntheticMixture2",
    "McSyntheticMixture3",
    "McSyntheticMixture4",
    "HermiteFunction",
)
SNRS = (0, 10)
"""In dB, as ratio of powers."""


def folder() -> Path | None:
    """Where the signals lie; None if they are not at hand."""
    named = os.environ.get("MCSM_SIGNALS")
    return Path(named) if named and Path(named).is_dir() else None


@cache
def clean(name: str) -> Float64Array:
    """One of the signals, shape (1024,)."""
    from scipy.io import loadmat

    place = folder()
    if place is None:
        raise FileNotFoundError("MCSM_SIGNALS names no folder with the benchmark's signals.")
    return np.asarray(np.real(loadmat(str(place / f"{name}.mat"))["x"]).ravel(), dtype=np.float64)


def noisy(name: str, snr: float, seed: int) -> Float64Array:
    """With white noise that makes the SNR exact."""
    x = clean(name)
    noise = np.random.default_rng(seed).standard_normal(len(x))
    return x + noise * np.sqrt(np.sum(x**2) / np.sum(noise**2) / 10 ** (snr / 10))


def qrf(estimate: Float64Array, truth: Float64Array) -> float:
    """Quality reconstruction factor in dB."""
    return float(10 * np.log10(np.sum(truth**2) / np.sum((truth - estimate) ** 2)))


def published() -> dict[str, dict[str, float]]:
    """``published()[method][signal.snr.mcsm]`` in dB; of a method's parameters those with the best mean over `SNRS`."""
    found: dict[str, dict[str, list[tuple[float, ...]]]] = {}
    with Path(__file__).with_name("mcsm_qrf.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            values = tuple(float(row[f"qrf_{snr}"]) for snr in SNRS)
            found.setdefault(f"{row['method']} {row['parameter']}", {}).setdefault(row["signal"], []).append(values)
    return {
        method: {f"{name}.{snr}.mcsm": rows[name][0][i] for name in SIGNALS for i, snr in enumerate(SNRS)}
        for method, rows in found.items()
        if all(name in rows for name in SIGNALS)
    }


def best_published() -> dict[str, float]:
    """Of each case."""
    rows = published().values()
    return {case: max(row[case] for row in rows) for case in next(iter(published().values()))}
