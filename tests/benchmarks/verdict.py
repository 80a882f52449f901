"""How often the verdict says that signal was removed: ``python -m tests.benchmarks.verdict [--quick | --calibrate]``.

On the labelled damage of `tests.damage`, of the kinds that no threshold was set on: share of the damaged results of which it is
said (hits), and of the undamaged ones (false alarms); and what a verdict costs.
--calibrate: the same on the tuning kinds, and for each class of noise the factor on the limits of `assess.findings.calibration`
at which 2 % of the undamaged results exceed one or more of them: half of what may be, as other kinds exceed them more often.
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
from denoise_core.assess.findings.calibration import FACTORS, LIMITS, NoiseClass, remaining_strength
from denoise_core.assess.findings.normalised import normalise
from denoise_core.assess.findings.search import evidence
from denoise_core.noise import Noise, describe
from denoise_core.series import Estimate, Series
from tests.damage import KEPT_BACK, TUNING, Case, cases

RECORDINGS, TUNING_SEED, SEED = 200, 1, 3
FALSE_ALARMS = 0.02
BINS_DB = (1.0, 2.0, 4.0, np.inf)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--calibrate", action="store_true")
    arguments = parser.parse_args()
    count = 5 if arguments.quick else RECORDINGS
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
    """Print the factor for each class of noise, and hits and false alarms with the factors that are set."""
    judged = [(case, *_closest(case, noise)) for case, noise in found]
    for one in FACTORS:
        undamaged = [closest for case, noise_class, closest in judged if case.is_undamaged and noise_class == one]
        print(f"{one:18} {np.quantile(undamaged, 1.0 - FALSE_ALARMS):.2f} of {len(undamaged)}, set: {FACTORS[one]:.2f}")
    report([(case, closest > FACTORS[noise_class]) for case, noise_class, closest in judged])


def _closest(case: Case, noise: Noise) -> tuple[NoiseClass, float]:
    """The class of the noise, and the greatest strength in units of its limit."""
    given = normalise(case.series.values, case.estimate, noise)
    assert given is not None
    found = evidence(given).items()
    return given.noise_class, max(remaining_strength(one, given.error_energy) / LIMITS[kind] for kind, one in found)


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
