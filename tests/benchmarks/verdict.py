"""How often the verdict says that signal was removed: ``python -m tests.benchmarks.verdict [--quick | --calibrate]``.

On the labelled damage of `tests.damage`, of the kinds that no threshold was set on: share of the damaged results of which it is
said (hits), and of the undamaged ones (false alarms); and what a verdict costs.
--calibrate: the limits of `assess.findings.calibration` from the tuning kinds: for each check the same quantile of the undamaged
results, such that 5 % of these exceed one or more.
--quick: few recordings.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from denoise_core import signals
from denoise_core.assess import judge
from denoise_core.assess.findings.calibration import remaining_strength
from denoise_core.assess.findings.normalised import normalise
from denoise_core.assess.findings.search import evidence
from denoise_core.noise import Noise, describe
from denoise_core.series import Estimate, Series
from tests.damage import KEPT_BACK, TUNING, Case, cases

RECORDINGS, TUNING_SEED, SEED = 200, 1, 2
FALSE_ALARMS = 0.05
BINS_DB = (1.0, 2.0, 4.0, np.inf)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--calibrate", action="store_true")
    arguments = parser.parse_args()
    count = 10 if arguments.quick else RECORDINGS
    if arguments.calibrate:
        calibrate(described(cases(TUNING, count=count, seed=TUNING_SEED)))
        return
    report([(case, removed(case, noise)) for case, noise in described(cases(KEPT_BACK, count=count, seed=SEED))])
    for n in (20_000,) if arguments.quick else (20_000, 200_000, 1_000_000):
        print(f"a verdict on {n:9,} samples: {seconds(n):.2f} s")


def described(found: Iterable[Case]) -> Iterable[tuple[Case, Noise]]:
    """Each case with what is said of the noise of its series, which several share."""
    series, noise = None, None
    for case in found:
        if series is not case.series:
            series, noise = case.series, describe(case.series.values)
        yield case, noise


def removed(case: Case, noise: Noise) -> bool:
    return judge(case.series, case.estimate, noise=noise).signal_was_removed


def report(judged: Sequence[tuple[Case, bool]]) -> None:
    damaged = [(case, said) for case, said in judged if case.is_damaged]
    undamaged = [(case, said) for case, said in judged if case.is_undamaged]
    print(f"{'':18} {'hits':>12} {'false alarms':>16}")
    _rows(damaged, undamaged, lambda case: case.family)
    _rows(damaged, undamaged, lambda case: f"noise: {case.noise}")
    _rows(damaged, undamaged, lambda case: f"base: {case.base}")
    for low, high in pairwise(BINS_DB):
        part = [said for case, said in damaged if low <= case.loss_db < high]
        print(f"{f'{low:g} to {high:g} dB':18} {_share(part)}".replace("to inf dB", "dB and more"))
    peaks = [said for case, said in damaged if case.lost_peak >= 0.15]
    print(f"{'15 % of a peak':18} {_share(peaks)}")
    print(f"{'all':18} {_share([said for _, said in damaged])} {_share([said for _, said in undamaged])}")


def _rows(damaged: Sequence[tuple[Case, bool]], undamaged: Sequence[tuple[Case, bool]], name: Callable[[Case], str]) -> None:
    for one in sorted({name(case) for case, _ in damaged}):
        hits = [said for case, said in damaged if name(case) == one]
        false = [said for case, said in undamaged if name(case) == one]
        print(f"{one:18} {_share(hits)} {_share(false)}")


def _share(said: Sequence[bool]) -> str:
    return f"{100.0 * np.mean(said):6.1f} % of {len(said):4}" if len(said) else f"{'-':>16}"


def calibrate(found: Iterable[tuple[Case, Noise]]) -> None:
    """Print the limits, and hits and false alarms on the same cases."""
    judged = [(case, _strengths(case, noise)) for case, noise in found]
    kinds = sorted({kind for _, strengths in judged for kind in strengths})
    table = {case: np.array([strengths.get(kind, 0.0) for kind in kinds]) for case, strengths in judged}
    undamaged = np.array([table[case] for case, _ in judged if case.is_undamaged])
    shares = np.linspace(0.8, 1.0, 2001)
    exceed = [np.mean((undamaged > np.quantile(undamaged, share, axis=0)).any(axis=1)) for share in shares]
    limits = np.quantile(undamaged, shares[int(np.argmax(np.array(exceed) <= FALSE_ALARMS))], axis=0)
    for kind, limit in zip(kinds, limits, strict=True):
        print(f"{kind:10} {limit:6.2f}")
    report([(case, bool((table[case] > limits).any())) for case, _ in judged])


def _strengths(case: Case, noise: Noise) -> dict[str, float]:
    """What is left of each strength when the tolerated share of the stated error is taken off."""
    given = normalise(case.series.values, case.estimate, noise)
    if given is None:
        return {}
    return {kind: remaining_strength(one, given.error_energy) for kind, one in evidence(given).items()}


def seconds(n: int) -> float:
    """Processor time of one verdict on heartbeats."""
    rng = np.random.default_rng(0)
    clean = np.resize(signals.ecg_like(20_000, rng), n)
    series = Series.of(clean + 0.1 * rng.standard_normal(n), rate_hz=250.0)
    noise, estimate = describe(series.values), Estimate(values=0.9 * clean, method="given")
    began = time.process_time()
    judge(series, estimate, noise=noise)
    return time.process_time() - began


if __name__ == "__main__":
    main()
