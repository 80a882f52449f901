"""Real recordings, each made again and again: what a method is worth where no clean series exists.

    python tests/benchmarks/repeats.py [--quick]

repeats/ holds excerpts with their licences beside them: 20 sweeps of an amplifier (2,048 of 10,000 samples each, steps of a
current, noise low-passed at a quarter of the rate; swharden/pyABF, data/abfs/model_vc_step.abf) and 32 exposures of an X-ray
fluorescence detector (2,048 of 4,096 channels, counts; CEA-MetroCarac/auto-denoise, examples/05_xrf_spectra.csv).

The error of an estimate of one repeat is measured against the mean of the others, to which its gain, offset and slow baseline are
fitted; their own noise is subtracted: ``mean |g(y_i) - fit_i|^2 - s2 / (K - 1)``. "oracle" is a filter with the setting that is
best by that measure, for all repeats together.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

import denoise_core as dc
from denoise_core import filters
from denoise_core.series import Float64Array

NAMES = ("amplifier_steps", "xrf_counts")
ORACLES = ("savgol", "wavelet", "moving_average", "median", "lowpass")
_BASELINE = 3  # powers of time, from 0 on


@cache
def repeats(name: str) -> Float64Array:
    """Shape (repeats, samples)."""
    with np.load(Path(__file__).with_name("repeats") / f"{name}.npz") as file:
        return np.asarray(file["repeats"] * file["unit"], dtype=np.float64)


@cache
def targets(name: str) -> Float64Array:
    """For each repeat the mean of the others, fitted to it; shape (repeats, samples)."""
    rows = repeats(name)
    place = np.linspace(-1.0, 1.0, rows.shape[1])
    others = (rows.sum(axis=0) - rows) / (len(rows) - 1)
    return np.stack([_fit(row, mean, place) for row, mean in zip(rows, others, strict=True)])


def _fit(row: Float64Array, mean: Float64Array, place: Float64Array) -> Float64Array:
    terms = np.stack([mean, *(place**power for power in range(_BASELINE))], axis=1)
    return np.asarray(terms @ np.linalg.lstsq(terms, row)[0])


def gain(name: str, method: Callable[[Float64Array], Float64Array], most: int | None = None) -> float:
    """In dB, over all repeats or the first `most`."""
    rows, fitted = repeats(name), targets(name)
    share = 1.0 / (len(rows) - 1)
    noise = float(np.mean((rows - fitted) ** 2)) / (1.0 + share)
    error = np.mean([np.mean((method(row) - fit) ** 2) for row, fit in zip(rows[:most], fitted[:most], strict=True)])
    return float(-10 * np.log10(error / noise - share))


def instant(row: Float64Array) -> Float64Array:
    return dc.denoise(dc.Series.of(row), method="instant").values


def best_filter(name: str, filter_name: str) -> float:
    """Gain of a filter with the best of its candidate settings."""
    chosen = filters.FILTERS[filter_name]
    candidates = chosen.candidates(repeats(name).shape[1])
    return max(gain(name, lambda row, setting=setting: chosen.function(row, setting)) for setting in candidates)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two repeats, no oracles")
    chosen = parser.parse_args()
    for name in NAMES:
        found = {"instant": gain(name, instant, 2 if chosen.quick else None)}
        if not chosen.quick:
            found |= {f"{each}, oracle": best_filter(name, each) for each in ORACLES}
        print(f"{name}: " + ", ".join(f"{method} {value:.2f} dB" for method, value in found.items()), flush=True)


if __name__ == "__main__":
    main()
