"""Windows are cut and joined by one geometry: overlap-add inverts frame for every length and hop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoise_core.dsp.windows import OverlapAdd, frame, overlap_add, sum_frames, taper, window_starts
from denoise_core.errors import SettingsError


@st.composite
def geometries(draw):
    n = draw(st.integers(1, 400))
    length = draw(st.integers(1, n))
    return n, length, draw(st.integers(1, length))


@given(geometries(), st.integers(0, 2**32 - 1))
def test_overlap_add_inverts_frame_for_every_length_and_hop(geometry, seed):
    n, length, hop = geometry
    rng = np.random.default_rng(seed)
    values, weights = rng.standard_normal(n), rng.random(length) + 0.01
    starts = window_starts(n, length=length, hop=hop)
    np.testing.assert_allclose(
        overlap_add(frame(values, starts, length=length), starts, n=n, weights=weights), values, atol=1e-12
    )


@given(geometries())
def test_starts_reach_both_ends_and_leave_no_hole(geometry):
    n, length, hop = geometry
    starts = window_starts(n, length=length, hop=hop)
    assert starts[0] == 0
    assert starts[-1] == n - length
    assert np.all(np.diff(starts) > 0)
    assert np.all(np.diff(starts) <= hop)


def test_frames_are_slices_of_the_values():
    values, starts = np.arange(17.0), np.array([0, 3, 12])
    frames = frame(values, starts, length=5)
    for i, start in enumerate(starts):
        np.testing.assert_array_equal(frames[i], values[start : start + 5])


def test_parts_in_any_order_join_to_the_same_series():
    values = np.random.default_rng(1).standard_normal(101)
    starts = window_starts(101, length=16, hop=5)
    joined = OverlapAdd(101, taper(16))
    for part in (starts[7:], starts[:3], starts[3:7]):
        joined.add(frame(values, part, length=16), part)
    np.testing.assert_allclose(joined.result(), values, atol=1e-12)


def test_frames_add_up_where_they_overlap():
    np.testing.assert_array_equal(sum_frames(np.ones((3, 3)), np.array([0, 2, 3]), n=8), [1, 1, 2, 2, 2, 1, 0, 0])


def test_a_sample_that_no_window_covers_is_nan():
    starts = np.array([0, 6])
    joined = overlap_add(np.ones((2, 3)), starts, n=10, weights=np.ones(3))
    np.testing.assert_array_equal(np.isnan(joined), [0, 0, 0, 1, 1, 1, 0, 0, 0, 1])


@pytest.mark.parametrize("length", [1, 2, 7, 3072])
def test_taper_is_positive_symmetric_and_falls_towards_the_edges(length):
    weights = taper(length)
    assert weights.shape == (length,)
    assert weights.max() == 1.0
    assert np.all(weights > 0)
    np.testing.assert_array_equal(weights, weights[::-1])
    assert np.all(np.diff(weights[: (length + 1) // 2]) > 0)


def test_where_frames_overlap_the_one_with_the_farther_edge_dominates():
    starts, frames = np.array([0, 60]), np.stack((np.zeros(100), np.ones(100)))
    joined = overlap_add(frames, starts, n=160, weights=taper(100))
    assert joined[65] < 1e-6
    assert joined[95] > 1 - 1e-6


@pytest.mark.parametrize(
    ("n", "length", "hop", "words"),
    [
        (5, 6, 1, "length = 6 must lie between 1 and the 5 samples"),
        (9, 4, 5, "hop = 5 exceeds length = 4"),
        (9, 0, 1, "length = 0"),
    ],
)
def test_impossible_windows_are_refused_with_value_and_limit(n, length, hop, words):
    with pytest.raises(SettingsError, match=words):
        window_starts(n, length=length, hop=hop)
