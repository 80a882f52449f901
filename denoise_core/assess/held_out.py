"""How well a network did on the samples that were neither trained on nor used to choose the best epoch."""

from __future__ import annotations

import numpy as np

from denoise_core.assess.metrics import snr_gain_db
from denoise_core.config import RunConfig
from denoise_core.dataset.prepared_data import PreparedData, prepare_data
from denoise_core.dataset.split import Mask
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.dsp.sample_grid import SampleGrid
from denoise_core.series import Estimate, Float64Array


def on_test_part(estimate: Estimate, truth: Float64Array, *, data: TrainingSet, config: RunConfig, i: int = 0) -> float | None:
    """The gain in dB (`metrics.snr_gain_db`) of an estimate of ``data.noisy[i]`` on its `held_out_mask`.

    None where the run kept no test part; nan where the truth is known nowhere in it.
    """
    part = held_out_mask(data, config, i=i)
    if not part.any():
        return None
    return snr_gain_db(estimate.values[part], truth[part], noisy=data.noisy[i].values[part])


def held_out_mask(data: TrainingSet, config: RunConfig, *, i: int = 0) -> Mask:
    """True at the samples of ``data.noisy[i]``, shape (n,), that were kept to test a network trained on `data`.

    Where the series was resampled for the training, a sample counts by the even step nearest to it.
    """
    if config.split.test_share == 0.0:
        return np.zeros(len(data.noisy[i]), dtype=np.bool_)
    prepared = prepare_data(data, config)
    return _by_sample(prepared.split[i].test, data, prepared, config, i)


def valid_mask(data: TrainingSet, config: RunConfig, *, i: int = 0) -> Mask:
    """The same for the samples by which the best epoch is chosen."""
    prepared = prepare_data(data, config)
    return _by_sample(prepared.split[i].valid, data, prepared, config, i)


def _by_sample(part: Mask, data: TrainingSet, prepared: PreparedData, config: RunConfig, i: int) -> Mask:
    time = data.noisy[i].time
    if config.input.uneven != "resample":
        return part[SampleGrid.of(time).index]
    even = prepared.data.noisy[i].time
    nearest = np.rint((time.values - even.values[0]) / even.step).astype(np.int64)
    return np.asarray(part[nearest.clip(0, len(part) - 1)])
