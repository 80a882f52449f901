"""What the numbers about a result mean, in plain words. Thresholds are here; how the numbers come about is not.

The thresholds were set on signals with known truth: white residuals of 500 to 200,000 samples raise a warning in less than 1 of
20 cases, a lost rhythm and a filter that is too strong raise one (tests/assess/test_verdict.py repeats this).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from denoise_core.assess.formatting import rhythm, sized
from denoise_core.assess.metrics import snr_gain_db
from denoise_core.assess.residual import Residual, diagnose
from denoise_core.noise import Noise
from denoise_core.series import Estimate, Float64Array, Series

# White noise reaches 8 dB in 1 of 200 series.
PEAK_DB = 10.0
# Where the autocorrelation has found a rhythm, a peak of this height says its frequency better than the lag does.
VISIBLE_DB = 5.0
# Only a positive autocorrelation counts: a smoother that removes noise alone leaves -0.1 to -0.7 at a short lag.
ALIKE = 0.1
# Neighbours of coloured noise, less what they were found to be alike by, which is certain to about 0.1. The noise itself then
# stays below 0.25 in seven of eight records of 2,048 samples and, but for a few of 0.9, in longer ones; filters that cut
# heartbeats or vibration leave 0.35 to 0.9.
ALIKE_BEYOND_COLOUR = 0.3
# Up to this lag, alike samples are neighbours rather than a rhythm.
NEIGHBOURS = 3
LITTLE_REMOVED = 0.3
MUCH_REMOVED = 1.5
CORRELATION = 0.25
# Laplacian noise has 3; chance in 500 Gaussian samples 0.9.
TAIL_WEIGHT = 1.0
LEVEL_RATIO = 2.0

Severity = Literal["good", "note", "warn"]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One thing to know. `short` continues "Removed noise of about 0.03 mV; ..."."""

    severity: Severity
    text: str
    short: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One of the three numbers above a result; `value` is the bare number, `text` has its unit."""

    label: str
    value: float
    text: str
    help: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A first sentence, the others by severity (warn first), three numbers, and a text for those who cannot see the charts.

    `gain_db` is how much smaller the error to the truth became; None where no truth is known.
    """

    headline: str
    sentences: tuple[Sentence, ...]
    figures: tuple[Figure, ...]
    alt: str
    residual: Residual
    gain_db: float | None = None


def judge(noisy: Series, estimate: Estimate, *, truth: Float64Array | None = None, noise: Noise | None = None) -> Verdict:
    """What was removed from `noisy`, in words and numbers; with the truth of shape (n,), the true gain too.

    With `noise`, what `noise.describe` said of the series, what was removed may be as alike from sample to sample as that.

    Raises
    ------
    DataError
        If lengths differ or fewer than 8 samples are present.
    """
    residual = diagnose(noisy, estimate, noise=noise)
    gain_db = None if truth is None else snr_gain_db(estimate.values, truth, noisy=noisy.values)
    sentences = [*_on_truth(gain_db), *_on_amount(residual), *_on_rhythm(residual, noisy), *_on_shape(residual)]
    sentences.sort(key=lambda s: s.severity != "warn")
    headline = _headline(residual, sentences, unit=noisy.unit)
    if all(s.severity == "good" for s in sentences):
        text = "What was removed has no rhythm, no spikes and an even level, as noise has."
        sentences.append(Sentence(severity="good", text=text))
    figures = _figures(residual, gain_db, unit=noisy.unit)
    alt = f"{noisy.name}, {len(noisy):,} samples, before and after denoising by {estimate.method}. {headline}"
    return Verdict(headline=headline, sentences=tuple(sentences), figures=figures, alt=alt, residual=residual, gain_db=gain_db)


def _headline(residual: Residual, sentences: list[Sentence], *, unit: str) -> str:
    first = next((s.short for s in sentences if s.severity == "warn"), "what was removed looks like noise.")
    return f"Removed noise of about {sized(residual.sd, unit)} (estimated); {first}"


def _on_truth(gain_db: float | None) -> Iterator[Sentence]:
    if gain_db is None or np.isnan(gain_db):
        return
    if gain_db < 0.0:
        yield Sentence(
            severity="warn",
            text=f"The result is further from the truth than the recording was, by {-gain_db:.1f} dB. Try less strength.",
            short="but it is further from the truth than before.",
        )
    else:
        yield Sentence(severity="good", text=f"Measured against the truth, the error became {gain_db:.1f} dB smaller.")


