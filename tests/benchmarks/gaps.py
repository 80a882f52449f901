"""Gaps of 1 to 500 samples filled after denoising: does the 90 % band hold the truth, and how large is the error against a line?

    python -m tests.benchmarks.gaps [--quick]

Each case hides stretches of a noisy record (noise a fifth of the signal's sd), denoises the rest, and fills them. A case whose
gaps stay empty is left out of the figures and counted in brackets.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

import denoise_core as dc
from denoise_core.dsp.gap_filling import NINETY
from denoise_core.files import SAMPLES

N, NOISE = 2048, 0.2
LENGTHS = (1, 3, 10, 30, 100, 200, 500)


def heartbeats(rng: np.random.Generator) -> np.ndarray:
    t, values, at = np.arange(N), np.zeros(N), rng.uniform(0, 90)
    while at < N + 90:
        for shift, height, width in ((0, 1.0, 3.0), (-5, -0.2, 2.0), (18, 0.25, 7.0)):
            values += height * np.exp(-0.5 * ((t - at - shift) / width) ** 2)
        at += rng.normal(90, 2)
    return values


def daily(rng: np.random.Generator) -> np.ndarray:
    t, phase = np.arange(N), rng.uniform(0, 6, 3)
    return np.sin(t / 15.28 + phase[0]) + 0.4 * np.sin(t / 7.64 + phase[1]) + 0.2 * np.sin(t / 107 + phase[2])


def machine(rng: np.random.Generator) -> np.ndarray:
    t, phase = np.arange(N), rng.uniform(0, 6, 3)
    return sum(a * np.sin(2 * np.pi * t / p + f) for a, p, f in zip((1, 0.6, 0.3), (23.7, 9.1, 300), phase, strict=True))


def tide(rng: np.random.Generator) -> np.ndarray:
    t, phase = np.arange(N), rng.uniform(0, 6, 3)
    return sum(a * np.sin(2 * np.pi * t / p + f) for a, p, f in zip((1, 0.3, 0.2), (74.5, 72, 150), phase, strict=True))


def walk(rng: np.random.Generator) -> np.ndarray:
    return np.cumsum(rng.standard_normal(N))


def steps(rng: np.random.Generator) -> np.ndarray:
    return np.repeat(rng.standard_normal(N // 128), 128)


def sample(name: str) -> np.ndarray:
    """A real record, whose truth is taken to be what the Instant method makes of the whole of it."""
    recording = dc.read(SAMPLES[name].path)
    return dc.denoise(recording[next(iter(recording.channels))], method="instant", fill_gaps=True).values


RECORDS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "heartbeats": heartbeats,
    "daily load": daily,
    "machine": machine,
    "tide": tide,
    "CO2": lambda _: sample("co2_weekly"),
    "sunspots": lambda _: sample("sunspots"),
    "random walk": walk,
    "steps": steps,
}


def one(truth: np.ndarray, length: int, method: str, rng: np.random.Generator) -> tuple[float, float] | None:
    """Coverage of the band, and root mean square error over that of straight lines; None where all stays empty."""
    noisy, n = truth + NOISE * truth.std() * rng.standard_normal(len(truth)), len(truth)
    apart = max(6 * length, n // 12)
    missing = np.zeros(n, dtype=bool)
    for start in range(int(rng.integers(20, 60)), n - length - 10, apart if length < n // 8 else n):
        missing[start + (0 if length < n // 8 else int(rng.integers(n // 8, n - length - n // 8 - 60))) :][:length] = True
    series = dc.Series.of(np.where(missing, np.nan, noisy))
    estimate = dc.denoise(series, method=method, fill_gaps=True)
    filled = missing & ~np.isnan(estimate.values)
    if not filled.any():
        return None
    index = np.arange(n)
    line = np.interp(index, index[~missing], estimate.values[~missing])
    error = (estimate.values - truth)[filled]
    inside = np.mean(np.abs(error) <= NINETY * estimate.sd[filled])
    return float(inside), float(np.sqrt(np.mean(error**2) / np.mean((line - truth)[filled] ** 2)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--method", default="instant")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    seeds, lengths = (1, (10,)) if arguments.quick else (arguments.seeds, LENGTHS)
    print(f"{'coverage, error ratio':22}" + "".join(f"{length:>14}" for length in lengths))
    for name, record in RECORDS.items():
        cells = []
        for length in lengths:
            rngs = [np.random.default_rng((seed, length)) for seed in range(1000, 1000 + seeds)]
            truths = [(record(rng), rng) for rng in rngs]
            found = [one(truth, length, arguments.method, rng) for truth, rng in truths if length < len(truth) // 3]
            known = [each for each in found if each is not None]
            empty = f" ({len(found) - len(known)})" if len(found) > len(known) else ""
            cells.append(
                f"{np.mean([a for a, _ in known]):.2f} {np.median([b for _, b in known]):.2f}{empty}" if known else "empty"
            )
        print(f"{name:22}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
