"""Laws of drawing fewer points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoise_core.figures.downsampling import downsample, window


def test_downsample_keeps_every_point_of_a_short_line():
    y = np.array([1.0, np.nan, 3.0, 2.0])
    assert downsample(y, limit=10).tolist() == [0, 1, 2, 3]


@given(n=st.integers(5_000, 40_000), seed=st.integers(0, 9))
def test_downsample_keeps_both_extremes_and_the_order(n, seed):
    y = np.random.default_rng(seed).normal(size=n)
    at = downsample(y, limit=1_000)
    assert len(at) <= 1_001
    assert {int(y.argmin()), int(y.argmax())} <= set(at.tolist())
    assert np.all(np.diff(at) > 0)


def test_downsample_leaves_a_long_gap_open_and_bridges_single_missing_samples():
    y = np.sin(np.arange(50_000) / 900)
    y[100::50] = np.nan
    y[20_000:30_000] = np.nan
    drawn = downsample(y, limit=2_000)
    missing = drawn[np.isnan(y[drawn])]
    assert missing.size == 1
    assert 20_000 <= missing[0] < 30_000


def test_downsampling_nothing_but_gaps_is_empty():
    assert downsample(np.full(9, np.nan)).size == 0


@pytest.mark.parametrize(("view", "expected"), [(None, slice(0, 10)), ((2.5, 4.5), slice(2, 6)), ((4.5, 2.5), slice(2, 6))])
def test_window_reaches_one_sample_beyond_the_view(view, expected):
    assert window(np.arange(10.0), view) == expected


def test_window_that_holds_nothing_shows_everything():
    assert window(np.arange(10.0), (100.0, 200.0)) == slice(0, 10)
