"""Settings filled from the data, each with its reason in words. Knows no torch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from denoise_core.config import ModelConfig, RunConfig, ScalingConfig, TrainingConfig, WindowConfig
from denoise_core.noise import describe, level
from denoise_core.series import Floats, Series

SHORTEST_WINDOW, USUAL_WINDOW = 64, 128  # twice as long lost 0.4 dB on heartbeats that repeat each 203 samples
FEWEST_STEPS, MOST_STEPS = 5, 20  # per epoch
SPIKE_SHARE = 0.002
# Signal sd over noise sd from which the linear start gains. Measured over four test signals, linear against none: SNR 3: -1.0 dB,
# SNR 10: +0.6 dB, SNR 40: +3.4 dB.
LINEAR_FROM_SNR = 6.0


def suggest(series: Series) -> RunConfig:
    """Settings for a series of any length from 64 samples; `reasons` of the result holds a sentence for each setting chosen.

    Raises
    ------
    DataError
        If the series has no numbers, is constant or has fewer than 32 samples.
    """
    series.check_usable(at_least=32)
    scaling, scaling_reason = _scaling(series)
    window, window_reason = _window(series)
    model, model_reason = _model(series)
    training, training_reason = _training(len(series), window)
    reasons = {
        "scaling.kind": scaling_reason,
        "window.length": window_reason,
        "window.overlap": "Half a window: every sample is seen once near a window's middle.",
        "model.hidden_size": "64 cells follow heartbeats, bumps and machine vibration equally well in our tests.",
        "model.layers": "Two layers; more gained nothing in our tests and take longer.",
        "model.baseline": model_reason,
        "training.epochs": "Enough for the loss to level out; the best epoch is kept anyway.",
        "training.steps_per_epoch": training_reason,
        "training.learning_rate": "Rises to 0.01 and falls again during the training, which was best in our tests.",
    }
    return RunConfig(scaling=scaling, window=window, model=model, training=training, reasons=reasons)


def _scaling(series: Series) -> tuple[ScalingConfig, str]:
    share = describe(series.values).spikes
    if share > SPIKE_SHARE:
        return ScalingConfig(kind="robust"), f"{share:.1%} of the samples are spikes, and robust scaling ignores them."
    return ScalingConfig(kind="standard"), "No spikes were found, so mean and spread describe the values well."


def _model(series: Series) -> tuple[ModelConfig, str]:
    sigma = level(series.values)
    if sigma * LINEAR_FROM_SNR < float(np.nanstd(series.values)):
        return ModelConfig(baseline="linear"), "The noise is small against the signal: the network refines a linear prediction."
    return ModelConfig(), "The noise is strong: the network does better from scratch than from a linear prediction."


def _window(series: Series) -> tuple[WindowConfig, str]:
    limit = max(16, 16 * (len(series) // 4 // 16))
    period = strongest_period(series.values)
    wished = USUAL_WINDOW if period is None else int(np.clip(period, SHORTEST_WINDOW, USUAL_WINDOW))
    length = min(16 * -(-wished // 16), limit)
    if length < wished:
        return WindowConfig(
            length=length
        ), f"A quarter of the {len(series)} samples, so that there are several windows to learn from."
    if period is None:
        return WindowConfig(length=length), "No clear rhythm was found; this length suits most recordings."
    if period > USUAL_WINDOW:
        return WindowConfig(
            length=length
        ), f"The strongest rhythm repeats each {period:,.0f} samples; longer windows than this gained nothing in our tests."
    return WindowConfig(length=length), f"The strongest rhythm repeats each {period:,.0f} samples, and a window should hold it."


def strongest_period(values: Floats) -> float | None:
    """Samples after which the series most resembles itself, or None where its autocorrelation has no peak above 0.2.

    The autocorrelation is that of at most the first 65,536 samples, gaps filled by the mean; a peak counts only after the first
    zero crossing, so that mere smoothness is no rhythm.
    """
    part = values[:65536] - np.nanmean(values[:65536])
    part = np.nan_to_num(part)
    spectrum = np.fft.rfft(part, 2 * len(part))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(part) // 2]
    if correlation.size < 4 or correlation[0] <= 0:
        return None
    correlation = correlation / correlation[0]
    below = np.flatnonzero(correlation < 0)
    if below.size == 0:
        return None
    peak = int(below[0] + np.argmax(correlation[below[0] :]))
    return float(peak) if correlation[peak] > 0.2 else None


def _training(n: int, window: WindowConfig) -> tuple[TrainingConfig, str]:
    usual = TrainingConfig()
    batch = int(np.clip(usual.batch_size * USUAL_WINDOW // window.length, 8, 64))
    steps = int(np.clip(n // window.hop // batch, FEWEST_STEPS, MOST_STEPS))
    reason = f"{steps} steps of {batch} windows: " + (
        "a short recording is passed several times in each epoch."
        if steps == FEWEST_STEPS
        else "about one pass, so that epochs stay short."
    )
    return replace(usual, batch_size=batch, steps_per_epoch=steps), reason
