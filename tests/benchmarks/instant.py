"""How long the instant method takes and how much memory, by length of the series, beside the wavelet on the same series.

    python -m tests.benchmarks.instant [--quick] [--samples 20000,200000,10000000]

Each length in a process of its own, after a series of 3,000 samples; all cores. The wavelet is left out above a million samples.
--quick: 20,000 samples alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import threading
import time
from pathlib import Path

import numpy as np

import denoise_core as dc

MEBIBYTE = 2**20
MOST_FOR_WAVELET = 1_000_000


def made(n: int) -> tuple[np.ndarray, np.ndarray]:
    """A wave on steps and the same in white noise at SNR 4; shape (n,) each."""
    place = np.arange(n)
    clean = np.sin(place / 50) + np.sign(np.sin(place / 777))
    return clean, clean + 0.3 * np.random.default_rng(0).standard_normal(n)


def resident() -> int:
    """Bytes of this process in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


class Peak:
    """Most bytes above those at the start while the block ran, looked at 100 times a second."""

    def __enter__(self) -> Peak:
        self._start, self.above, self._ended = resident(), 0, threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def _watch(self) -> None:
        while not self._ended.wait(0.01):
            self.above = max(self.above, resident() - self._start)

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()


def measured(n: int) -> dict[str, float]:
    clean, noisy = made(n)
    series = dc.Series.of(noisy)
    dc.denoise(dc.Series.of(noisy[:3000]), method="instant")
    began = time.perf_counter()
    with Peak() as peak:
        estimate = dc.denoise(series, method="instant")
    found = {"instant, s": time.perf_counter() - began, "above the series, MiB": peak.above / MEBIBYTE}
    found["gain, dB"] = float(10 * np.log10(np.mean((noisy - clean) ** 2) / np.mean((estimate.values - clean) ** 2)))
    if n <= MOST_FOR_WAVELET:
        began = time.perf_counter()
        dc.denoise(series, method="wavelet")
        found["wavelet with suggested settings, s"] = time.perf_counter() - began
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", default="20000,200000,1000000,10000000")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    lengths = "20000" if arguments.quick else arguments.samples
    fresh = multiprocessing.get_context("spawn")
    for n in map(int, lengths.split(",")):
        with fresh.Pool(1) as pool:
            found = pool.apply(measured, (n,))
        print(f"{n:>10,} samples: " + ", ".join(f"{name} {value:.2f}" for name, value in found.items()), flush=True)


if __name__ == "__main__":
    main()
