"""How much noise each method removes where the truth is known, beside 20 published methods; writes RESULTS.md beside this file.

    python tests/benchmarks/quality.py [--quick] [--seeds 100] [--methods instant,wavelet] [--variances v1,v2,v3,v4,v5]

Gain is 10 log10(MISE(noisy) / mean MISE over seeds) in dB. "oracle" is a filter with the setting that is best for the truth,
series by series: no user can reach it. --quick: 3 seeds, constant variance, no oracles; prints only.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

import denoise_core as dc
from denoise_core import filters, noise
from tests.benchmarks import repeating, smash

Rows = dict[str, dict[str, float]]
Method = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(noisy, clean) -> estimate; only an oracle looks at the clean series."""
MOVING_SEEDS = 20
FILTER_SEEDS = 3  # their settings are suggested anew for each series, which takes up to seconds
RESULTS = Path(__file__).with_name("RESULTS.md")


def by_name(name: str) -> Method:
    """A method with its default (suggested) settings; it does not look at the truth."""
    return lambda values, _: dc.denoise(dc.Series.of(values), method=name).values


def by_oracle(name: str) -> Method:
    """A filter with the best of its candidate settings for this truth."""
    chosen = filters.FILTERS[name]

    def best(values: np.ndarray, clean: np.ndarray) -> np.ndarray:
        known = {"noise_sd": noise.level(values)} if name == "wavelet" else {}
        candidates = (replace(c, **known) for c in chosen.candidates(len(values)))
        tried = (chosen.function(values, candidate) for candidate in candidates)
        return min(tried, key=lambda estimate: float(np.mean((estimate - clean) ** 2)))

    return best


def mean_mise(method: Method, *, seeds_of: dict[str, int]) -> dict[str, float]:
    """Scenario -> mean MISE over as many seeds as `seeds_of` its variance says."""
    found = {}
    for variance, seeds in seeds_of.items():
        for snr in (3, 1):
            for function in smash.MEANS:
                values = [smash.noisy(function, snr, variance, seed) for seed in range(seeds)]
                found[f"{function}.{snr}.{variance}"] = float(
                    np.mean([smash.mise(method(y, smash.MEANS[function]), function) for y in values])
                )
    return found


def gains(mise: dict[str, float], snr: int, variance: str) -> list[float]:
    """dB, function by function."""
    pairs = [(smash.mise_of_noisy(f, snr, variance), mise[f"{f}.{snr}.{variance}"]) for f in smash.MEANS]
    return [float(10 * np.log10(before / after)) for before, after in pairs]


def table(rows: Rows, snr: int, variance: str) -> str:
    """Markdown: one row to the method, the best first."""
    lines = [f"| method | mean | {' | '.join(smash.MEANS)} |", "|---|" + "---|" * (1 + len(smash.MEANS))]
    each = {name: gains(mise, snr, variance) for name, mise in rows.items()}
    for name, row in sorted(each.items(), key=lambda item: -np.mean(item[1])):
        lines.append(f"| {name} | **{np.mean(row):.2f}** | {' | '.join(f'{gain:.1f}' for gain in row)} |")
    return "\n".join(lines)


def mean_gains(method: Method, *, n: int, seeds: int) -> dict[str, float]:
    """Series and SNR of the second suite -> mean gain in dB over the seeds."""
    found = {}
    for name in repeating.SERIES:
        for snr in repeating.SNRS:
            pairs = [repeating.pair(name, n, snr, seed) for seed in range(seeds)]
            ratios = [np.mean((y - x) ** 2) / np.mean((method(y, x) - x) ** 2) for x, y in pairs]
            found[f"{name} {snr}"] = float(np.mean(10 * np.log10(ratios)))
    return found


def second_table(rows: Rows) -> str:
    """Markdown: one row to the method, the best first; then how far instant is ahead of the best oracle, case by case."""
    cases = list(next(iter(rows.values())))
    lines = [f"| method | mean | {' | '.join(cases)} |", "|---|" + "---|" * (1 + len(cases))]
    for name, row in sorted(rows.items(), key=lambda item: -np.mean(list(item[1].values()))):
        lines.append(f"| {name} | **{np.mean(list(row.values())):.2f}** | {' | '.join(f'{row[case]:.1f}' for case in cases)} |")
    oracles = [row for name, row in rows.items() if name.endswith("oracle")]
    if oracles and "instant" in rows:
        ahead = [rows["instant"][case] - max(row[case] for row in oracles) for case in cases]
        each = " | ".join(f"{gain:+.1f}" for gain in ahead)
        lines.append(f"| instant over the best oracle of each case | **{np.mean(ahead):+.2f}** | {each} |")
    return "\n".join(lines)


def report(rows: Rows, second: Rows, *, variances: list[str], seeds: int) -> str:
    parts = [
        "# Quality\n",
        f"Written by `make bench-quality`: gain in dB on the SMASH benchmark (n = 1024). Means over {seeds} seeds for instant",
        f"({min(seeds, MOVING_SEEDS)} where the variance moves), {min(seeds, FILTER_SEEDS)} for filters, 100 for published rows,",
        "which are in italics: s8 and haar are wavelets, true is told the noise's level, homo takes it as constant.\n",
    ]
    for variance in variances:
        for snr in (3, 1):
            there = {name: mise for name, mise in rows.items() if f"sp.{snr}.{variance}" in mise}
            parts += [f"## SNR {snr}, variance {variance}\n", table(there, snr, variance), ""]
    parts += [f"## Repeating series, n = 2048, SNR 1, 3 and 10, {min(seeds, FILTER_SEEDS)} seeds\n", second_table(second), ""]
    return "\n".join(parts)


def rows_of(name: str, seeds: int, variances: list[str], oracle: bool) -> tuple[Rows, Rows]:
    """The row of a method in the benchmark and in the second suite; of a filter the oracle's as well."""
    began, filtering = time.perf_counter(), name in filters.FILTERS
    methods = {name: by_name(name)} | ({f"{name}, oracle": by_oracle(name)} if filtering and oracle else {})
    seeds_of = {v: min(seeds, FILTER_SEEDS if filtering else seeds if v == "v1" else MOVING_SEEDS) for v in variances}
    first = {label: mean_mise(method, seeds_of=seeds_of) for label, method in methods.items()}
    second = {label: mean_gains(method, n=2048, seeds=min(seeds, FILTER_SEEDS)) for label, method in methods.items()}
    print(f"{name}: {time.perf_counter() - began:.1f} s", flush=True)
    return first, second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--methods", default=",".join(["instant", *filters.FILTERS]))
    parser.add_argument("--variances", default=",".join(smash.VARIANCES))
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    seeds, variances = (3, ["v1"]) if chosen.quick else (chosen.seeds, chosen.variances.split(","))
    names, rows = chosen.methods.split(","), {f"*{name}*": mise for name, mise in smash.published().items()}
    second: Rows = {}
    compute = partial(rows_of, seeds=seeds, variances=variances, oracle=not chosen.quick)
    with ProcessPoolExecutor(chosen.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for first, others in pool.map(compute, names):
            rows.update(first)
            second.update(others)
    text = report(rows, second, variances=variances, seeds=seeds)
    print(text)
    if not chosen.quick:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
