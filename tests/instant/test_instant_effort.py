"""The effort for a series of any length: it grows smoothly in time, and never more than the length asks for."""

import itertools

import numpy as np
import pytest

from denoise_core.instant.effort import EFFORTS, FULL_EFFORT_TO, OVERLAP, WINDOW, efforts


def cost(n: int) -> float:
    """Of all batches of four windows."""
    batches = max(1, round(n / (WINDOW - OVERLAP) / 4))
    return sum(effort.cost for effort in itertools.islice(efforts(n), batches))


@pytest.mark.parametrize("n", [8, 2048, FULL_EFFORT_TO])
def test_a_short_series_gets_the_greatest_effort(n):
    assert set(itertools.islice(efforts(n), 20)) == {EFFORTS[-1]}


def test_the_time_grows_with_the_length_and_has_no_step():
    lengths = np.exp(np.linspace(np.log(30_000), np.log(12_000_000), 60)).astype(int)
    costs = np.array([cost(int(n)) for n in lengths])
    ratios = costs[1:] / costs[:-1]
    assert ratios.min() > 0.85
    assert ratios.max() < 1.25


def test_each_series_mixes_two_efforts_next_to_one_another():
    for n in (60_000, 120_000, 400_000, 5_000_000):
        used = {EFFORTS.index(effort) for effort in itertools.islice(efforts(n), 400)}
        assert len(used) <= 2
        assert max(used) - min(used) <= 1
