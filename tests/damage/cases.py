"""Recordings with their undamaged results and damaged ones, each labelled by the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

import denoise_core as dc
from denoise_core.series import Estimate, Float64Array, Series
from tests.damage.losses import (
    IN_FULL,
    Harm,
    attenuation,
    averaging,
    blurring,
    clipping,
    fading,
    missed_events,
    saturation,
    weakening,
    weakening_for_a_while,
)
from tests.damage.noises import NOISES
from tests.damage.signals import (
    Make,
    Rng,
    Signal,
    bent_line,
    cusps,
    double_pulses,
    heartbeats,
    knocks,
    levels,
    needles,
    ramps,
    relaxation,
    ringing_impacts,
    set_points,
    steady_tones,
    triangle_wave,
    wandering_baseline,
    wandering_tones,
)

LENGTHS = (2048, 4096, 8192, 20_000)
RATE_HZ = 1000.0
KEPT_PEAKS, KEPT_DB = 0.1, 0.5
"""Up to this share of a repeated peak and this loss a result counts as undamaged; from the next two on as damaged."""
DAMAGED_PEAKS, DAMAGED_DB = 0.15, 1.0
_MOST_DB = 8.0

Kinds = dict[str, tuple[tuple[Make, ...], tuple[Harm, ...]]]
TUNING: Kinds = {
    "impacts": ((ringing_impacts, cusps), (attenuation, averaging, clipping)),
    "edges": ((levels, set_points), (averaging,)),
    "tones": ((steady_tones, triangle_wave), (attenuation,)),
    "slow trends": ((wandering_baseline, bent_line), (attenuation,)),
    "missed repeats": ((heartbeats, needles), (weakening, missed_events)),
}
KEPT_BACK: Kinds = {
    "impacts": ((knocks,), (fading, blurring, saturation)),
    "edges": ((ramps,), (blurring,)),
    "tones": ((wandering_tones,), (fading,)),
    "slow trends": ((relaxation,), (fading,)),
    "missed repeats": ((double_pulses,), (weakening_for_a_while, missed_events)),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A result and what it is.

    Parameters
    ----------
    loss_db : float
        How much larger its mean square error is than the Instant result's, by the signal that was taken out alone: on purpose,
        or by the method itself, as far as what it took is proportional to a part of the signal.
    lost_peak : float
        Median share of the height of a repeated peak that it lacks; 0 where nothing repeats.
    """

    family: str
    damage: str
    noise: str
    base: str
    series: Series
    estimate: Estimate
    loss_db: float
    lost_peak: float

    @property
    def is_damaged(self) -> bool:
        return self.loss_db >= DAMAGED_DB or self.lost_peak >= DAMAGED_PEAKS

    @property
    def is_undamaged(self) -> bool:
        return not self.damage and self.loss_db < KEPT_DB and self.lost_peak < KEPT_PEAKS


def cases(kinds: Kinds, *, count: int, seed: int, lengths: tuple[int, ...] = LENGTHS) -> Iterator[Case]:
    """For each of `count` recordings its undamaged results and damaged ones; every family in turn."""
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        family = list(kinds)[number % len(kinds)]
        makes, harms = kinds[family]
        signal = makes[rng.integers(len(makes))](int(rng.choice(lengths)), rng)
        n = len(signal.clean)
        noise = NOISES[rng.integers(len(NOISES))]
        error = noise(n, rng, signal.clean)
        error = error * (np.std(signal.clean) / np.exp(rng.uniform(np.log(1.5), np.log(10.0))) / error.std())
        series = Series.of(signal.clean + error, rate_hz=RATE_HZ)
        yield from _of_recording(family, signal, series, noise.__name__, harms, rng)


def _of_recording(family: str, signal: Signal, series: Series, noise: str, harms: tuple[Harm, ...], rng: Rng) -> Iterator[Case]:
    found = dc.denoise(series, method="instant")
    reference = float(np.mean((found.values - signal.clean) ** 2))
    results = {"instant": found, "oracle": replace(found, values=signal.clean, method="given", sd=None, noise_sd=None)}
    for base, result in results.items():
        about = {"family": family, "noise": noise, "base": base, "series": series}
        error = signal.clean - result.values
        own_db, own_peak = _coherent_db(signal, error, reference), _lost_peak(signal, error)
        yield Case(**about, damage="", estimate=result, loss_db=own_db, lost_peak=own_peak)
        for harm in harms:
            lost = harm(signal, rng)
            wanted = (10 ** (np.exp(rng.uniform(0.0, np.log(_MOST_DB))) / 10) - 1.0) * reference
            if lost.any() and harm not in IN_FULL:
                lost = lost * min(1.0, float(np.sqrt(wanted / np.mean(lost**2))))
            loss_db = 10 * np.log10(1.0 + float(np.mean(lost**2)) / reference)
            damaged = replace(result, values=result.values - lost)
            peak = _lost_peak(signal, error + lost)
            yield Case(**about, damage=harm.__name__, estimate=damaged, loss_db=loss_db, lost_peak=peak)


def _coherent_db(signal: Signal, error: Float64Array, reference: float) -> float:
    """By how much the error is larger for what is proportional to the parts of the signal, chance left out."""
    parts = np.linalg.qr(np.stack([part - part.mean() for part in signal.parts], axis=1))[0]
    shares = parts.T @ error
    coherent = max(0.0, float(np.sum(shares**2)) / len(error) - len(shares) * reference / len(error))
    return float(10.0 * np.log10(1.0 + coherent / max(reference - coherent, 0.1 * reference)))


def _lost_peak(signal: Signal, lost: Float64Array) -> float:
    """Slope of what was lost over the height of the peaks: chance errors of the single peaks average out."""
    if not signal.peaks:
        return 0.0
    tops = np.array(signal.peaks)
    return float(np.sum(lost[tops] * signal.part[tops]) / np.sum(signal.part[tops] ** 2))
