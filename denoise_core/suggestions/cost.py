"""How long a training will take, estimated before it begins."""

from __future__ import annotations

from denoise_core.config import ModelConfig, RunConfig

TARGETS_PER_S = 90_000.0
"""Samples that the default network trains on per second, on one core of a common processor.

tests/benchmarks/throughput.py measures them: about 90,000 with products of 32 bits, twice as many with 16.
"""


def expected_seconds(config: RunConfig) -> float:
    """``steps * batch_size * window.length / TARGETS_PER_S`` for the default network; others in proportion to their operations.

    A full run on one processor core; a run that ends early, or on a GPU, takes less. With a time budget, that.
    """
    if config.training.minutes:
        return 60.0 * config.training.minutes
    targets = config.training.steps * config.training.batch_size * config.window.length
    return targets / TARGETS_PER_S * _operations(config.model) / _operations(ModelConfig())


def in_words(seconds: float) -> str:
    """A duration such as "about 9 s" or "about 4 min", no more precise than such an estimate can be."""
    return f"about {max(1, round(seconds))} s" if seconds < 90 else f"about {round(seconds / 60):,} min"


def _operations(model: ModelConfig) -> float:
    """Multiplications in one direction for one sample, up to a factor that is the same for all networks."""
    return model.hidden_size * (1 + model.hidden_size) + (model.layers - 1) * 2 * model.hidden_size**2
