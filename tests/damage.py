"""Labelled damage: results that lost a known part of the signal, and results that lost none, on noise of many kinds.

Signals and damages are of two sets, TUNING and KEPT_BACK, which share no signal and no form of damage, but for events that are
missed altogether. Thresholds of the verdict were set on the first alone (`tests/benchmarks/verdict.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.signal import butter, sosfilt

import denoise_core as dc
from denoise_core import signals
from denoise_core.series import Estimate, Float64Array, Series

LENGTHS = (2048, 4096, 8192, 20_000)
RATE_HZ = 1000.0
KEPT_PEAKS, KEPT_DB = 0.1, 0.5
"""Up to this share of a repeated peak and this loss a result counts as undamaged; from the next two on as damaged."""
DAMAGED_PEAKS, DAMAGED_DB = 0.15, 1.0
_MOST_DB = 8.0

Rng = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A clean signal of shape (n,): the sum of its `parts`, of which damage is done to the first.

    `peaks` are the tops of what repeats in that part.
    """

    parts: tuple[Float64Array, ...]
    peaks: tuple[int, ...] = ()

    @property
    def part(self) -> Float64Array:
        return self.parts[0]

    @property
    def clean(self) -> Float64Array:
        return np.sum(self.parts, axis=0)


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


Make = Callable[[int, Rng], Signal]
Harm = Callable[[Signal, Rng], Float64Array]
"""What a damage of full size takes out of a signal, of shape (n,)."""


def events(n: int, shape: Float64Array, rng: Rng, *, every: float, jitter: float, spread: float) -> Signal:
    """`shape` again and again, about `every` so many samples, of heights that differ by `spread` (sd)."""
    starts = np.cumsum(every * (1.0 + jitter * rng.standard_normal(int(2 * n / every) + 2))) - every * rng.random()
    starts = starts[(starts > 0) & (starts < n - len(shape))].astype(int)
    values = np.zeros(n)
    for start in starts:
        values[start : start + len(shape)] += shape * max(0.3, 1.0 + spread * rng.standard_normal())
    tops = tuple(int(start + np.argmax(np.abs(shape))) for start in starts)
    return Signal(parts=(values,), peaks=tops)


def over(signal: Signal, background: Float64Array) -> Signal:
    return replace(signal, parts=(*signal.parts, background))


def _time(n: int) -> Float64Array:
    return np.arange(n, dtype=np.float64)


def ringing_impacts(n: int, rng: Rng) -> Signal:
    time = _time(120)
    shape = np.exp(-time / rng.uniform(8, 25)) * np.sin(2 * np.pi * rng.uniform(0.05, 0.2) * time)
    shape = shape / np.abs(shape).max()
    shaft = np.sin(2 * np.pi * rng.uniform(0.002, 0.006) * _time(n) + rng.uniform(0, 6))
    return over(events(n, shape, rng, every=rng.uniform(150, 350), jitter=0.02, spread=0.1), rng.uniform(0.2, 0.7) * shaft)


def cusps(n: int, rng: Rng) -> Signal:
    """Peaks with a sharp tip and long flanks, over a slow tone."""
    time = np.abs(np.arange(-80.0, 81.0))
    shape = (1.0 + time / rng.uniform(5, 20)) ** -4.0
    tone = np.sin(2 * np.pi * rng.uniform(0.002, 0.01) * _time(n))
    return over(events(n, shape, rng, every=rng.uniform(200, 500), jitter=0.4, spread=0.3), rng.uniform(0.1, 0.5) * tone)


def knocks(n: int, rng: Rng) -> Signal:
    """Sharp one-sided blows with two tones in their tail, at random times."""
    time = _time(160)
    tail = np.exp(-time / rng.uniform(4, 12)) + 0.4 * np.exp(-time / 30.0) * np.cos(2 * np.pi * rng.uniform(0.03, 0.08) * time)
    shape = tail * (1.0 - np.exp(-time / 1.5))
    slow = uniform_filter1d(np.cumsum(rng.standard_normal(n)), 400)
    return over(
        events(n, shape / shape.max(), rng, every=rng.uniform(180, 400), jitter=0.3, spread=0.25), 0.3 * slow / slow.std()
    )


