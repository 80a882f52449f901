"""How long a training will take, estimated before it begins."""

from __future__ import annotations

from denoise_core.config import ModelConfig, RunConfig
from denoise_core.config.objectives import OBJECTIVES

TARGETS_PER_S = 90_000.0
"""Samples that the default network trains on per second, on one core of a common processor.

tests/benchmarks/throughput.py measures them: about 90,000 with products of 32 bits, twice as many with 16.
"""

STARTING_S = 3.0
"""Until a process trains: it imports torch."""


def expected_seconds(config: RunConfig, *, targets_per_s: float = TARGETS_PER_S) -> float:
    """Seconds to the end of a run: its start, and two networks, the second of which checks the result of the first.

    With a time budget, that for each network. A run that ends early takes less.
    """
    if config.training.minutes:
        return STARTING_S + _networks(config) * 60.0 * config.training.minutes
    return STARTING_S + _targets(config, config.training.epochs) / targets_per_s


def targets_per_s(config: RunConfig, *, epochs: int, seconds: float) -> float:
    """The rate at which a run of so many epochs takes so long: ``expected_seconds(config, targets_per_s=that) == seconds``."""
    return _targets(config, epochs) / max(seconds - STARTING_S, 0.1 * seconds)


def in_words(seconds: float) -> str:
    """A duration such as "about 9 s" or "about 4 min", no more precise than such an estimate can be."""
    return f"about {max(1, round(seconds))} s" if seconds < 90 else f"about {round(seconds / 60):,} min"


def _targets(config: RunConfig, epochs: int) -> float:
    """Samples that enter a loss, as many as would cost the default network the same."""
    training = config.training
    targets = epochs * training.steps_per_epoch * training.batch_size * config.window.length
    return _networks(config) * targets * _operations(config.model) / _operations(ModelConfig())


def _networks(config: RunConfig) -> int:
    """A learning goal that teaches allows no check."""
    return 1 if OBJECTIVES[config.objective.kind].teaching else 2


def _operations(model: ModelConfig) -> float:
    """Multiplications in one direction for one sample, up to a factor that is the same for all networks."""
    return model.hidden_size * (1 + model.hidden_size) + (model.layers - 1) * 2 * model.hidden_size**2
