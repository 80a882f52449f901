"""Settings filled from the data, each with its reason in words. Knows no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from denoise_core.config import RunConfig, SplitConfig, TrainingConfig, WindowConfig
from denoise_core.dsp.periodicity import strongest_period
from denoise_core.noise import Noise, describe
from denoise_core.series import Series

SHORTEST_WINDOW, USUAL_WINDOW = 64, 128  # twice as long lost 0.4 dB on heartbeats that repeat each 203 samples
FEWEST_STEPS, MOST_STEPS = 5, 20  # per epoch
SPIKE_SHARE = 0.002
# Signal sd over noise sd from which the linear start gains. Measured over four test signals, linear against none: SNR 3: -1.0 dB,
# SNR 10: +0.6 dB, SNR 40: +3.4 dB.
LINEAR_FROM_SNR = 6.0
# Heartbeats in AR(1) noise of 0.8, SNR 3, gain in dB: gap 10 alone 3.3; whitening with 0.7 and gap 1 4.3, gap 4 4.9;
# with 0.5 and gap 4 3.7; with 0.9, more than is there, 1.7 (Bumps: -2.5). So whitening stays below the correlation found.
WHITEN_SHARE, MOST_WHITENING, MOST_GAP = 0.95, 0.75, 4

# Three leads of one heart learnt together, gain over each alone: with the epochs of one 0.0, 0.1 and -0.1 dB, with 1.43 times as
# many 0.5, 0.4 and 0.5 dB.
CHANNEL_POWER = 1.0 / 3.0
MOST_EPOCHS = 200

Choice = tuple[str, Any, str]
"""Path of a setting, its value, and the reason: a whole sentence."""


def suggest(series: Series, noise: Noise | None = None) -> RunConfig:
    """Settings for a series of any length from 64 samples; `reasons` of the result holds a sentence for each setting chosen.

    Parameters
    ----------
    noise : Noise, optional
        What `describe` said of the series, where that is known already.

    Raises
    ------
    DataError
        If the series has no numbers, is constant or has fewer than 32 samples.
    """
    series.check_usable(at_least=32)
    noise = noise or describe(series.values)
    window, window_reason = _window(series)
    choices = [
        *_scaling(noise),
        *_colour(noise),
        *_loss(noise),
        *_baseline(series, noise),
        ("window.length", window.length, window_reason),
        *_steps(len(series), window),
        *_usual(),
    ]
    return _filled(RunConfig(), choices)


def for_channels(config: RunConfig, channels: int) -> RunConfig:
    """Settings that were suggested for one series, for a network that learns so many different ones together."""
    if channels == 1 or "training.epochs" not in config.reasons:
        return config
    epochs = min(round(config.training.epochs * channels**CHANNEL_POWER), MOST_EPOCHS)
    reason = f"{channels} channels want more steps than one, but not {channels} times as many."
    return _filled(config, [("training.epochs", epochs, reason)])


def for_goal(config: RunConfig, kind: str) -> RunConfig:
    """The same settings for another learning goal; what was suggested and does not go with it is put right."""
    config = config.changed("objective.kind", kind)
    if not config.two_sided and config.model.baseline == "linear" and "model.baseline" in config.reasons:
        why = "A linear prediction looks to both sides, and this goal to the past alone."
        return _filled(config, [("model.baseline", "none", why)])
    return config


def _filled(config: RunConfig, choices: list[Choice]) -> RunConfig:
    for path, value, _ in choices:
        config = config.changed(path, value)
    return replace(config, reasons={**config.reasons, **{path: reason for path, _, reason in choices}})


def _usual() -> Iterator[Choice]:
    usual = RunConfig()
    yield "window.overlap", usual.window.overlap, "Half a window: every sample is seen once near a window's middle."
    yield (
        "model.hidden_size",
        usual.model.hidden_size,
        "64 cells follow heartbeats, bumps and vibration equally well.",
    )
    yield "model.layers", usual.model.layers, "Two layers; more gained nothing in our tests and take longer."
    yield "training.epochs", usual.training.epochs, "Enough for the loss to level out; the best epoch is kept anyway."
    rate = "Rises to 0.01 and falls again during the training, which was best in our tests."
    yield "training.learning_rate", usual.training.learning_rate, rate


def _scaling(noise: Noise) -> Iterator[Choice]:
    if noise.spikes > SPIKE_SHARE:
        yield "scaling.kind", "robust", f"{noise.spikes:.1%} of the samples are spikes, and robust scaling ignores them."
    else:
        yield "scaling.kind", "standard", "No spikes were found, so mean and spread describe the values well."


def _colour(noise: Noise) -> Iterator[Choice]:
    """Whitening with a little less than the correlation found, and a gap for what is left of it."""
    if noise.correlation == 0 and noise.gap > 1:
        lasting = f"The noise of one sample says something about the next {noise.gap - 1}, so those are hidden with it."
        yield "model.gap", min(noise.gap, 4 * MOST_GAP), lasting
        return
    if noise.correlation == 0:
        yield "model.gap", 1, "The noise of one sample says nothing about the next, so only the sample itself is hidden."
        return
    whiten = round(min(WHITEN_SHARE * noise.correlation, MOST_WHITENING), 2)
    gap = int(np.clip(noise.gap // 3, 1, MOST_GAP))
    alike = f"Neighbouring noise samples are alike by about {noise.correlation:.2f}"
    yield "input.whiten", whiten, f"{alike}: taking most of that off first makes the noise nearly white."
    yield (
        "model.gap",
        gap,
        f"It hides what whitening leaves of the likeness; without whitening, {noise.gap} would be needed.",
    )
    if gap > 1:
        yield (
            "split.block",
            max(SplitConfig().block, 8 * gap),
            "Longer than the gap, so that held-out samples are really unknown.",
        )
        yield "split.guard", gap, "As wide as the gap, since nearer samples share their noise."


def _loss(noise: Noise) -> Iterator[Choice]:
    if noise.spikes > SPIKE_SHARE:
        yield "objective.loss", "student_t", "It expects a few errors to be very large, as spikes are."


def _baseline(series: Series, noise: Noise) -> Iterator[Choice]:
    if noise.sd * LINEAR_FROM_SNR < float(np.nanstd(series.values)):
        yield "model.baseline", "linear", "The noise is small against the signal: the network refines a linear prediction."
    else:
        yield "model.baseline", "none", "The noise is strong: the network does better from scratch than from a linear prediction."


def _window(series: Series) -> tuple[WindowConfig, str]:
    limit = max(16, 16 * (len(series) // 4 // 16))
    period = strongest_period(series.values)
    wished = USUAL_WINDOW if period is None else int(np.clip(period, SHORTEST_WINDOW, USUAL_WINDOW))
    window = WindowConfig(length=min(16 * -(-wished // 16), limit))
    if window.length < wished:
        return window, f"A quarter of the {len(series)} samples, so that there are several windows to learn from."
    if period is None:
        return window, "No clear rhythm was found; this length suits most recordings."
    rhythm = f"The strongest rhythm repeats each {period:,.0f} samples"
    if period > USUAL_WINDOW:
        return window, f"{rhythm}; longer windows than this gained nothing in our tests."
    return window, f"{rhythm}, and a window should hold it."


def _steps(n: int, window: WindowConfig) -> Iterator[Choice]:
    usual = TrainingConfig()
    batch = int(np.clip(usual.batch_size * USUAL_WINDOW // window.length, 8, 64))
    steps = int(np.clip(n // window.hop // batch, FEWEST_STEPS, MOST_STEPS))
    why = "a short recording is passed several times in each epoch" if steps == FEWEST_STEPS else "about one pass"
    yield "training.batch_size", batch, f"As many windows as make about {batch * window.length:,} samples in each step."
    yield "training.steps_per_epoch", steps, f"{steps} steps of {batch} windows: {why}, so that epochs stay short."


class Fill(Protocol):
    """All settings for a series; `noise` is what `describe` said of it, where that is known already."""

    def __call__(self, series: Series, noise: Noise | None = None) -> RunConfig: ...


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A way to fill all settings for a series."""

    label: str
    help: str
    fill: Fill


