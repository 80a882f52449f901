"""Parts never overlap, hold their shares, and keep their distance."""

from dataclasses import replace

import numpy as np
import pytest

from denoise_core import DataError
from denoise_core.config import SplitConfig
from denoise_core.dataset.split import split_series

USUAL = SplitConfig()
IN_TIME = replace(USUAL, kind="in_time", test_share=0.2)


def whole(n):
    return np.ones(n, dtype=bool)


@pytest.mark.parametrize("config", [USUAL, replace(USUAL, test_share=0.2, guard=5), IN_TIME, replace(IN_TIME, guard=30)])
@pytest.mark.parametrize("n", [601, 1009])
def test_parts_do_not_overlap_and_hold_only_what_is_present(config, n):
    observed = np.random.default_rng(0).random(n) > 0.1
    split = split_series(observed, config, length=32, seed=3)
    counts = split.train.astype(int) + split.valid + split.test
    assert counts.max() == 1
    assert not counts[~observed].any()
    assert split.valid.mean() == pytest.approx(0.15 * 0.9, abs=0.05)
    assert split.test.mean() == pytest.approx(config.test_share * 0.9, abs=0.05)


@pytest.mark.parametrize("n", [9, 64, 1009])
def test_held_out_blocks_have_their_share_and_leave_something_to_learn(n):
    split = split_series(whole(n), USUAL, length=4, seed=0)
    assert 0 < split.valid.sum() < n / 2
    assert split.train.any()
    if n > 500:
        assert split.valid.mean() == pytest.approx(0.15, abs=0.02)


@pytest.mark.parametrize("guard", [0, 1, 7])
def test_scattered_parts_keep_the_guard_between_them(guard):
    split = split_series(whole(2000), replace(USUAL, test_share=0.15, guard=guard), length=32, seed=1)
    kinds = np.select([split.train, split.valid, split.test], [1, 2, 3], 0)
    known = np.flatnonzero(kinds)
    changes = np.flatnonzero(np.diff(kinds[known]))
    assert np.diff(known)[changes].min() == guard + 1


@pytest.mark.parametrize("guard", [0, 13])
def test_stretches_in_time_come_one_after_the_other_with_the_guard_between(guard):
    split = split_series(whole(1000), replace(IN_TIME, guard=guard), length=50, seed=0)
    ends = [np.flatnonzero(mask)[[0, -1]] for mask in (split.train, split.valid, split.test)]
    assert ends[0][0] == 0
    assert ends[2][1] == 999
    assert ends[1][0] - ends[0][1] == guard + 1
    assert ends[2][0] - ends[1][1] == guard + 1
    assert split.train_stretch == (0, ends[0][1] + 1)
    assert split.valid_stretch == (ends[1][0], ends[1][1] + 1)


@pytest.mark.parametrize(
    ("config", "part"), [(replace(IN_TIME, test_share=0.04), "test"), (replace(IN_TIME, guard=200), "validation")]
)
def test_a_part_too_short_for_one_window_is_refused_with_a_remedy(config, part):
    with pytest.raises(DataError, match=f"The {part} part has .* too few for one window of 64: shorten the window"):
        split_series(whole(1000), config, length=64, seed=0)


def test_no_sample_left_to_learn_from_is_said():
    observed = whole(64)
    observed[2:] = False
    with pytest.raises(DataError, match="No sample outside the gaps is left for validation"):
        split_series(observed, USUAL, length=8, seed=0)
