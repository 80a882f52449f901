"""Gaps: where they lie, and what fills them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from denoise_core.dsp.gaps import interpolate_gaps, runs

NAN = np.nan


def test_gaps_become_straight_lines_that_are_level_at_the_ends():
    values = np.array([NAN, NAN, 1.0, NAN, NAN, 4.0, NAN, 2.0, NAN])
    np.testing.assert_allclose(interpolate_gaps(values), [1, 1, 1, 2, 3, 4, 3, 2, 2])
    assert np.isnan(values).sum() == 6


def test_samples_that_are_present_may_be_called_missing():
    values = np.array([0.0, 99.0, 2.0])
    np.testing.assert_array_equal(interpolate_gaps(values, missing=np.array([False, True, False])), [0, 1, 2])


@given(st.lists(st.booleans(), max_size=40))
def test_runs_cover_what_is_true_and_nothing_else_and_are_apart(flags):
    mask = np.array(flags, dtype=bool)
    starts, stops = runs(mask)
    again = np.zeros(len(mask), dtype=bool)
    for start, stop in zip(starts, stops, strict=True):
        again[start:stop] = True
    np.testing.assert_array_equal(again, mask)
    assert np.all(starts < stops)
    assert np.all(stops[:-1] < starts[1:])
