"""Recipes: each a way to fill in all settings for a series, by the network that it trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.noise import Noise
from denoise_core.noise.stated import NO_STATEMENT
from denoise_core.series import Series
from denoise_core.suggestions.settings import apply_choices, suggest, suggest_untaught


class Fill(Protocol):
    """All settings for a series, as by `suggest`."""

    def __call__(self, series: Series, noise: Noise | None = None, *, stated: NoiseConfig = NO_STATEMENT) -> RunConfig: ...


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A way to fill all settings for a series."""

    label: str
    help: str
    fill: Fill


def _with_backbone(name: str, reason: str, **changes: Any) -> Fill:
    def fill(series: Series, noise: Noise | None = None, *, stated: NoiseConfig = NO_STATEMENT) -> RunConfig:
        choices = [("model.backbone", name, reason)]
        choices += [(path.replace("__", "."), value, "Best in our tests with this network.") for path, value in changes.items()]
        return apply_choices(suggest_untaught(series, noise, stated=stated), choices)

    return fill


def _classic(series: Series, noise: Noise | None = None, *, stated: NoiseConfig = NO_STATEMENT) -> RunConfig:
    """Two LSTM layers of 64, window 20, next step, MSE, Adam, min-max scaling: as in tutorials, whatever the noise."""
    del noise
    series.check_usable(at_least=40)
    why = "As in the tutorials."
    choices = [
        ("scaling.kind", "minmax", why),
        ("window.length", 20, why),
        ("window.overlap", 0.9, "Windows start at every second sample, and at the others in the next epoch."),
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
    return apply_choices(RunConfig(noise=stated), choices)


RECIPES: dict[str, Recipe] = {
    "suggested": Recipe(label="Suggested", help="A two-sided LSTM with settings derived from your data.", fill=suggest),
    "gru": Recipe(
        label="GRU",
        help="A simpler variant of the LSTM that denoises about as well.",
        fill=_with_backbone("gru", "Simpler than an LSTM and about as good."),
    ),
    "mingru": Recipe(
        label="minGRU",
        help="A simplified GRU that computes all time steps in parallel: fast on long windows.",
        fill=_with_backbone("mingru", "Computes all time steps in parallel, which is fast on long windows."),
    ),
    "tcn": Recipe(
        label="Convolutional (TCN)",
        help="Convolutions that reach back over the window, in place of a memory.",
        fill=_with_backbone("tcn", "Convolutions that reach back over the window.", model__layers=1),
    ),
    "transformer": Recipe(
        label="Transformer",
        help="Attention to every earlier sample of the window; needs more data than the others.",
        fill=_with_backbone("transformer", "Attention to every earlier sample of the window."),
    ),
    "classic": Recipe(
        label="Classic recipe",
        help="The LSTM found in tutorials, which predicts the next sample from the 19 before it. For comparison.",
        fill=_classic,
    ),
}