def _on_amount(residual: Residual) -> Iterator[Sentence]:
    if residual.noise_sd == 0.0:
        yield Sentence(severity="note", text="No noise can be seen in this series: its neighbouring values agree exactly.")
    elif residual.sd < LITTLE_REMOVED * residual.noise_sd:
        yield Sentence(severity="warn", text="Almost nothing was removed.", short="that is almost nothing.")
    elif residual.sd > MUCH_REMOVED * residual.noise_sd:
        times = residual.sd / residual.noise_sd
        yield Sentence(
            severity="warn",
            text=f"More was removed than the noise we can see: {times:.1f} times its estimated level.",
            short="that is more than the noise we can see.",
        )


def _on_rhythm(residual: Residual, noisy: Series) -> Iterator[Sentence]:
    near = residual.lag <= NEIGHBOURS
    least = ALIKE_BEYOND_COLOUR if near and residual.colour else ALIKE
    alike = residual.autocorrelation > max(least, residual.chance)
    if alike and near and not residual.peak_db > PEAK_DB:
        yield _on_neighbours(residual.colour)
    elif alike or residual.peak_db > PEAK_DB:
        step = noisy.time.step
        frequency = residual.peak_frequency if residual.peak_db > VISIBLE_DB else 1.0 / (residual.lag * step)
        where = rhythm(frequency, noisy.time)
        yield Sentence(
            severity="warn",
            text=f"The removed part still has a rhythm {where}. If that is mains hum, fine. If it is your signal, you lost some.",
            short=f"what was removed still has a rhythm {where}.",
        )
    if residual.delay:
        side = "late" if residual.delay > 0 else "early"
        count = abs(residual.delay)
        yield Sentence(
            severity="warn",
            text=f"The output is {count} sample{'s' if count > 1 else ''} {side}. A method that uses both sides has no delay.",
            short=f"the output comes {side}.",
        )


def _on_neighbours(colour: float) -> Sentence:
    """They are alike, where the noise's own are by `colour`, more than that."""
    said = "neighbouring samples of what was removed are alike"
    why = "parts of your signal were lost, or the noise is coloured"
    if colour:
        said = "neighbouring samples of what was removed are more alike than those of the noise"
        why = f"those are by about {colour:.2f}, so parts of your signal were lost"
    return Sentence(severity="warn", text=f"{said.capitalize()}: {why}.", short=f"{said}.")


def _on_shape(residual: Residual) -> Iterator[Sentence]:
    n = residual.samples
    if residual.correlation > CORRELATION:
        yield Sentence(
            severity="note", text="What was removed resembles the result: part of the signal went too. Try less strength."
        )
    if residual.tail_weight > max(TAIL_WEIGHT, 4.0 * np.sqrt(24.0 / n)):
        yield Sentence(
            severity="note",
            text="A few removed values are very large: spikes in the recording, or peaks of your signal that were cut off.",
        )
    if residual.level_ratio > max(LEVEL_RATIO, 1.0 + 6.0 * np.sqrt(8.0 / n)):
        yield Sentence(
            severity="note",
            text=f"More was removed in some stretches than in others, by up to {residual.level_ratio:.1f} times: "
            "the noise is not equally strong everywhere, or some signal was lost there.",
        )


def _figures(residual: Residual, gain_db: float | None, *, unit: str) -> tuple[Figure, ...]:
    noise = Figure(
        label="Noise level (estimated)",
        value=residual.noise_sd,
        text=sized(residual.noise_sd, unit),
        help="Standard deviation of the noise, estimated from the recording alone.",
    )
    share = Figure(
        label="Share removed",
        value=residual.removed_share,
        text=f"{100.0 * residual.removed_share:.2g} %",
        help="Variance of what was removed, as a share of the variance of the recording.",
    )
    beyond = f", beyond the {residual.colour:.2f} by which neighbours are alike in the noise itself" if residual.colour else ""
    alike = Figure(
        label="Likeness in what was removed",
        value=residual.autocorrelation,
        text=f"{residual.autocorrelation:+.2f}",
        help=f"Largest autocorrelation{beyond}, found at a distance of {residual.lag:,} samples. Pure noise has less than "
        f"{residual.chance:.2g} in size. Small negative values come from smoothing; positive ones are lost signal.",
    )
    if gain_db is None:
        return noise, share, alike
    gain = Figure(
        label="True gain",
        value=gain_db,
        text=f"{gain_db:.1f} dB",
        help="How much smaller the mean squared error to the truth became.",
    )
    return gain, noise, alike
