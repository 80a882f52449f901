"""Measures what the suggested training gains over the Instant method, on synthetic signals that no pretraining drew.

``python -m denoise_core.training.pretraining.expectations [--rounds 4]``; what is measured already is not measured again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

from denoise_core import instant
from denoise_core.instant.pretraining.synthetic import clean_signals
from denoise_core.noise import describe
from denoise_core.series import Estimate, Float64Array, Series
from denoise_core.suggestions import suggest
from denoise_core.suggestions.expectation import MEASURED, Measured, describe_record, read, write
from denoise_core.training.trainer import fit

LENGTHS = (1024, 4096, 16_384)
SNRS = (1.0, 3.0, 10.0)
SEED = 2**31 + 100  # those below are of pretraining and validation


def measure(samples: int, snr: float, seed: int) -> Measured:
    """One training and the Instant method on one record."""
    rng = np.random.default_rng([SEED, samples, round(10 * snr), seed])
    clean = clean_signals(rng, 1, samples)[0]
    series = Series.of(clean + rng.standard_normal(samples) / snr)
    _, periodic = describe_record(series, describe(series.values))
    trained = fit(series, suggest(series).replace("training.device", "cpu")).denoise(series)
    gain = 10.0 * np.log10(_mse(instant.denoise(series), clean) / _mse(trained, clean))
    return Measured(samples=samples, snr=snr, periodic=periodic, gain_db=round(float(gain), 2), seed=seed)


def _mse(estimate: Estimate, clean: Float64Array) -> float:
    return float(np.mean((estimate.values - clean) ** 2))


def main(arguments: list[str]) -> None:
    """The command line of the measurements; see the module."""
    parser = argparse.ArgumentParser(prog="python -m denoise_core.training.pretraining.expectations", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="trainings for each length and SNR")
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS)
    parser.add_argument("--out", type=Path, default=MEASURED)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    rows = list(read(chosen.out))
    known = {(row.samples, row.snr, row.seed) for row in rows}
    for seed in range(chosen.rounds):
        for samples in chosen.lengths:
            for snr in SNRS:
                if (samples, snr, seed) not in known:
                    rows.append(measure(samples, snr, seed))
                    sys.stdout.write(f"{rows[-1]}\n")
                    sys.stdout.flush()
                    write(rows, chosen.out)


if __name__ == "__main__":
    main(sys.argv[1:])
