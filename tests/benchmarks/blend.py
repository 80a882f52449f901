"""What the blend of the quick methods is worth without knowing the truth, and whether the estimated errors can be believed.

    python -m tests.benchmarks.blend [--quick] [--resume] [--train] [--suites v1,v3,20000,broken] [--seeds 2] [--report]

Each case (a series, an SNR, a kind of noise, a seed) is kept in blend.json as it is found; --resume leaves out what is there. The
suites are those of quality.py, and "broken": noise that breaks the usual assumptions. The seeds are others than those on which
anything was tuned: from 500 on. --train: with a network and its twin, on v1 and 2048 unless suites are named. --report: prints
what is kept, no more. --quick: one seed of a few cases; prints only.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy.signal import lfilter
from scipy.stats import spearmanr

import denoise_core as dc
from denoise_core.assess.risk import Blended
from denoise_core.assess.risk.wording import NOTHING_DB
from denoise_core.methods import blend_quick, blend_with_network, twin_of
from denoise_core.series import Float64Array
from tests.benchmarks import instruments, mcsm, repeating, smash

KEPT = Path(__file__).with_name("blend.json")
FIRST_SEED = 500
SUITES = (*smash.VARIANCES, *(str(n) for n in repeating.LENGTHS), "instruments", "broken", *(["mcsm"] if mcsm.folder() else []))
QUICK = ("dop.3.v1", "heartbeats.3.2048", "vibration|AR(1) 0.6.3.broken")
TOLD_DB = 0.3  # of true difference, from which on a comparison counts


def _ar1(n: int, rng: np.random.Generator) -> Float64Array:
    return np.asarray(lfilter([0.8], [1.0, -0.6], rng.standard_normal(n + 200))[200:])


def _spiky(n: int, rng: np.random.Generator) -> Float64Array:
    return rng.standard_normal(n) + 10.0 * rng.choice([-1.0, 1.0], n) * (rng.random(n) < 0.02)


def _growing(n: int, rng: np.random.Generator) -> Float64Array:
    return np.linspace(0.3, 1.5, n) * rng.standard_normal(n)


BROKEN = {
    "AR(1) 0.6": _ar1,
    "band-limited": lambda n, rng: instruments.band_limited(rng, 4, 0.25, n),
    "spiky": _spiky,
    "growing": _growing,
}
FOLLOWS = "follows the signal"


def scenarios(suite: str) -> Iterator[str]:
    """name.snr.suite of each case."""
    names: object
    if suite in smash.VARIANCES:
        names, snrs = smash.MEANS, (1, 3)
    elif suite == "mcsm":
        names, snrs = mcsm.SIGNALS, mcsm.SNRS
    elif suite == "instruments":
        names, snrs = instruments.NAMES, instruments.SNRS
    elif suite == "broken":
        names, snrs = [f"{name}|{noise}" for noise in (*BROKEN, FOLLOWS) for name in repeating.SERIES], (3,)
    else:
        names, snrs = repeating.SERIES, repeating.SNRS
    yield from (f"{name}.{snr}.{suite}" for name in names for snr in snrs)


def pair(scenario: str, seed: int) -> tuple[Float64Array, Float64Array]:
    """Clean and noisy."""
    name, snr, suite = scenario.rsplit(".", 2)
    if suite in smash.VARIANCES:
        return smash.MEANS[name], smash.noisy(name, int(snr), suite, seed)
    if suite == "mcsm":
        return mcsm.clean(name), mcsm.noisy(name, float(snr), seed)
    if suite == "instruments":
        series, noise = name.split("|")
        return instruments.pair(series, float(snr), noise, seed)
    if suite == "broken":
        return _broken(*name.split("|"), float(snr), seed)
    return repeating.pair(name, int(suite), float(snr), seed)


def _broken(name: str, noise: str, snr: float, seed: int) -> tuple[Float64Array, Float64Array]:
    if noise == FOLLOWS:
        return instruments.pair(name, snr, noise, seed)
    rng = np.random.default_rng([seed, 4])
    clean = repeating.SERIES[name](instruments.N, rng)
    return clean, clean + clean.std() / snr * BROKEN[noise](len(clean), rng)


def found(scenario: str, seed: int) -> dict[str, object]:
    """True and estimated square errors of each method and of the blend, and the intervals; in units of the recording's."""
    clean, noisy = pair(scenario, seed)
    began = time.process_time()
    blended = blend_quick(dc.Series.of(noisy))
    seconds = time.process_time() - began
    return rows_of(blended, clean, float(np.mean((noisy - clean) ** 2))) | {"seconds": seconds}


def rows_of(blended: Blended, clean: Float64Array, unit: float) -> dict[str, object]:
    """Method -> true and estimated square error, interval, weight; how often the error band contains the truth."""
    rows = {}
    for one in (*blended.judged, *([blended.combined] if blended.combined else [])):
        true = float(np.mean((one.estimate.values - clean) ** 2)) / unit
        rows[one.method] = [true, one.risk / unit, one.interval[0] / unit, one.interval[1] / unit, one.weight]
    sd = blended.chosen.sd
    inside = float(np.mean(np.abs(blended.chosen.values - clean) < 1.645 * sd)) if sd is not None else None
    return {"methods": rows, "inside": inside, "doubt": bool(blended.doubt), "training_gain_db": blended.training_gain_db}