def levels(n: int, rng: Rng) -> Signal:
    changes = np.sort(rng.choice(n, max(6, n // 400), replace=False))
    values = np.cumsum(np.bincount(changes, rng.choice((-1.0, 1.0), len(changes)) * rng.uniform(0.5, 2.0, len(changes)), n))
    return Signal(parts=(values,))


def set_points(n: int, rng: Rng) -> Signal:
    """Levels that are approached from either side along a smooth S."""
    changes = rng.choice(np.arange(200, n - 200), max(4, n // 700), replace=False)
    width, heights = rng.uniform(1, 12), rng.standard_normal(len(changes))
    flanks = [h / (1.0 + np.exp(-np.clip((_time(n) - at) / width, -50, 50))) for at, h in zip(changes, heights, strict=True)]
    return Signal(parts=(np.sum(flanks, axis=0),))


def ramps(n: int, rng: Rng) -> Signal:
    """Saw teeth of irregular length and height, each with a fast flank."""
    starts = np.sort(rng.choice(n, max(6, n // 500), replace=False))
    since = _time(n) - np.concatenate([[0], starts])[np.searchsorted(starts, _time(n), side="right")]
    height = rng.uniform(0.5, 1.5, len(starts) + 1)[np.searchsorted(starts, _time(n), side="right")]
    values = height * np.exp(-since / rng.uniform(150, 500))
    return Signal(parts=(values,))


def steady_tones(n: int, rng: Rng) -> Signal:
    frequencies = rng.uniform(0.002, 0.25, 3)
    tones = [a * np.sin(2 * np.pi * f * _time(n) + rng.uniform(0, 6)) for a, f in zip((1.0, 0.5, 0.3), frequencies, strict=True)]
    first = rng.integers(3)
    return Signal(parts=tuple(tones[(first + k) % 3] for k in range(3)))


def triangle_wave(n: int, rng: Rng) -> Signal:
    """A tone with its odd harmonics, of which one is damaged."""
    frequency, phase = rng.uniform(0.002, 0.03), rng.uniform(0, 6)
    parts = [np.sin((2 * k + 1) * (2 * np.pi * frequency * _time(n) + phase)) * (-1) ** k / (2 * k + 1) ** 2 for k in range(5)]
    first = rng.integers(3)
    return Signal(parts=tuple(parts[(first + k) % 5] for k in range(5)))


def wandering_tones(n: int, rng: Rng) -> Signal:
    """A tone that swells and one whose frequency sweeps, over a slow one."""
    time = _time(n)
    swell = (1.0 + 0.7 * np.sin(2 * np.pi * time / n * rng.uniform(2, 5))) * np.sin(2 * np.pi * rng.uniform(0.02, 0.2) * time)
    low, high = np.sort(rng.uniform(0.01, 0.2, 2))
    sweep = np.sin(2 * np.pi * (low * time + 0.5 * (high - low) * time**2 / n))
    slow = np.sin(2 * np.pi * rng.uniform(2, 6) * time / n)
    return Signal(parts=(swell, sweep, slow) if rng.random() < 0.5 else (sweep, swell, slow))


def wandering_baseline(n: int, rng: Rng) -> Signal:
    slow = uniform_filter1d(uniform_filter1d(np.cumsum(rng.standard_normal(n)), n // 16), n // 16)
    slow = (slow - slow.mean()) / slow.std()
    quick = signals.bumps(n)
    return Signal(parts=(slow, quick / quick.std()))


def bent_line(n: int, rng: Rng) -> Signal:
    """Straight pieces of different slopes, under a train of short pulses."""
    knots = np.linspace(0, n, rng.integers(3, 7))
    slow = np.interp(_time(n), knots, rng.standard_normal(len(knots)))
    pulses = events(n, np.hanning(31), rng, every=170, jitter=0.3, spread=0.3).part
    return Signal(parts=((slow - slow.mean()) / slow.std(), pulses))


def relaxation(n: int, rng: Rng) -> Signal:
    """A warm-up and a slow swing, under a train of pulses."""
    time = _time(n) / n
    slow = 2.0 * (1.0 - np.exp(-time * rng.uniform(2, 8))) + 0.5 * np.sin(2 * np.pi * rng.uniform(1, 3) * time)
    slow = (slow - slow.mean()) / slow.std()
    pulses = events(n, np.hanning(60), rng, every=300, jitter=0.1, spread=0.1).part
    return Signal(parts=(slow, pulses))


def heartbeats(n: int, rng: Rng) -> Signal:
    time = np.linspace(-60, 160, 221)
    shape = np.exp(-0.5 * (time / 4) ** 2) - 0.25 * np.exp(-0.5 * ((time - 11) / 4) ** 2)
    shape = shape + 0.3 * np.exp(-0.5 * ((time - 75) / 16) ** 2)
    return events(n, shape, rng, every=rng.uniform(240, 320), jitter=0.04, spread=0.06)


def needles(n: int, rng: Rng) -> Signal:
    """Narrow pulses of either form of tip at random times, of heights that differ much."""
    width = rng.uniform(1.5, 8.0)
    time = np.arange(-40.0, 41.0)
    shape = np.exp(-0.5 * (time / width) ** 2) if rng.random() < 0.5 else np.maximum(0.0, 1.0 - np.abs(time) / (2 * width))
    return events(n, shape, rng, every=rng.uniform(110, 300), jitter=0.3, spread=0.3)


def double_pulses(n: int, rng: Rng) -> Signal:
    """Two triangles, the second upside down, at uneven times over a swing."""
    one = np.bartlett(int(rng.uniform(17, 41)))
    shape = np.concatenate([one, np.zeros(int(rng.uniform(0, 20))), -0.6 * one])
    swing = 0.4 * np.sin(2 * np.pi * rng.uniform(2, 5) * _time(n) / n)
    return over(events(n, shape, rng, every=rng.uniform(140, 260), jitter=0.25, spread=0.1), swing)


def attenuated(signal: Signal, rng: Rng) -> Float64Array:
    del rng
    return signal.part


def averaged(signal: Signal, rng: Rng) -> Float64Array:
    return signal.part - uniform_filter1d(signal.part, int(2 ** rng.uniform(2.5, 5)))


def blurred(signal: Signal, rng: Rng) -> Float64Array:
    return signal.part - gaussian_filter1d(signal.part, 2 ** rng.uniform(1, 4))


def clipped(signal: Signal, rng: Rng) -> Float64Array:
    limit = rng.uniform(0.3, 0.8) * np.abs(signal.part).max()
    return signal.part - np.clip(signal.part, -limit, limit)


def saturated(signal: Signal, rng: Rng) -> Float64Array:
    limit = rng.uniform(0.5, 1.2) * np.abs(signal.part).max()
    return signal.part - limit * np.tanh(signal.part / limit)


def faded(signal: Signal, rng: Rng) -> Float64Array:
    """The more, the later."""
    return signal.part * np.linspace(0.0, 1.0, len(signal.part)) ** rng.uniform(0.5, 2.0)


def weakened(signal: Signal, rng: Rng) -> Float64Array:
    """Every third event or so, in part."""
    return _some(signal, rng.random(len(signal.peaks)) < 0.35)


def weakened_for_a_while(signal: Signal, rng: Rng) -> Float64Array:
    """All events of one stretch, in part."""
    first = int(rng.integers(0, max(1, len(signal.peaks) - 3)))
    chosen = np.zeros(len(signal.peaks), dtype=bool)
    chosen[first : first + max(2, len(signal.peaks) // 4)] = True
    return _some(signal, chosen)


def missed(signal: Signal, rng: Rng) -> Float64Array:
    """One to three events altogether."""
    chosen = np.zeros(len(signal.peaks), dtype=bool)
    chosen[rng.permutation(len(signal.peaks))[: rng.integers(1, 4)]] = True
    return _some(signal, chosen)


IN_FULL = frozenset({missed})
"""Damages that are not scaled to a size that is drawn."""


def _some(signal: Signal, chosen: np.ndarray) -> Float64Array:
    """The part about the chosen events: each ends half way to its neighbours."""
    peaks = np.array(signal.peaks)
    nearest = np.argmin(np.abs(_time(len(signal.part))[:, None] - peaks), axis=1) if len(peaks) < 400 else np.zeros(0, int)
    return np.where(chosen[nearest], signal.part, 0.0)


Kinds = dict[str, tuple[tuple[Make, ...], tuple[Harm, ...]]]
TUNING: Kinds = {
    "impacts": ((ringing_impacts, cusps), (attenuated, averaged, clipped)),
    "edges": ((levels, set_points), (averaged,)),
    "tones": ((steady_tones, triangle_wave), (attenuated,)),
    "slow trends": ((wandering_baseline, bent_line), (attenuated,)),
    "missed repeats": ((heartbeats, needles), (weakened, missed)),
}
KEPT_BACK: Kinds = {
    "impacts": ((knocks,), (faded, blurred, saturated)),
    "edges": ((ramps,), (blurred,)),
    "tones": ((wandering_tones,), (faded,)),
    "slow trends": ((relaxation,), (faded,)),
    "missed repeats": ((double_pulses,), (weakened_for_a_while, missed)),
}


def white(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    return rng.standard_normal(n)


def autocorrelated(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    return signals.ar1_noise(n, rng, rho=rng.uniform(0.4, 0.85))


def low_passed(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    return np.asarray(sosfilt(butter(3, rng.uniform(0.3, 0.8), output="sos"), rng.standard_normal(n + 100)))[100:]


def growing(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    return signals.rising(n, factor=rng.uniform(2, 6)) * rng.standard_normal(n)


def in_bursts(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    del clean
    slow = uniform_filter1d(rng.standard_normal(n), n // 10)
    return np.where(slow > np.quantile(slow, 0.7), rng.uniform(2, 4), 1.0) * rng.standard_normal(n)


def signal_dependent(n: int, rng: Rng, clean: Float64Array) -> Float64Array:
    place = (clean - clean.min()) / np.ptp(clean)
    return np.sqrt(0.3 + 2.0 * place) * rng.standard_normal(n)


NOISES = (white, white, autocorrelated, low_passed, growing, in_bursts, signal_dependent)


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
