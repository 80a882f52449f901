"""Pauses as missing samples and repeated times as one sample, for every method; and the way back to the rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denoise_core import RunConfig, Series, TimeAxis, denoise
from denoise_core.dataset.preprocessing import preprocess
from denoise_core.dsp.sample_grid import SampleGrid


def paused(n: int = 400, *, after: int = 199, length: float = 30.0) -> Series:
    times = np.arange(n, dtype=np.float64)
    times[after + 1 :] += length
    values = np.sin(times / 5.0) + 0.1 * np.random.default_rng(0).standard_normal(n)
    return Series(values=values, time=TimeAxis(values=times), name="level")


def test_a_pause_holds_as_many_missing_samples_as_fit_in():
    series = paused()
    expanded = SampleGrid.of(series.time).expand_series(series)
    assert np.flatnonzero(np.isnan(expanded.values)).tolist() == list(range(200, 230))
    np.testing.assert_allclose(expanded.time.values, np.arange(430))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.2, 40.0, 1e9]), min_size=1, max_size=60))
def test_every_row_comes_back_and_rows_of_one_time_share_their_mean(steps):
    time = TimeAxis(values=np.cumsum([0.0, *steps]))
    grid, values = SampleGrid.of(time), np.arange(len(steps) + 1.0)
    back = grid.collect(grid.expand(values))
    for one in np.unique(grid.index):
        same = grid.index == one
        np.testing.assert_allclose(back[same], values[same].mean())
    assert len(grid) <= 4 * len(time) + 2
    assert np.all(np.diff(grid.grid_time.values) >= 0)


def test_an_even_series_has_nothing_to_do():
    series = Series.of(np.arange(50.0), rate_hz=10.0)
    grid = SampleGrid.of(series.time)
    assert grid.is_plain
    assert grid.expand_series(series) is series
    assert grid.notes("x") == ()


@pytest.mark.parametrize("method", ["moving_average", "instant"])
def test_nothing_is_smoothed_across_a_pause(method):
    """A step hidden in a pause stays a step: the estimate on either side does not lean to the other."""
    series = paused(length=500.0)
    values = np.where(np.arange(400) < 200, 0.0, 50.0) + 0.1 * np.random.default_rng(0).standard_normal(400)
    estimate = denoise(Series(values=values, time=series.time), method=method)
    assert abs(estimate.values[199]) < 0.5
    assert abs(estimate.values[200] - 50.0) < 0.5
    assert "1 pause counted as 500 missing samples" in estimate.notes[0]


@pytest.mark.parametrize("uneven", ["ignore", "channel"])
def test_a_network_sees_a_pause_as_missing_samples_and_returns_every_row(uneven):
    series = paused()
    done = preprocess(series, RunConfig().replace("input.uneven", uneven))
    assert len(done.series) == 430
    assert np.isnan(done.transform(series.values)[200:230]).all()
    assert "30 missing samples" in done.notes[0]
