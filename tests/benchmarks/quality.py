"""How much noise each method removes where the truth is known, beside 20 published methods.

    python tests/benchmarks/quality.py [--quick] [--resume] [--methods instant,lstm,wavelet] [--suites v1,v2,v3,v4,v5,2048,20000]

Suites are the SMASH benchmark at five variances, repeating series of two lengths, "instruments", and "mcsm" where its signals
are at hand (`mcsm.py` says from where).

Each case (a method, a series, an SNR, a kind of noise) is kept in quality.json as it is found, and RESULTS.md is written from
what is kept; --resume leaves out what is there. "oracle" is a filter with the setting that is best for the truth, series by
series: no user can reach it. --quick: 3 seeds of the instant method and of the filters, constant variance or the suites
named; prints only.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

import denoise_core as dc
from denoise_core import filters, noise
from tests.benchmarks import instruments, mcsm, quality_report, repeating, smash

Method = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(noisy, clean) -> estimate; only an oracle looks at the clean series."""
ORACLE = ", oracle"
KEPT = Path(__file__).with_name("quality.json")
RESULTS = Path(__file__).with_name("RESULTS.md")
FILTERS = ("moving_average", "median", "savgol", "wavelet", "lowpass")  # those of the table
EVERY = ["instant", *(name + oracle for name in FILTERS for oracle in ("", "+")), "lstm"]
SUITES = (*smash.VARIANCES, *(str(n) for n in repeating.LENGTHS), "instruments", *(["mcsm"] if mcsm.folder() else []))


class Case(NamedTuple):
    """A method on one scenario.

    function.snr.variance of the SMASH benchmark, series.snr.length of the repeating series, series|noise.snr.instruments, or
    signal.snr.mcsm.
    """

    method: str
    scenario: str
    seeds: int


def seeds_for(method: str, suite: str) -> int:
    """Those that finish in a few hours: a network is trained anew for each, filters look for their settings anew."""
    name = method.removesuffix(ORACLE)
    if suite == "instruments":
        return 10 if name == "instant" else 2
    if suite == "20000":
        return 3 if name == "instant" else 1
    if name == "lstm":
        return 10 if suite in smash.VARIANCES else 3
    if name in filters.FILTERS:
        return 3
    return 100 if suite in smash.VARIANCES or suite == "mcsm" else 10


def cases(methods: list[str], suites: list[str], most_seeds: int) -> Iterator[Case]:
    """All of them, suite by suite."""
    for suite in suites:
        names, snrs = _scenarios(suite)
        for method in methods:
            for name in names:
                for snr in snrs:
                    yield Case(method, f"{name}.{snr}.{suite}", min(seeds_for(method, suite), most_seeds))


def _scenarios(suite: str) -> tuple[Iterable[str], Iterable[int]]:
    if suite == "mcsm":
        return mcsm.SIGNALS, mcsm.SNRS
    if suite == "instruments":
        return instruments.NAMES, instruments.SNRS
    return (smash.MEANS, (3, 1)) if suite in smash.VARIANCES else (repeating.SERIES, repeating.SNRS)


def solver(method: str) -> Method:
    """A method with its default (suggested) settings, which does not look at the truth; or a filter with the best for it."""
    if method.endswith(ORACLE):
        return by_oracle(method.removesuffix(ORACLE))
    return lambda values, _: dc.denoise(dc.Series.of(values), method=method).values


def by_oracle(name: str) -> Method:
    """A filter with the best of its candidate settings for this truth."""
    chosen = filters.FILTERS[name]

    def best(values: np.ndarray, clean: np.ndarray) -> np.ndarray:
        candidates = (c.with_noise_sd(noise.level(values)) for c in chosen.candidates(len(values)))
        tried = (chosen.function(values, candidate) for candidate in candidates)
        return min(tried, key=lambda estimate: float(np.mean((estimate - clean) ** 2)))

    return best


def value_of(case: Case) -> float:
    """Mean MISE over the seeds for a case of the SMASH benchmark, mean QRF in dB for one of mcsm, mean gain in dB elsewhere."""
    name, snr, suite = case.scenario.rsplit(".", 2)
    method = solver(case.method)
    if suite in smash.VARIANCES:
        values = [smash.noisy(name, int(snr), suite, seed) for seed in range(case.seeds)]
        return float(np.mean([smash.mise(method(y, smash.MEANS[name]), name) for y in values]))
    if suite == "mcsm":
        x = mcsm.clean(name)
        return float(np.mean([mcsm.qrf(method(mcsm.noisy(name, float(snr), seed), x), x) for seed in range(case.seeds)]))
    pairs = [_pair(name, float(snr), suite, seed) for seed in range(case.seeds)]
    ratios = [np.mean((y - x) ** 2) / np.mean((method(y, x) - x) ** 2) for x, y in pairs]
    return float(np.mean(10 * np.log10(ratios)))


def _pair(name: str, snr: float, suite: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    if suite == "instruments":
        series, noise = name.split("|")
        return instruments.pair(series, snr, noise, seed)
    return repeating.pair(name, int(suite), snr, seed)


def timed(case: Case) -> tuple[Case, float, float]:
    began = time.perf_counter()
    return case, value_of(case), time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--seeds", type=int, default=100, help="at most")
    parser.add_argument("--methods", default=",".join(EVERY), help="a + asks for the oracle")
    parser.add_argument("--suites", default=",".join(SUITES))
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    methods = [name.replace("+", ORACLE) for name in chosen.methods.split(",")]
    if chosen.quick:
        plain = [name for name in methods if name != "lstm" and not name.endswith(ORACLE)]
        kept = quality_report.Kept(None)
        suites = ["v1"] if chosen.suites == ",".join(SUITES) else chosen.suites.split(",")
        todo = list(cases(plain, suites, min(3, chosen.seeds)))
    else:
        kept = quality_report.Kept(KEPT)
        every = cases(methods, chosen.suites.split(","), chosen.seeds)
        todo = [case for case in every if not (chosen.resume and kept.seeds(case.method, case.scenario) >= case.seeds)]
    with ProcessPoolExecutor(chosen.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for case, value, seconds in pool.map(timed, todo):
            kept.take(case.method, case.scenario, value, case.seeds)
            print(json.dumps([*case, round(value, 3), round(seconds, 1)]), flush=True)
    text = quality_report.report(kept)
    print(text)
    if not chosen.quick:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
