"""What quality.py found, kept in a file, and the tables made of it. Knows how no figure came about."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.benchmarks import instruments, mcsm, repeating, smash

Rows = dict[str, dict[str, float]]
"""Method -> scenario -> mean MISE, or mean gain in dB in the second suite."""

INTRODUCTION = """# Quality

Written by `make bench-quality` from quality.json beside it. Gain is 10 log10(MISE(noisy) / mean MISE over seeds) in dB.
"oracle" has the setting that is best for the truth, series by series. Published rows (100 seeds) are in italics: s8 and haar are
wavelets, true is told the noise's level, homo takes it as constant.
"""


class Kept:
    """Every figure found so far, with its number of seeds; written to `path` as it comes, if there is one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._found: dict[str, dict[str, tuple[float, int]]] = {}
        self._read()

    def _read(self) -> None:
        if self._path is not None and self._path.exists():
            self._found = json.loads(self._path.read_text(encoding="utf-8"))

    def take(self, method: str, scenario: str, value: float, seeds: int) -> None:
        self._read()  # Another process may have added its own.
        self._found.setdefault(method, {})[scenario] = (round(value, 4), seeds)
        if self._path is not None:
            self._path.write_text(json.dumps(self._found, indent=1), encoding="utf-8")

    def seeds(self, method: str, scenario: str) -> int:
        """How many seeds a figure rests on; 0 if it is not known."""
        return self._found.get(method, {}).get(scenario, (0.0, 0))[1]

    def rows(self, scenarios: list[str]) -> Rows:
        """Those of the methods for which all of them are known; the label says how many seeds."""
        found = {}
        for method, values in self._found.items():
            if all(scenario in values for scenario in scenarios):
                seeds = min(values[scenario][1] for scenario in scenarios)
                found[f"{method} ({seeds})"] = {scenario: values[scenario][0] for scenario in scenarios}
        return found


def gains(mise: dict[str, float], snr: int, variance: str) -> list[float]:
    """dB, function by function."""
    pairs = [(smash.mise_of_noisy(f, snr, variance), mise[f"{f}.{snr}.{variance}"]) for f in smash.MEANS]
    return [float(10 * np.log10(before / after)) for before, after in pairs]


def table(rows: Rows, snr: int, variance: str) -> str:
    """Markdown: one row to the method, the best first."""
    each = {name: gains(mise, snr, variance) for name, mise in rows.items()}
    return _markdown(list(smash.MEANS), each)


def second_table(rows: Rows, length: int) -> str:
    """Markdown: one row to the method, the best first; then how far instant is ahead of the best oracle, case by case."""
    scenarios = _scenarios(length)
    each = {name: [row[scenario] for scenario in scenarios] for name, row in rows.items()}
    lines = [_markdown([" ".join(scenario.split(".")[:2]) for scenario in scenarios], each)]
    oracles = [row for name, row in each.items() if "oracle" in name]
    instant = next((row for name, row in each.items() if name.startswith("instant")), None)
    if oracles and instant:
        lines.append(_line("instant over the best oracle of each case", list(np.subtract(instant, np.max(oracles, axis=0))), "+"))
    return "\n".join(lines)


def mcsm_table(rows: Rows) -> str:
    """Markdown: QRF in dB, one row to the method, ours and the published, the best first; then ours over the best of each."""
    scenarios = _mcsm_scenarios()
    published = {f"*{name}*": [row[scenario] for scenario in scenarios] for name, row in mcsm.published().items()}
    ours = {name: [row[scenario] for scenario in scenarios] for name, row in rows.items()}
    lines = [_markdown([" ".join(scenario.split(".")[:2]) for scenario in scenarios], ours | published)]
    best = mcsm.best_published()
    if instant := next((row for name, row in ours.items() if name.startswith("instant")), None):
        ahead = list(np.subtract(instant, [best[scenario] for scenario in scenarios]))
        lines.append(_line("instant over the best published of each case", ahead, "+"))
    return "\n".join(lines)


def instruments_table(rows: Rows) -> str:
    """Markdown: mean gain in dB over the series for each noise; then how far instant is ahead of the best oracle of each case."""
    columns = [(noise, snr) for noise in instruments.NOISES for snr in instruments.SNRS]

    def means(row: dict[str, float]) -> list[float]:
        return [
            float(np.mean([row[f"{name}|{noise}.{snr}.instruments"] for name in instruments.SERIES])) for noise, snr in columns
        ]

    each = {name: means(row) for name, row in rows.items()}
    lines = [_markdown([f"{noise} {snr}" for noise, snr in columns], each)]
    oracles = [row for name, row in rows.items() if "oracle" in name]
    instant = next((row for name, row in rows.items() if name.startswith("instant")), None)
    if oracles and instant:
        ahead = {scenario: gain - max(row[scenario] for row in oracles) for scenario, gain in instant.items()}
        lines.append(_line("instant over the best oracle of each case", means(ahead), "+"))
    return "\n".join(lines)


def report(kept: Kept) -> str:
    """Every table of which there is at least one row of ours."""
    parts = [INTRODUCTION]
    for variance in smash.VARIANCES:
        for snr in (3, 1):
            scenarios = [f"{function}.{snr}.{variance}" for function in smash.MEANS]
            if ours := kept.rows(scenarios):
                others = {f"*{name}*": mise for name, mise in smash.published().items()}
                parts += [
                    f"## SMASH benchmark (n = 1024), SNR {snr}, variance {variance}\n",
                    table(ours | others, snr, variance),
                    "",
                ]
    for length in repeating.LENGTHS:
        if ours := kept.rows(_scenarios(length)):
            parts += [f"## Repeating series, n = {length:,}, SNR 1, 3 and 10\n", second_table(ours, length), ""]
    if ours := kept.rows(_mcsm_scenarios()):
        parts += ["## Multi-component signals (mcsm, n = 1024), QRF at 0 and 10 dB\n", mcsm_table(ours), ""]
    if ours := kept.rows([f"{name}.{snr}.instruments" for name in instruments.NAMES for snr in instruments.SNRS]):
        parts += ["## Noise as instruments make it, n = 2,048, SNR 3 and 10, mean over six series\n", instruments_table(ours), ""]
    parts.append("The number of seeds of our own rows is in brackets.\n")
    return "\n".join(parts)


def _mcsm_scenarios() -> list[str]:
    return [f"{name}.{snr}.mcsm" for name in mcsm.SIGNALS for snr in mcsm.SNRS]


def _scenarios(length: int) -> list[str]:
    return [f"{name}.{snr}.{length}" for name in repeating.SERIES for snr in repeating.SNRS]


def _markdown(columns: list[str], rows: dict[str, list[float]]) -> str:
    ranked = sorted(rows.items(), key=lambda item: -np.mean(item[1]))
    heading = [f"| method | mean | {' | '.join(columns)} |", "|---|" + "---|" * (1 + len(columns))]
    return "\n".join([*heading, *(_line(name, row) for name, row in ranked)])


def _line(name: str, row: list[float], sign: str = "") -> str:
    return f"| {name} | **{np.mean(row):{sign}.2f}** | {' | '.join(f'{gain:{sign}.1f}' for gain in row)} |"
