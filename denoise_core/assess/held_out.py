"""How well a network did on its test part: samples used neither for training nor for choosing the best epoch."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.metrics import snr_gain_db
from denoise_core.config import RunConfig
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.preprocessing import Preprocessed, preprocess
from denoise_core.dataset.split import Mask, parts
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.series import Estimate, Float64Array


def on_test_part(estimate: Estimate, truth: Float64Array, *, data: TrainingSet, config: RunConfig, i: int = 0) -> float | None:
    """The gain in dB (`metrics.snr_gain_db`) of an estimate of ``data.noisy[i]`` on its `mask_of_test_part` part.

    None where the run kept no test part; nan where the truth is known nowhere in it.
    """
    part = mask_of_test_part(data, config, i=i)
    if not part.any():
        return None
    return snr_gain_db(estimate.values[part], truth[part], noisy=data.noisy[i].values[part])


def mask_of_test_part(data: TrainingSet, config: RunConfig, *, i: int = 0) -> Mask:
    """True at the samples of ``data.noisy[i]``, shape (n,), on which a network trained on `data` is tested.

    The same draw as in the training. Where the series was resampled for that, a sample counts by the even step nearest to it.
    """
    series = data.noisy[i]
    if config.split.test_share == 0.0:
        return np.zeros(len(series), dtype=np.bool_)
    prepared = preprocess(series, config)
    observed = _observed(data, config, i=i, prepared=prepared)
    test = parts(observed, config.split, length=config.window.length, seed=config.training.seed + i).test
    if config.input.uneven != "resample":
        return test
    even = prepared.series.time
    nearest = np.rint((series.time.values - even.values[0]) / even.step).astype(np.int64)
    return np.asarray(test[nearest.clip(0, len(test) - 1)])


def _observed(data: TrainingSet, config: RunConfig, *, i: int, prepared: Preprocessed) -> Mask:
    """Where the target of the series number `i` is present, as the network sees it."""
    target = OBJECTIVES[config.objective.kind].target
    if target == "clean":
        return np.asarray(~np.isnan(prepared.same(data.clean[i])))
    if target == "others":
        others = [preprocess(series, config).series.observed for j, series in enumerate(data.noisy) if j != i]
        return np.asarray(np.any(others, axis=0))
    return prepared.series.observed
