"""Which settings do not go together, each with the reason and the remedy. Knows no single range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from denoise_core.config.run import RunConfig

POINT_LOSSES = ("mse", "mae", "huber")
LARGEST_HELD_OUT = 0.8


def combination_problems(config: RunConfig, *, samples: int | None = None) -> list[str]:
    """Every fault, in whole sentences; `samples` is the length of the shortest series, where it is known."""
    rules = (_of_the_network, _of_the_classic_recipe, _of_the_goal, _of_the_window, _of_the_split)
    found = [sentence for rule in rules for sentence in rule(config)]
    return found if found or samples is None else [*_of_the_length(config, samples)]


def _of_the_network(config: RunConfig) -> Iterator[str]:
    model = config.model
    if model.dropout > 0 and model.layers == 1:
        yield "model.dropout acts between layers, and there is one layer: set dropout to 0 or layers to 2."
    if model.backbone == "transformer" and model.hidden_size % (2 * model.heads):
        size = max(1, round(model.hidden_size / (2 * model.heads))) * 2 * model.heads
        yield (
            f"model.hidden_size = {model.hidden_size} cannot be shared among {model.heads} attention heads in pairs: "
            f"set it to {size}, or choose other heads."
        )


def _of_the_classic_recipe(config: RunConfig) -> Iterator[str]:
    if config.model.backbone != "classic":
        return
    if config.objective.kind != "next_step":
        yield (
            f'model.backbone = "classic" predicts the next sample from those before it, which '
            f'objective.kind = "{config.objective.kind}" is not: '
            'set objective.kind to "next_step", or choose another network.'
        )
    if config.objective.loss not in POINT_LOSSES:
        yield (
            f'model.backbone = "classic" predicts one number and no variance, which objective.loss = "{config.objective.loss}" '
            f"needs: choose {', '.join(POINT_LOSSES)}, or another network."
        )
    if config.model.gap != 1:
        yield f'model.gap = {config.model.gap}: model.backbone = "classic" knows no gap. Set it to 1, or choose another network.'
    if config.input.uneven == "channel":
        yield (
            'input.uneven = "channel": model.backbone = "classic" sees values alone. Set input.uneven to "resample", '
            "or choose another network."
        )


def _of_the_goal(config: RunConfig) -> Iterator[str]:
    if config.model.baseline == "linear" and (config.objective.kind == "next_step" or config.model.backbone == "classic"):
        yield (
            'model.baseline = "linear" predicts from both sides, and objective.kind = "next_step" sees the past alone: '
            'set model.baseline to "none".'
        )


def _of_the_window(config: RunConfig) -> Iterator[str]:
    if config.model.gap * 2 >= config.window.length:
        yield (
            f"model.gap = {config.model.gap} hides half the window of {config.window.length}: "
            f"set it below {config.window.length // 2} or lengthen the window."
        )


def _of_the_split(config: RunConfig) -> Iterator[str]:
    held_out = config.split.valid_share + config.split.test_share
    if held_out > LARGEST_HELD_OUT:
        yield (
            f"split.valid_share and split.test_share are {held_out:g} together and leave too little to learn from: "
            f"make them {LARGEST_HELD_OUT:g} or less together."
        )


def _of_the_length(config: RunConfig, samples: int) -> Iterator[str]:
    length = config.window.length
    if length > samples:
        yield f"window.length = {length} exceeds the {samples} samples of the series: set it to {samples} or less."
