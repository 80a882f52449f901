"""The test part is what the training never touched."""

import numpy as np
import pytest
import torch

from denoise_core.assess import on_test_part
from denoise_core.assess.held_out import held_out_mask
from denoise_core.config import RunConfig
from denoise_core.dataset.prepared_data import prepare_data
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.series import Estimate, Series, TimeAxis
from denoise_core.training.window_sampler import WindowSampler

N = 601


def config(**changes):
    made = RunConfig().replace("split.test_share", 0.2).replace("training.seed", 4).replace("window.length", 32)
    for path, value in changes.items():
        made = made.replace(path.replace("__", "."), value)
    return made


@pytest.fixture
def data():
    """Two repeats of a wave, with gaps, and the wave."""
    rng, clean = np.random.default_rng(2), np.sin(np.arange(N) / 9)
    repeats = [clean + 0.3 * rng.normal(size=N) for _ in range(2)]
    repeats[0][50:70] = np.nan
    noisy = tuple(Series.of(values, name=name) for name, values in zip("ab", repeats, strict=True))
    return TrainingSet(noisy=noisy, clean=(np.where(np.arange(N) < 590, clean, np.nan),) * 2)


@pytest.mark.parametrize("split", ["scattered", "in_time"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"objective__kind": "supervised"},
        {"objective__kind": "repeats"},
        {"objective__kind": "next_step", "input__whiten": 0.5},
    ],
)
def test_parts_of_the_training_and_the_test_part_make_up_all_targets(data, split, changes):
    made = config(split__kind=split, **changes)
    sampler = WindowSampler(prepare_data(data, made), made, torch.device("cpu"))
    taught = (sampler.samples.train | sampler.samples.valid).numpy().reshape(2, N)
    present = ~sampler.samples.target.isnan().numpy().reshape(2, N)
    for i in range(2):
        part = held_out_mask(data, made, i=i)
        assert part.sum() > 60
        np.testing.assert_array_equal(part, present[i] & ~taught[i])


def test_resampled_sample_counts_by_the_nearest_even_step():
    times = np.arange(N) + 0.3 * np.sin(np.arange(N))
    times[400:] += 5.0
    series = Series(values=np.random.default_rng(3).normal(size=N), time=TimeAxis(values=times, unit="sample"))
    made = config(split__kind="in_time", input__uneven="resample")
    part = held_out_mask(TrainingSet.of(series), made)
    assert part[-100:].all()
    assert not part[: round(0.79 * N)].any()


def test_gain_is_that_of_the_test_part_alone(data):
    made = config(objective__kind="supervised")
    part, clean, noisy = held_out_mask(data, made, i=1), data.clean[1], data.noisy[1].values
    better = np.where(part, clean + 0.1 * (noisy - clean), noisy)
    estimate = Estimate(values=better, method="made")
    assert on_test_part(estimate, clean, data=data, config=made, i=1) == pytest.approx(20.0)


def test_run_without_a_test_part_has_no_gain_on_it(data):
    estimate = Estimate(values=data.clean[0], method="made")
    made = config(split__test_share=0.0)
    assert on_test_part(estimate, data.clean[0], data=data, config=made) is None
    assert not held_out_mask(data, made).any()
