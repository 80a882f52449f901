"""What several rooms' tests need: a gain, and a network small enough to train in a second."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from denoise_core.assess.metrics import snr_gain_db
from denoise_core.config import RunConfig

_SMALL: Mapping[str, Any] = MappingProxyType(
    {
        "model.hidden_size": 8,
        "window.length": 32,
        "training.epochs": 4,
        "training.steps_per_epoch": 3,
        "training.batch_size": 8,
        "training.device": "cpu",
    }
)


def gain_db(noisy: np.ndarray, estimate: np.ndarray, clean: np.ndarray) -> float:
    """``10 log10(MSE(noisy) / MSE(estimate))`` over the samples that are present."""
    return snr_gain_db(estimate, clean, noisy=noisy)


def figure_of(chart: Any) -> dict[str, Any]:
    """The figure of a chart of a page, as it is sent to the browser."""
    figure: dict[str, Any] = json.loads(gzip.decompress(chart.proto.bytes))["figure"]
    return figure


def with_settings(config: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    """`config` with settings replaced, by their path."""
    for path, value in changes.items():
        config = config.replace(path, value)
    return config


def small_config(changes: Mapping[str, Any] = MappingProxyType({})) -> RunConfig:
    """Settings of a network of a few hundred weights, on the CPU."""
    return with_settings(RunConfig(), {**_SMALL, **changes})
