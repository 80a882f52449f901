"""Settings suggested from the data, each with its reason in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from denoise_core.config import NoiseConfig, RunConfig, SplitConfig, WindowConfig
from denoise_core.dsp.periodicity import strongest_period
from denoise_core.noise import Noise, describe_series, separate
from denoise_core.noise.local_level import quick_levels
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Series

SHORTEST_WINDOW, USUAL_WINDOW = 64, 128  # twice as long lost 0.4 dB on heartbeats that repeat each 203 samples
PRETRAINED_WINDOW = 256  # half of that in pretraining: 15 % quicker
# Signal sd over noise sd up to which pretraining saw records. Five signals, n = 2048, against random weights with the linear
# predictor: SNR 10: +1.3 dB, SNR 30: +0.1 dB.
PRETRAINED_TO_SNR = 30.0
STEP_SAMPLES = 4096
FEWEST_STEPS, MOST_STEPS = 5, 20  # per epoch
LEAST_SAMPLES = 32  # for the shortest window that a network learns from
SPIKE_SHARE = 0.002
# Signal sd over noise sd from which the linear predictor gains. Measured over four test signals, against none: SNR 3: -1.0 dB,
# SNR 10: +0.6 dB, SNR 40: +3.4 dB.
LINEAR_FROM_SNR = 6.0
# Heartbeats in AR(1) noise of 0.8, SNR 3, gain in dB: gap 10 alone 3.3; prewhitening with 0.7 and gap 1 4.3, gap 4 4.9;
# with 0.5 and gap 4 3.7; with 0.9, more than is there, 1.7 (Bumps: -2.5). So it stays below the autocorrelation found.
WHITEN_SHARE, MOST_WHITENING, MOST_GAP = 0.95, 0.75, 4

# Three leads of one heart learned together, gain over each alone: with the epochs of one 0.0, 0.1 and -0.1 dB, with 1.43 times as
# many 0.5, 0.4 and 0.5 dB.
CHANNEL_POWER = 1.0 / 3.0
MOST_EPOCHS = 200
# Longer records have more to teach, and overfit later. Gears and heartbeats, 20,000 samples, SNR 3: 9.4 dB from random weights
# and 28 epochs; pretrained 10.5 with 40 epochs, 11.5 with 109, 11.5 with three times the rate, after a third of them.
FEWEST_EPOCHS, USUAL_SAMPLES, EPOCHS_POWER = 14, 2048, 0.65
RATE_POWER, MOST_RATE = 0.3, 0.03
AVERAGED_STEPS = 20

REASONS_DEPEND_ON = {
    "training.batch_size": ("window.length",),
    "training.steps_per_epoch": ("window.length", "window.overlap", "training.batch_size"),
    "training.learning_rate": ("training.schedule", "training.optimizer"),
    "model.gap": ("input.whiten",),
    "split.block": ("model.gap",),
    "split.guard": ("model.gap",),
}
"""Setting -> other settings without which the reason for its suggestion is no longer true."""

Choice = tuple[str, Any, str]
"""Path of a setting, its value, and the reason: a whole sentence."""


def suggest(series: Series, noise: Noise | None = None, *, stated: NoiseConfig = NO_STATEMENT) -> RunConfig:
    """Settings for a series of 32 or more samples; `reasons` of the result holds a sentence for each setting chosen.

    The network is an LSTM that starts pretrained, unless the noise is so weak that a linear predictor serves better.

    Parameters
    ----------
    noise : Noise, optional
        What `describe` returned for the series, where that is known already.
    stated : NoiseConfig, optional
        What a person says of the noise, and what is to be removed before; it becomes part of the settings.

    Raises
    ------
    DataError
        If the series has no numbers, is constant, or has fewer than `LEAST_SAMPLES` samples.
    """
    series.check_usable(at_least=LEAST_SAMPLES)
    series = separate(series, stated.removes).series
    noise = _noise_of(series, noise, stated)
    config = _suggest_untaught(series, noise, stated)
    if noise.sd * PRETRAINED_TO_SNR < float(np.nanstd(series.values)):
        return config
    limit = _longest_window(series)
    window = WindowConfig(length=min(PRETRAINED_WINDOW, limit))
    choices = [
        ("model.start", "pretrained", "It has learned from synthetic signals of many kinds; your data teaches it the rest."),
        ("model.baseline", "none", "The pretrained network does without."),
        ("window.length", window.length, _pretrained_window_reason(window.length, len(series))),
        *_steps(len(series), window),
        *_pretrained_schedule(len(series)),
    ]
    return apply_choices(config, choices)


def suggest_untaught(series: Series, noise: Noise | None = None, *, stated: NoiseConfig = NO_STATEMENT) -> RunConfig:
    """The same for a network that starts from random weights."""
    series.check_usable(at_least=LEAST_SAMPLES)
    series = separate(series, stated.removes).series
    return _suggest_untaught(series, _noise_of(series, noise, stated), stated)


def _suggest_untaught(series: Series, noise: Noise, stated: NoiseConfig) -> RunConfig:
    window, window_reason = _window(series)
    choices = [
        *_scaling(noise),
        *_autocorrelation(noise),
        *_loss(noise),
        *_baseline(series, noise),
        ("window.length", window.length, window_reason),
        *_steps(len(series), window),
        *_defaults(),
    ]
    return apply_choices(RunConfig(noise=stated), choices)


def _noise_of(series: Series, noise: Noise | None, stated: NoiseConfig) -> Noise:
    """What is known of the noise; where its level varies within few samples, as white and without spikes.

    Noise that comes and goes looks autocorrelated, spiky and weak: gaps of 3 to 14 and linear predictors were suggested for it.
    """
    noise = noise or describe_series(series, stated)
    stays = bool(stated.level) or stated.stretch is not None
    levels = None if stays else quick_levels(series.values, noise)
    if levels is None:
        return noise
    sd = float(np.sqrt(np.mean(levels**2)))
    return replace(noise, sd=sd, levels=levels, power=None, correlation=0.0, gap=1, spikes=0.0)


def for_channels(config: RunConfig, channels: int) -> RunConfig:
    """Settings suggested for one series, adapted to a network trained on this many channels together."""
    if channels == 1 or "training.epochs" not in config.reasons:
        return config
    epochs = min(round(config.training.epochs * channels**CHANNEL_POWER), MOST_EPOCHS)
    reason = f"{channels} channels need more training than one, but not {channels} times as much."
    return apply_choices(config, [("training.epochs", epochs, reason)])


def for_goal(config: RunConfig, kind: str) -> RunConfig:
    """The same settings for another learning goal; a suggestion that does not suit it is replaced."""
    config = config.replace("objective.kind", kind)
    if config.model.start == "pretrained" and "model.start" in config.reasons and not config.starts_pretrained:
        config = apply_choices(config, [*_untaught_start(config.window.length)])
    if not config.two_sided and config.model.baseline == "linear" and "model.baseline" in config.reasons:
        why = "A linear predictor uses the samples on both sides, but this goal only the past."
        return apply_choices(config, [("model.baseline", "none", why)])
    return config


def apply_choices(config: RunConfig, choices: list[Choice]) -> RunConfig:
    """`config` with the chosen values, and the reasons for them."""
    for path, value, _ in choices:
        config = config.replace(path, value)
    return replace(config, reasons={**config.reasons, **{path: reason for path, _, reason in choices}})


def _defaults() -> Iterator[Choice]:
    usual = RunConfig()
    yield "window.overlap", usual.window.overlap, "Half a window, so each sample comes near the middle of one window."
    yield "model.hidden_size", usual.model.hidden_size, "64 cells worked well on all our test signals."
    yield "model.layers", usual.model.layers, "Two layers; more did not help in our tests and take longer."
    yield "training.epochs", usual.training.epochs, "Enough for the loss to level off; the best epoch is kept in any case."
    rate = "Rises to 0.01 and falls again during training, which worked best in our tests."
    yield "training.learning_rate", usual.training.learning_rate, rate


def _untaught_start(window: int) -> Iterator[Choice]:
    usual, why = RunConfig(), "The pretrained network predicts samples from both sides, which is another goal."
    for path in ("model.start", "training.epochs", "training.patience", "training.averaging", "training.learning_rate"):
        group, name = path.split(".")
        yield path, getattr(getattr(usual, group), name), why
    length = min(window, USUAL_WINDOW)
    yield "window.length", length, why
    yield "training.batch_size", _batch_size(length), why


def _scaling(noise: Noise) -> Iterator[Choice]:
    if noise.spikes > SPIKE_SHARE:
        yield "scaling.kind", "robust", f"{100.0 * noise.spikes:.2g} % of the samples are spikes, which robust scaling ignores."
    else:
        yield "scaling.kind", "standard", "No spikes were found, so mean and standard deviation describe the values well."


def _autocorrelation(noise: Noise) -> Iterator[Choice]:
    """Prewhitening with a little less than the autocorrelation found, and a blind spot for what is left of it."""
    if noise.correlation == 0 and noise.gap > 1:
        reason = f"The noise is autocorrelated over {noise.gap - 1} samples, so those are hidden with the sample itself."
        yield "model.gap", min(noise.gap, 4 * MOST_GAP), reason
        return
    if noise.correlation == 0:
        yield "model.gap", 1, "The noise is white (not autocorrelated), so only the sample itself is hidden."
        return
    whiten = round(min(WHITEN_SHARE * noise.correlation, MOST_WHITENING), 2)
    gap = int(np.clip(noise.gap // 3, 1, MOST_GAP))
    found = f"The noise is autocorrelated (lag 1: {noise.correlation:.2f})"
    yield "input.whiten", whiten, f"{found}; a coefficient a little below that makes it nearly white."
    yield (
        "model.gap",
        gap,
        f"Covers the autocorrelation left after prewhitening; without that it would have to be {noise.gap}.",
    )
    if gap > 1:
        block = max(SplitConfig().block, 8 * gap)
        yield "split.block", block, "Longer than the blind spot, so that held-out samples are really unseen."
        yield "split.guard", gap, "As wide as the blind spot, because nearer samples share their noise."


def _loss(noise: Noise) -> Iterator[Choice]:
    if noise.spikes > SPIKE_SHARE:
        yield "objective.loss", "student_t", "Tolerates a few very large errors, such as spikes."


def _baseline(series: Series, noise: Noise) -> Iterator[Choice]:
    if noise.sd * LINEAR_FROM_SNR < float(np.nanstd(series.values)):
        yield "model.baseline", "linear", "The noise is weak compared with the signal, so the network refines a linear predictor."
    else:
        yield (
            "model.baseline",
            "none",
            "The noise is strong; in our tests networks then did better without a linear predictor.",
        )


def _longest_window(series: Series) -> int:
    """A quarter of the samples, in steps of 16."""
    return max(16, 16 * (len(series) // 4 // 16))


def _pretrained_window_reason(length: int, n: int) -> str:
    if length < PRETRAINED_WINDOW:
        return f"A quarter of the {n} samples, so that there are several windows to train on."
    return "Long enough for the pretrained network, and quick."


def _pretrained_schedule(n: int) -> Iterator[Choice]:
    epochs = int(np.clip(round(FEWEST_EPOCHS * (n / USUAL_SAMPLES) ** EPOCHS_POWER), FEWEST_EPOCHS, MOST_EPOCHS))
    why = "A record of this length has no more to teach" if epochs == FEWEST_EPOCHS else "Longer records have more to teach"
    yield "training.epochs", epochs, f"{why}; the best epoch is kept in any case."
    yield "training.patience", epochs, "The last epochs, with small steps, are often the best."
    rate = RunConfig().training.learning_rate * max(1.0, n / USUAL_SAMPLES) ** RATE_POWER
    told = "Rises and falls again during training; larger for longer records. Pretrained weights move with a twentieth of it."
    yield "training.learning_rate", round(min(rate, MOST_RATE), 3), told
    yield "training.averaging", AVERAGED_STEPS, "Gained 0.1 dB in our tests."


def _window(series: Series) -> tuple[WindowConfig, str]:
    limit = _longest_window(series)
    period = strongest_period(series.values)
    wanted = USUAL_WINDOW if period is None else int(np.clip(period, SHORTEST_WINDOW, USUAL_WINDOW))
    window = WindowConfig(length=min(16 * -(-wanted // 16), limit))
    if window.length < wanted:
        return window, f"A quarter of the {len(series)} samples, so that there are several windows to train on."
    if period is None:
        return window, "No clear period was found; this length suits most recordings."
    main = f"The main period is {period:,.0f} samples"
    if period > USUAL_WINDOW:
        return window, f"{main}; windows above {USUAL_WINDOW} did not help in our tests."
    return window, f"{main}, and a window should cover it."


def _batch_size(window: int) -> int:
    """Windows of a step of about `STEP_SAMPLES`."""
    return int(np.clip(STEP_SAMPLES // window, 8, 64))


def _steps(n: int, window: WindowConfig) -> Iterator[Choice]:
    batch = _batch_size(window.length)
    one_pass = n // window.hop // batch
    steps = int(np.clip(one_pass, FEWEST_STEPS, MOST_STEPS))
    amount = "more than" if one_pass < steps else "about" if one_pass == steps else "less than"
    yield "training.batch_size", batch, f"About {batch * window.length:,} samples in each step."
    yield "training.steps_per_epoch", steps, f"{steps} steps of {batch} windows: {amount} one pass over the recording."
