"""What is worth knowing about a series before denoising it, and about a training after it, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from denoise_core.assess.formatting import format_percent, format_range, format_value, plural
from denoise_core.assess.verdict import Sentence
from denoise_core.dsp.gaps import Mask, runs
from denoise_core.noise import Noise
from denoise_core.series import Estimate, Series
from denoise_core.suggestions import LEAST_SAMPLES, SPIKE_SHARE

UNEVEN_SHARE = 0.01
CLIPPED_SHARE = 0.005
FEW_SAMPLES = 300
GAPS_NAMED = 6
# The validation loss is a log-likelihood and may be negative, so its changes are measured against how far it fell in all.
RISE = 0.1
STILL_FALLING = 0.05  # over the last quarter of the epochs


def on_series(series: Series) -> list[Sentence]:
    """Uneven sampling, clipping, too little data; empty where there is nothing to say."""
    return [*_on_time(series), *_on_extremes(series), *_on_amount(series)]


def on_training(valid_losses: Sequence[float]) -> list[Sentence]:
    """What the curve of validation losses says; epochs count from 1."""
    losses = np.asarray(valid_losses, dtype=np.float64)
    if losses.size < 2:
        return []
    best = int(np.argmin(losses))
    fall = float(losses[0] - losses[best])
    if best == losses.size - 1 and losses[-1 - max(1, losses.size // 4)] - losses[-1] > STILL_FALLING * fall:
        return [Sentence(severity="note", text="Training was still improving at the last epoch; more epochs may help.")]
    after = losses[best + 1 :][-3:]
    if after.size and float(np.median(after) - losses[best]) > RISE * fall:
        text = f"Overfitting began around epoch {best + 1}; the weights from there were kept."
        return [Sentence(severity="note", text=text)]
    return []


def on_noise(noise: Noise, unit: str) -> list[Sentence]:
    """What the noise is: first its level ("good" where all is plain), then what is unusual and what `suggest` makes of it."""
    return [_on_level(noise, unit), *_on_autocorrelation(noise), *_on_spikes(noise), *_on_envelope(noise, unit)]


def on_gaps(series: Series, estimate: Estimate | None = None) -> list[Sentence]:
    """How many samples are missing, and which, counted from 1; with an estimate, whether it fills them. Empty where none is."""
    missing = ~series.observed
    count = int(np.count_nonzero(missing))
    if count == 0:
        return []
    verb = "is" if count == 1 else "are"
    found = [Sentence(severity="note", text=f"{count:,} of {len(series):,} samples {verb} missing: {_places(missing)}.")]
    return found if estimate is None else [*found, _on_filling(missing, missing & np.isnan(estimate.values))]


def _on_filling(missing: Mask, empty: Mask) -> Sentence:
    if not empty.any():
        return Sentence(
            severity="note", text="They were filled by continuing the series from both sides; the band is wider there."
        )
    if np.array_equal(missing, empty):
        return Sentence(severity="note", text="They are left empty.")
    return Sentence(severity="warn", text=f"Too long to bridge, so left empty: {_places(empty)}. The others were filled.")


def _places(missing: Mask) -> str:
    gaps = [f"{start + 1}" if stop == start + 1 else f"{start + 1}–{stop}" for start, stop in zip(*runs(missing), strict=True)]
    return ", ".join(gaps[:GAPS_NAMED]) + (f" and {len(gaps) - GAPS_NAMED} more gaps" if len(gaps) > GAPS_NAMED else "")


def _on_level(noise: Noise, unit: str) -> Sentence:
    if noise.sd == 0.0:
        return Sentence(severity="good", text="No noise is visible in this series.")
    if noise.agree:
        return Sentence(severity="good", text=f"The noise level is about {format_value(noise.sd, unit)}.")
    low, high = min(noise.estimates.values()), max(noise.estimates.values())
    return Sentence(severity="note", text=f"The noise level is uncertain: {format_range(low, high, unit)} by three estimates.")


def _on_autocorrelation(noise: Noise) -> Iterator[Sentence]:
    if noise.correlation > 0 or noise.power is not None:
        fact = f"The noise is autocorrelated (lag 1: {noise.lag1:.2f})"
        yield Sentence(severity="note", text=f"{fact}, which the suggested settings compensate for.")


def _on_spikes(noise: Noise) -> Iterator[Sentence]:
    if noise.spikes > SPIKE_SHARE:
        text = f"{format_percent(noise.spikes)} of the samples are spikes, which the suggested settings tolerate."
        yield Sentence(severity="note", text=text)


def _on_envelope(noise: Noise, unit: str) -> Iterator[Sentence]:
    if noise.levels is not None:
        span = format_range(float(noise.levels.min()), float(noise.levels.max()), unit)
        yield Sentence(severity="note", text=f"The noise level varies along the series: {span}.")


def _on_time(series: Series) -> Iterator[Sentence]:
    if (share := series.time.uneven_share) > UNEVEN_SHARE:
        step = format_value(series.time.step, series.time.unit)
        fact = f"Samples are not evenly spaced: {format_percent(share)} of the steps differ from {step}."
        yield Sentence(severity="warn", text=f"{fact} The methods assume even spacing, so timing will be wrong.")


def _on_extremes(series: Series) -> Iterator[Sentence]:
    values = series.values[series.observed]
    if values.size == 0 or np.ptp(values) == 0.0:
        return
    share = float(np.mean((values == values.min()) | (values == values.max())))
    if share > max(CLIPPED_SHARE, 4.0 / values.size):
        text = f"{format_percent(share)} of the samples lie exactly at the minimum or maximum: the recording may be clipped."
        yield Sentence(severity="note", text=text)


def _on_amount(series: Series) -> Iterator[Sentence]:
    count = int(np.count_nonzero(series.observed))
    if count < LEAST_SAMPLES:
        text = f"No network can be trained on {plural(count, 'sample')}; at least {LEAST_SAMPLES} are needed. Use a filter."
        yield Sentence(severity="note", text=text)
    elif count < FEW_SAMPLES:
        text = (
            f"A network learns little from {count} samples; about {FEW_SAMPLES} or more are better. A filter is the safer choice."
        )
        yield Sentence(severity="note", text=text)
