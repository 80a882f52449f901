"""What a search finds, judged by the truth that it never sees: gain over the suggested settings, beside random search.

    python -m tests.benchmarks.search [--quick] [--minutes 5 | --trials 60] [--signals heartbeats,...] [--samples 2048,20000]
        [--samplers tpe,random] [--seeds 1] [--workers 2] [--snr 3] [--vary NAME,...]

Ten series: the repeating ones of the quality suites and Bumps, with 2,048 and 20,000 samples. "result": how much less the mean
square error of the search's result, the mean of the networks of the best settings, is than that of one network with the suggested
settings, in dB; "settings": what the settings alone are worth, for single networks with two other seeds, 0 where the suggested
ones are kept. "estimated" is what the search says of that, with its sd; "tried" are its trials.
--quick: two trials of a small network, to see that it runs.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import denoise_core as dc
from denoise_core.config import RunConfig
from denoise_core.tuning import PRESETS, SearchEnded
from tests.benchmarks.trained import SIGNALS
from tests.common import gain_db, small_config

FRESH_SEEDS = (101, 102)
TEN = "heartbeats,vibration,ringing,energy,Bumps"


def example(name: str, n: int, snr: float) -> tuple[dc.Series, np.ndarray]:
    rng = np.random.default_rng([0, n])
    clean = SIGNALS[name](n, rng)
    return dc.Series.of(clean + clean.std() / snr * rng.standard_normal(n), name=name), clean


def gain(series: dc.Series, config: RunConfig, clean: np.ndarray, seed: int) -> float:
    return gain_db(series.values, dc.fit(series, config.replace("training.seed", seed)).denoise(series).values, clean)


def one(series: dc.Series, clean: np.ndarray, small: RunConfig | None, budget: dc.Budget, **options) -> list[float]:
    """Gains in dB over the start of the result and of the settings, the estimated one, its sd, and the number of trials."""
    *_, ended = dc.search(series, budget=budget, config=small, **options)
    config = small or dc.suggest(series)
    assert isinstance(ended, SearchEnded)
    found = ended.conclusion
    tried = float(sum(not record.trial.repeat for record in ended.records) - 1)
    result = gain_db(series.values, ended.estimates[0].values, clean) - gain(series, config, clean, config.training.seed)
    if not found.recommended:
        return [result, 0.0, 0.0, 0.0, tried]
    again = [gain(series, ended.config, clean, seed) - gain(series, config, clean, seed) for seed in FRESH_SEEDS]
    return [result, float(np.mean(again)), found.gain.db, found.gain.sd_db, tried]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", default=TEN)
    parser.add_argument("--samples", default="2048,20000")
    parser.add_argument("--snr", type=float, default=3.0)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--trials", type=int, default=0, help="instead of minutes: the figures then do not depend on the machine")
    parser.add_argument("--samplers", default="tpe,random")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--vary", default=",".join(PRESETS["normal"].settings))
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    small = None
    if chosen.quick:
        chosen.signals, chosen.samples, chosen.trials, chosen.workers, chosen.samplers = "heartbeats", "400", 2, 1, "tpe"
        chosen.vary, small = "training.epochs,training.learning_rate", small_config()
    budget = dc.Budget(trials=chosen.trials) if chosen.trials else dc.Budget(minutes=chosen.minutes)
    print(f"{'signal':12}{'samples':>8}{'sampler':>8}{'result':>9}{'settings':>9}{'estimated':>10}{'sd':>6}{'tried':>7}")
    for sampler in chosen.samplers.split(","):
        rows = []
        for n in map(int, chosen.samples.split(",")):
            for name in chosen.signals.split(","):
                series, clean = example(name, n, chosen.snr)
                options = {"space": chosen.vary.split(","), "sampler": sampler, "workers": chosen.workers}
                each = [one(series, clean, small, budget, seed=seed, **options) for seed in range(chosen.seeds)]
                rows.append(np.mean(each, axis=0))
                print(f"{name:12}{n:8}{sampler:>8}{_columns(rows[-1])}", flush=True)
        print(f"{'mean':20}{sampler:>8}{_columns(np.mean(rows, axis=0))}")


def _columns(row: np.ndarray) -> str:
    return f"{row[0]:9.2f}{row[1]:9.2f}{row[2]:10.2f}{row[3]:6.2f}{row[4]:7.0f}"


if __name__ == "__main__":
    main()