def _with_backbone(name: str, reason: str, **changes: Any) -> Fill:
    def fill(series: Series, noise: Noise | None = None) -> RunConfig:
        choices = [("model.backbone", name, reason)]
        choices += [(path.replace("__", "."), value, "Best in our tests with this network.") for path, value in changes.items()]
        return _filled(suggest(series, noise), choices)

    return fill


def _classic(series: Series, noise: Noise | None = None) -> RunConfig:
    """Two LSTM layers of 64, window 20, next step, MSE, Adam, min-max scaling: what tutorials show, whatever the noise."""
    del noise
    series.check_usable(at_least=40)
    why = "As tutorials have it."
    choices = [
        ("scaling.kind", "minmax", why),
        ("window.length", 20, why),
        ("window.overlap", 0.9, "Windows start at every second sample, and at the others in the next round."),
        ("model.backbone", "classic", why),
        ("objective.kind", "next_step", why),
        ("objective.loss", "mse", why),
        ("training.optimizer", "adam", why),
        ("training.schedule", "constant", why),
        ("training.learning_rate", 1e-3, why),
        ("training.weight_decay", 0.0, why),
        ("training.epochs", 20, why),
        ("training.patience", 20, why),
        ("training.batch_size", 32, why),
        ("training.steps_per_epoch", int(np.clip(len(series) // 32, 1, 2000)), "One pass over all windows."),
    ]
    return _filled(RunConfig(), choices)


RECIPES: dict[str, Recipe] = {
    "suggested": Recipe(label="Suggested", help="A two-sided LSTM with settings found from your data.", fill=suggest),
    "gru": Recipe(
        label="GRU",
        help="A simpler relative of the LSTM, about as good.",
        fill=_with_backbone("gru", "Simpler than an LSTM, and about as good."),
    ),
    "mingru": Recipe(
        label="minGRU",
        help="A GRU whose steps do not wait for each other: quick on long windows.",
        fill=_with_backbone("mingru", "Its steps do not wait for each other, which is quick on long windows."),
    ),
    "tcn": Recipe(
        label="Convolutions (TCN)",
        help="Convolutions that reach back over the window instead of remembering.",
        fill=_with_backbone("tcn", "Convolutions that reach back over the window.", model__layers=1),
    ),
    "transformer": Recipe(
        label="Transformer",
        help="Attention to every earlier sample of the window; wants more data than the others.",
        fill=_with_backbone("transformer", "Attention to every earlier sample of the window."),
    ),
    "classic": Recipe(
        label="Classic recipe",
        help="The LSTM of tutorials, which predicts the next sample from the 19 before it. Here to compare with.",
        fill=_classic,
    ),
}
