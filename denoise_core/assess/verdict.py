"""What the numbers about a result mean, in plain words.

Lost signal is looked for in `findings`; `findings.calibration` has its limits. The thresholds on the residual as a whole are
here, the numbers themselves in `residual`: white residuals of 500 to 200,000 samples raise a warning in less than 1 of 20 cases
(tests/assess/test_verdict.py repeats this).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from denoise_core.assess.findings import Finding, Findings, find
from denoise_core.assess.formatting import duration, format_percent, format_value, plural
from denoise_core.assess.metrics import snr_gain_db
from denoise_core.assess.residual import Residual, diagnose
from denoise_core.noise import Noise
from denoise_core.series import Estimate, Float64Array, Series

# Only a positive autocorrelation counts: a smoother that removes noise alone leaves -0.1 to -0.7 at a short lag.
AUTOCORRELATED = 0.1
# Up to this lag, autocorrelation means smooth pieces of signal rather than an oscillation.
SHORT_LAG = 3
LITTLE_REMOVED = 0.3
MUCH_REMOVED = 1.5
CORRELATION = 0.25
# Laplacian noise has 3; chance in 500 Gaussian samples 0.9.
TAIL_WEIGHT = 1.0
LEVEL_RATIO = 2.0

Severity = Literal["good", "note", "warn"]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One thing to know. `short` follows "Removed about 0.03 mV RMS." in the headline."""

    severity: Severity
    text: str
    short: str = ""
    tells_of_lost_signal: bool = False


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

    `gain_db` is how much smaller the error to the truth became; None where no truth is known. `places` are the stretches of the
    residual that are not noise.
    """

    headline: str
    sentences: tuple[Sentence, ...]
    figures: tuple[Figure, ...]
    alt: str
    residual: Residual
    gain_db: float | None = None
    places: tuple[Finding, ...] = ()

    @property
    def signal_was_removed(self) -> bool:
        """Whether one of the checks says so."""
        return any(sentence.tells_of_lost_signal for sentence in self.sentences)


def judge(noisy: Series, estimate: Estimate, *, truth: Float64Array | None = None, noise: Noise | None = None) -> Verdict:
    """What was removed from `noisy`, in words and numbers; with the truth of shape (n,), the true gain too.

    Hum and drift that were removed before are named, but not judged: the residual is what the method removed from the rest.

    With `noise`, what `noise.describe` said of the series, the residual may be as autocorrelated as that noise is.

    Raises
    ------
    DataError
        If lengths differ or fewer than 8 samples are present.
    """
    seen = estimate.seen_of(noisy)
    residual, found = diagnose(seen, estimate, noise=noise), find(seen, estimate, noise)
    gain_db = None if truth is None else snr_gain_db(estimate.values, truth, noisy=noisy.values)
    sentences = [*_on_truth(gain_db), *_on_lost_signal(found, residual, noisy), *_on_amount(residual), *_on_shape(residual)]
    sentences.sort(key=lambda s: s.severity != "warn")
    headline = _headline(residual, sentences, unit=noisy.unit, before=tuple(estimate.removed))
    if all(s.severity == "good" for s in sentences):
        text = "The residual has no oscillation, no spikes and an even level, as expected of noise."
        sentences.append(Sentence(severity="good", text=text))
    figures = _figures(residual, gain_db, unit=noisy.unit)
    alt = f"{noisy.name}, {len(noisy):,} samples, before and after denoising by {estimate.method}. {headline}"
    return Verdict(
        headline=headline,
        sentences=tuple(sentences),
        figures=figures,
        alt=alt,
        residual=residual,
        gain_db=gain_db,
        places=found.places,
    )


def _headline(residual: Residual, sentences: list[Sentence], *, unit: str, before: tuple[str, ...]) -> str:
    besides = f" besides the {' and the '.join(before)}" if before else ""
    spikes = f", including {plural(residual.removed_spikes, 'spike')}" if residual.removed_spikes else ""
    if residual.kept_spikes:
        spikes += f"; {plural(residual.kept_spikes, 'spike')} left in, as peaks of a signal can look like that"
    if residual.sd == 0.0:
        return f"Nothing was removed{besides}."
    calm = all(s.severity == "good" for s in sentences)
    otherwise = "The residual shows no pattern we can detect." if calm else "The residual looks mostly like noise."
    first = next((s.short for s in sentences if s.severity == "warn"), otherwise)
    return f"Removed about {format_value(residual.sd, unit)} RMS{besides}{spikes}. {first}"


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
    elif residual.calm_sd < LITTLE_REMOVED * residual.noise_sd:
        text = "Nothing was removed." if residual.sd == 0.0 else "Almost nothing was removed."
        yield Sentence(severity="warn", text=text, short="That is far less than the estimated noise.")
    elif residual.calm_sd > MUCH_REMOVED * residual.noise_sd:
        times = residual.calm_sd / residual.noise_sd
        yield Sentence(
            severity="warn",
            text=f"More was removed than the estimated noise: {times:.1f} times its level.",
            short="That is more than the estimated noise.",
        )


def _on_lost_signal(found: Findings, residual: Residual, noisy: Series) -> Iterator[Sentence]:
    """What was found in detail; where there is nothing of that, what the autocorrelation of the whole residual says."""
    for text in found.sentences:
        yield Sentence(severity="warn", text=text, short=text, tells_of_lost_signal=True)
    if not found.sentences:
        yield from _on_autocorrelation(residual, noisy)
    if residual.delay:
        yield _on_delay(residual.delay)


def _on_delay(delay: int) -> Sentence:
    verb = "lags behind" if delay > 0 else "runs ahead of"
    count = abs(delay)
    shift = f"The output {verb} the recording by {count} sample{'s' if count > 1 else ''}."
    return Sentence(severity="warn", text=f"{shift} A method that uses past and future samples has no delay.", short=shift)


def _on_autocorrelation(residual: Residual, noisy: Series) -> Iterator[Sentence]:
    """Where the noise is white: that of other noise is not known well enough."""
    if residual.prewhitening or not residual.autocorrelation > max(AUTOCORRELATED, residual.chance):
        return
    if residual.lag <= SHORT_LAG:
        fact = "The residual is autocorrelated at short lags"
        text = f"{fact}: part of your signal was removed, or the noise itself is autocorrelated."
    else:
        fact = f"The residual repeats itself after {duration(residual.lag, noisy.time)}"
        text = f"{fact}, so part of your signal was probably removed."
    yield Sentence(severity="warn", text=text, short=f"{fact}.", tells_of_lost_signal=True)


def _on_shape(residual: Residual) -> Iterator[Sentence]:
    n = residual.samples
    if residual.correlation > CORRELATION:
        yield Sentence(
            severity="note", text="The residual correlates with the result: part of the signal was removed. Try a lower strength."
        )
    if residual.removed_spikes:
        yield Sentence(
            severity="note", text=f"{plural(residual.removed_spikes, 'spike')} of the recording went into the residual."
        )
    elif residual.tail_weight > max(TAIL_WEIGHT, 4.0 * np.sqrt(24.0 / n)):
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
