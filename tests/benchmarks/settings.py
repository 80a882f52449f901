"""What the settings are worth on series with known truth: coloured noise, spikes, a rising level, missing samples, channels.

    python -m tests.benchmarks.settings [--quick] [--only coloured,spikes,rising,missing,channels,recipes] [--seeds 5]

Gain is 10 log10(MSE(noisy) / MSE(estimate)) in dB, n = 2048, SNR 3 (amplitude). One CPU core.
--quick: one seed, 512 samples and one epoch, to see that it runs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import denoise_core as dc
from denoise_core.config import RunConfig, SplitConfig
from denoise_core.noise import describe
from denoise_core.signals import SIGNALS, ar1_noise, ecg_like, rising, spikes
from denoise_core.suggestions import RECIPES, for_channels
from denoise_core.training import Trainer
from tests.common import gain_db

N, SNR, RATE_HZ = 2048, 3.0, 250.0
BAND_90 = 1.6449
MOST_EPOCHS = 10_000


def on_cpu(config: RunConfig, seed: int) -> RunConfig:
    """The settings as every training here takes them."""
    config = config.replace("training.seed", seed).replace("training.device", "cpu")
    return config.replace("training.epochs", min(config.training.epochs, MOST_EPOCHS))


def trained(values: np.ndarray, change: Callable[[RunConfig, dc.Series], RunConfig], seed: int) -> dc.Estimate:
    series = dc.Series.of(values, rate_hz=RATE_HZ)
    config = on_cpu(change(dc.suggest(series), series), seed)
    return dc.fit(series, config).denoise(series)


def as_suggested(config: RunConfig, _series: dc.Series) -> RunConfig:
    return config


def shown(title: str, gains: dict[str, list[float]], note: str = "") -> None:
    for name, each in gains.items():
        print(f"{title:10}{name:44}{np.mean(each):7.2f}   {'  '.join(f'{g:6.2f}' for g in each)}", flush=True)
    if note:
        print(f"{title:10}{note}", flush=True)


def coloured_noise(seeds: int) -> None:
    """AR(1) noise, rho 0.8."""

    def white(config: RunConfig, _series: dc.Series) -> RunConfig:
        return replace(config, split=SplitConfig()).replace("input.whiten", 0.0).replace("model.gap", 1)

    def gap(config: RunConfig, series: dc.Series) -> RunConfig:
        found = describe(series.values).gap
        return (
            config.replace("input.whiten", 0.0)
            .replace("model.gap", found)
            .replace("window.length", 256)
            .replace("training.batch_size", 16)
            .replace("split.block", 8 * found)
            .replace("split.guard", found)
        )

    choices = {
        "gap 1, as for white noise": white,
        "suggested gap": gap,
        "as suggested: whitening and gap": as_suggested,
    }
    gains: dict[str, list[float]] = {name: [] for name in choices}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        clean = ecg_like(N, rng)
        noisy = clean + clean.std() / SNR * ar1_noise(N, rng, rho=0.8)
        for name, change in choices.items():
            gains[name].append(gain_db(noisy, trained(noisy, change, seed).values, clean))
    shown("coloured", gains, "bar: the suggestion >= 3 dB more than gap 1")


def spiky(seeds: int) -> None:
    """2 % spikes of 10 sigma."""
    choices = {
        "MSE and min-max": lambda config, _: config.replace("objective.loss", "mse").replace("scaling.kind", "minmax"),
        "as suggested": as_suggested,
    }
    gains: dict[str, list[float]] = {name: [] for name in choices}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        clean = ecg_like(N, rng)
        sd = clean.std() / SNR
        noisy = clean + sd * rng.standard_normal(N) + spikes(N, rng, share=0.02, size=10 * sd)
        for name, change in choices.items():
            gains[name].append(gain_db(noisy, trained(noisy, change, seed).values, clean))
    shown("spikes", gains, "bar: the suggestion >= 3 dB more")


def louder(seeds: int) -> None:
    """Noise that grows fivefold along the record."""
    covered = []
    gains = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        clean = ecg_like(2 * N, rng)
        noisy = clean + clean.std() / SNR * rising(2 * N, factor=5.0) * rng.standard_normal(2 * N)
        estimate = trained(noisy, as_suggested, seed)
        assert estimate.sd is not None
        inside = np.abs(estimate.values - clean) < BAND_90 * estimate.sd
        covered.append([float(part.mean()) for part in np.array_split(inside, 5)])
        gains.append(gain_db(noisy, estimate.values, clean))
    shown("rising", {"gain": gains})
    for fifth, each in enumerate(zip(*covered, strict=True), 1):
        shown("rising", {f"coverage of the 90 % band, fifth {fifth}, %": [100 * c for c in each]})
    print("rising    bar: 80-97 % in each fifth", flush=True)


def missing(seeds: int) -> None:
    """10 % of the samples missing, in stretches of 1 to 50."""
    gains: dict[str, list[float]] = {"complete": [], "10 % missing": []}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        clean = ecg_like(N, rng)
        noisy = clean + clean.std() / SNR * rng.standard_normal(N)
        gappy = noisy.copy()
        while np.isnan(gappy).mean() < 0.1:
            start = rng.integers(N)
            gappy[start : start + rng.integers(1, 51)] = np.nan
        kept = ~np.isnan(gappy)
        for name, values in zip(gains, (noisy, gappy), strict=True):
            estimate = trained(values, as_suggested, seed).values
            gains[name].append(gain_db(noisy[kept], estimate[kept], clean[kept]))
    shown("missing", gains, "bar: within 0.5 dB on the present samples")


def channels(seeds: int) -> None:
    """Three leads of the same heart: together against one by one."""
    rows: dict[str, list[float]] = {}
    seconds = {"together": 0.0, "one by one": 0.0}
    for seed in range(seeds):
        leads = three_leads(np.random.default_rng(seed))
        series = [dc.Series.of(noisy, rate_hz=RATE_HZ, name=f"lead {i}") for i, (noisy, _) in enumerate(leads, 1)]
        config = on_cpu(dc.suggest(series[0]), seed)
        began = time.perf_counter()
        joint = Trainer(series, on_cpu(for_channels(config, 3), seed))
        for _ in joint.run():
            pass
        seconds["together"] += time.perf_counter() - began
        began = time.perf_counter()
        alone = [dc.fit(one, config) for one in series]
        seconds["one by one"] += time.perf_counter() - began
        for i, (noisy, clean) in enumerate(leads):
            for name, network in (("together", joint.best()), ("one by one", alone[i])):
                rows.setdefault(f"lead {i + 1} {name}", []).append(gain_db(noisy, network.denoise(series[i]).values, clean))
    ratio = seconds["together"] / seconds["one by one"]
    shown("channels", rows, f"time together / one by one: {ratio:.2f}; bar: no lead worse by 0.3 dB, time at most 0.5")


def three_leads(rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same beats seen from three sides: other shapes by filtering, other sizes, noises of their own."""
    heart = ecg_like(N + 32, rng)
    shapes = (heart, np.gradient(heart) * 4.0, np.convolve(heart, np.hanning(13) / np.hanning(13).sum(), mode="same") * 0.7)
    clean = [shape[16:-16] for shape in shapes]
    return [(c + c.std() / SNR * rng.standard_normal(N), c) for c in clean]


def recipes(seeds: int) -> None:
    """Every recipe of the Train page on heartbeats and Bumps."""
    for signal in ("ecg_like", "bumps"):
        gains: dict[str, list[float]] = {}
        seconds: dict[str, float] = {}
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            clean = SIGNALS[signal](N, rng)
            noisy = clean + clean.std() / SNR * rng.standard_normal(N)
            for name, recipe in RECIPES.items():
                began = time.perf_counter()
                estimate = trained(noisy, lambda _, series, fill=recipe.fill: fill(series), seed)
                seconds[name] = seconds.get(name, 0.0) + (time.perf_counter() - began) / seeds
                gains.setdefault(name, []).append(gain_db(noisy, estimate.values, clean))
        shown(signal, {f"{name} ({seconds[name]:.0f} s)": each for name, each in gains.items()})


PARTS = {
    "coloured": coloured_noise,
    "spikes": spiky,
    "rising": louder,
    "missing": missing,
    "channels": channels,
    "recipes": recipes,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if arguments.quick:
        global MOST_EPOCHS, N
        MOST_EPOCHS, N, arguments.seeds = 1, 512, 1
    for name in arguments.only.split(","):
        PARTS[name](arguments.seeds)


if __name__ == "__main__":
    main()