def found_by_training(scenario: str, seed: int) -> dict[str, object]:
    """The same with a network and its twin; and the true square error of the blend without them."""
    clean, noisy = pair(scenario, seed)
    series, began = dc.Series.of(noisy), time.process_time()
    config = dc.suggest(series).replace("training.device", "cpu")
    estimate = dc.fit(series, config).denoise(series)
    copies = twin_of(series)
    twin = dc.fit(copies, config).denoise(copies.to_denoise[0])
    seconds = time.process_time() - began
    unit = float(np.mean((noisy - clean) ** 2))
    before = float(np.mean((blend_quick(series).chosen.values - clean) ** 2)) / unit
    return rows_of(blend_with_network(series, estimate, twin), clean, unit) | {"seconds": seconds, "before": before}


class Figures:
    """Of one suite, or of several."""

    def __init__(self, cases: list[dict]) -> None:
        self._cases = [case["methods"] for case in cases if case["methods"]]
        self._trained = [case for case in cases if case["methods"] and "before" in case]
        self._inside = [case["inside"] for case in cases if case["inside"] is not None]

    def _db(self, case: dict, over: str) -> float:
        return float(10.0 * np.log10(case[over][0] / case["auto"][0]))

    def line(self) -> str:
        over = [self._db(case, "instant") for case in self._cases]
        singles = [[row for name, row in case.items() if name != "auto"] for case in self._cases]
        regret = [
            10.0 * np.log10(case["auto"][0] / min(row[0] for row in rows))
            for case, rows in zip(self._cases, singles, strict=True)
        ]
        rank = [spearmanr([row[0] for row in rows], [row[1] for row in rows]).statistic for rows in singles]
        covered = [row[2] <= row[0] <= row[3] for case in self._cases for row in case.values()]
        gain = [10.0 * np.log10(1.0 / case["auto"][0]) for case in self._cases]
        return (
            f"{len(over):4} cases | over instant {np.mean(over):+.2f}, worst {np.min(over):+.2f} dB, "
            f"below -0.1 in {np.mean(np.array(over) < -0.1):.0%} | regret {np.mean(regret):+.2f}, worst {np.max(regret):.2f} dB"
            f" | rank correlation {np.median(rank):.2f} | interval {np.mean(covered):.0%}, band {np.mean(self._inside):.0%}"
            f" | worst gain {np.min(gain):+.2f} dB{self._on_training()}"
        )

    def _on_training(self) -> str:
        """How often the sentence about the training was right, where the difference is one."""
        told = [
            (case["training_gain_db"], 10.0 * np.log10(case["before"] / case["methods"]["auto"][0])) for case in self._trained
        ]
        clear = [(said >= NOTHING_DB) == (true > 0.0) for said, true in told if abs(true) > TOLD_DB]
        return f" | sentence on training right in {sum(clear)} of {len(clear)}" if told else ""


def report(kept: dict[str, dict]) -> str:
    """One line to the suite, and one for all; those with a network apart."""
    with_network = {name: case for name, case in kept.items() if name.endswith("+training")}
    kept = {name: case for name, case in kept.items() if name not in with_network}
    lines = [f"{'network':12}{Figures(list(with_network.values())).line()}"] if with_network else []
    for suite in SUITES:
        cases = [case for name, case in kept.items() if name.split("#")[0].endswith(f".{suite}")]
        if cases:
            lines.append(f"{suite:12}{Figures(cases).line()}")
    for noise in (*BROKEN, FOLLOWS):
        cases = [case for name, case in kept.items() if f"|{noise}.3.broken" in name]
        if cases:
            lines.append(f"{noise:20}{Figures(cases).line()}")
    return "\n".join([*lines, f"{'all':12}{Figures(list(kept.values())).line()}"] if kept else lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--suites", default=",".join(SUITES))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--report", action="store_true", help="only print what is kept")
    chosen = parser.parse_args()
    kept: dict[str, dict] = {}
    if (chosen.resume or chosen.report) and KEPT.exists():
        kept = json.loads(KEPT.read_text(encoding="utf-8"))
    if chosen.train and chosen.suites == ",".join(SUITES):
        chosen.suites = "v1,2048"
    run, mark = (found_by_training, "+training") if chosen.train else (found, "")
    there = set(kept)
    names = QUICK if chosen.quick else [name for suite in chosen.suites.split(",") for name in scenarios(suite)]
    for seed in range(FIRST_SEED, FIRST_SEED + (1 if chosen.quick else 0 if chosen.report else chosen.seeds)):
        for name in names:
            if (key := f"{name}#{seed}{mark}") in there:
                continue
            kept[key] = run(name, seed)
            if not chosen.quick:
                if KEPT.exists():  # another process may have added its own
                    kept = json.loads(KEPT.read_text(encoding="utf-8")) | kept
                KEPT.write_text(json.dumps(kept, indent=None), encoding="utf-8")
    print(report(kept))


if __name__ == "__main__":
    main()
