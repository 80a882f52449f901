"""What the numbers about a result mean, in plain words. The thresholds are here, the numbers themselves in `residual`.

The thresholds were set on signals with known truth: white residuals of 500 to 200,000 samples raise a warning in less than 1 of
20 cases; a lost oscillation or too strong a filter raises one (tests/assess/test_verdict.py repeats this).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from denoise_core.assess.formatting import format_frequency, format_percent, format_value
from denoise_core.assess.metrics import snr_gain_db
from denoise_core.assess.residual import Residual, diagnose
from denoise_core.noise import Noise
from denoise_core.series import Estimate, Float64Array, Series

# White noise reaches 8 dB in 1 of 200 series.
PEAK_DB = 10.0
# Where the autocorrelation shows an oscillation, a spectral peak of this height gives its frequency better than the lag does.
VISIBLE_DB = 5.0
# Only a positive autocorrelation counts: a smoother that removes noise alone leaves -0.1 to -0.7 at a short lag.
AUTOCORRELATED = 0.1
# At short lags after prewhitening, whose coefficient is known to about 0.1. The noise itself then stays below 0.25 in seven of
# eight records of 2,048 samples and, but for a few of 0.9, in longer ones; filters that cut heartbeats or vibration leave 0.35
# to 0.9.
AUTOCORRELATED_BEYOND_NOISE = 0.3
# Up to this lag, autocorrelation means smooth pieces of signal rather than an oscillation.
SHORT_LAG = 3
LITTLE_REMOVED = 0.3
MUCH_REMOVED = 1.5
CORRELATION = 0.25
# Laplacian noise has 3; chance in 500 Gaussian samples 0.9.
TAIL_WEIGHT = 1.0
LEVEL_RATIO = 2.0
# An oscillation this near to a low harmonic of the mains is more likely hum than signal.
MAINS_HZ, MAINS_HARMONICS, MAINS_TOLERANCE = (50.0, 60.0), 5, 0.01

Severity = Literal["good", "note", "warn"]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One thing to know. `short` follows "Removed about 0.03 mV RMS." in the headline."""

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

    Hum and drift that were removed before are named, but not judged: the residual is what the method removed from the rest.

    With `noise`, what `noise.describe` said of the series, the residual may be as autocorrelated as that noise is.

    Raises
    ------
    DataError
        If lengths differ or fewer than 8 samples are present.
    """
    residual = diagnose(estimate.seen_of(noisy), estimate, noise=noise)
    gain_db = None if truth is None else snr_gain_db(estimate.values, truth, noisy=noisy.values)
    sentences = [*_on_truth(gain_db), *_on_amount(residual), *_on_pattern(residual, noisy), *_on_shape(residual)]
    sentences.sort(key=lambda s: s.severity != "warn")
    headline = _headline(residual, sentences, unit=noisy.unit, before=tuple(estimate.removed))
    if all(s.severity == "good" for s in sentences):
        text = "The residual has no oscillation, no spikes and an even level, as expected of noise."
        sentences.append(Sentence(severity="good", text=text))
    figures = _figures(residual, gain_db, unit=noisy.unit)
    alt = f"{noisy.name}, {len(noisy):,} samples, before and after denoising by {estimate.method}. {headline}"
    return Verdict(headline=headline, sentences=tuple(sentences), figures=figures, alt=alt, residual=residual, gain_db=gain_db)


def _headline(residual: Residual, sentences: list[Sentence], *, unit: str, before: tuple[str, ...]) -> str:
    besides = f" besides the {' and the '.join(before)}" if before else ""
    if residual.sd == 0.0:
        return f"Nothing was removed{besides}."
    calm = all(s.severity == "good" for s in sentences)
    otherwise = "The residual shows no pattern we can detect." if calm else "The residual looks mostly like noise."
    first = next((s.short for s in sentences if s.severity == "warn"), otherwise)
    return f"Removed about {format_value(residual.sd, unit)} RMS{besides}. {first}"


def _on_truth(gain_db: float | None) -> Iterator[Sentence]:
    if gain_db is None or np.isnan(gain_db):
        return
    if gain_db < 0.0:
        yield Sentence(
            severity="warn",
            text=f"Error against the true signal rose by {-gain_db:.1f} dB. Try a lower strength.",
            short="The result is further from the true signal than the recording was.",
        )
    else:
        yield Sentence(severity="good", text=f"Error against the true signal fell by {gain_db:.1f} dB.")


def _on_amount(residual: Residual) -> Iterator[Sentence]:
    if residual.noise_sd == 0.0:
        yield Sentence(severity="note", text="No noise is visible in this series: neighbouring values agree exactly.")
    elif residual.sd < LITTLE_REMOVED * residual.noise_sd:
        text = "Nothing was removed." if residual.sd == 0.0 else "Almost nothing was removed."
        yield Sentence(severity="warn", text=text, short="That is far less than the estimated noise.")
    elif residual.sd > MUCH_REMOVED * residual.noise_sd:
        times = residual.sd / residual.noise_sd
        yield Sentence(
            severity="warn",
            text=f"More was removed than the estimated noise: {times:.1f} times its level.",
            short="That is more than the estimated noise.",
        )


def _on_pattern(residual: Residual, noisy: Series) -> Iterator[Sentence]:
    near = residual.lag <= SHORT_LAG
    least = AUTOCORRELATED_BEYOND_NOISE if near and residual.prewhitening else AUTOCORRELATED
    correlated = residual.autocorrelation > max(least, residual.chance)
    if correlated and near and not residual.peak_db > PEAK_DB:
        yield _on_short_lags(residual.prewhitening)
    elif correlated or residual.peak_db > PEAK_DB:
        visible = residual.peak_db > VISIBLE_DB
        yield _on_oscillation(residual.peak_frequency if visible else 1.0 / (residual.lag * noisy.time.step), noisy)
    if residual.delay:
        verb = "lags behind" if residual.delay > 0 else "runs ahead of"
        count = abs(residual.delay)
        shift = f"The output {verb} the recording by {count} sample{'s' if count > 1 else ''}."
        yield Sentence(severity="warn", text=f"{shift} A method that uses past and future samples has no delay.", short=shift)


def _on_short_lags(prewhitening: float) -> Sentence:
    if prewhitening:
        fact = "The residual is more autocorrelated than the noise"
        text = f"{fact} (lag 1: {prewhitening:.2f}), so part of your signal was probably removed."
    else:
        fact = "The residual is autocorrelated at short lags"
        text = f"{fact}: part of your signal was removed, or the noise itself is autocorrelated."
    return Sentence(severity="warn", text=text, short=f"{fact}.")


def _on_oscillation(frequency: float, noisy: Series) -> Sentence:
    fact = f"The residual still oscillates {format_frequency(frequency, noisy.time)}"
    hum = noisy.time.unit == "s" and _is_mains(frequency)
    meaning = ". If that is mains hum, fine; if not, part of" if hum else ", so part of"
    text = f"{fact}{meaning} your signal was probably removed."
    return Sentence(severity="warn", text=text, short=f"{fact}.")


def _is_mains(frequency_hz: float) -> bool:
    harmonics = (k * base for base in MAINS_HZ for k in range(1, MAINS_HARMONICS + 1))
    return any(abs(frequency_hz / harmonic - 1.0) <= MAINS_TOLERANCE for harmonic in harmonics)


def _on_shape(residual: Residual) -> Iterator[Sentence]:
    n = residual.samples
    if residual.correlation > CORRELATION:
        yield Sentence(
            severity="note", text="The residual correlates with the result: part of the signal was removed. Try a lower strength."
        )
    if residual.tail_weight > max(TAIL_WEIGHT, 4.0 * np.sqrt(24.0 / n)):
        yield Sentence(
            severity="note",
            text="A few residual values are very large: spikes in the recording, or peaks of your signal that were cut off.",
        )
    if residual.level_ratio > max(LEVEL_RATIO, 1.0 + 6.0 * np.sqrt(8.0 / n)):
        yield Sentence(
            severity="note",
            text=f"The residual is up to {residual.level_ratio:.1f} times larger in some stretches than in others: "
            "the noise level varies, or some signal was lost there.",
        )


def _figures(residual: Residual, gain_db: float | None, *, unit: str) -> tuple[Figure, ...]:
    noise = Figure(
        label="Noise level (estimated)",
        value=residual.noise_sd,
        text=format_value(residual.noise_sd, unit),
        help="Standard deviation of the noise, estimated from the recording alone.",
    )
    share = Figure(
        label="Variance removed",
        value=residual.removed_share,
        text=format_percent(residual.removed_share),
        help="Variance of the residual, as a share of the variance of the recording.",
    )
    lag_1 = f" after prewhitening (the noise itself has {residual.prewhitening:.2f} at lag 1)" if residual.prewhitening else ""
    autocorrelation = Figure(
        label="Residual autocorrelation",
        value=residual.autocorrelation,
        text="none" if np.isnan(residual.autocorrelation) else f"{residual.autocorrelation:+.2f}",
        help=f"Largest autocorrelation of the residual{lag_1}, found at lag {residual.lag:,} (samples). White noise stays below "
        f"{residual.chance:.2g} in size. Small negative values come from smoothing; positive ones are lost signal.",
    )
    if gain_db is None:
        return noise, share, autocorrelation
    gain = Figure(
        label="True gain",
        value=gain_db,
        text=f"{gain_db:.1f} dB",
        help="How far the mean squared error against the true signal fell.",
    )
    return gain, noise, autocorrelation
