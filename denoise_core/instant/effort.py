"""How much is done for each window: less and less of it for longer series, without a step in time or quality."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

WINDOW, OVERLAP = 2048, 512
"""Samples of a window, and those it shares with the next; the network sees 460 to each side."""


class Effort(NamedTuple):
    """What is done for a window.

    Parameters
    ----------
    cost
        Time, relative to one pass of the network without features.
    single_pass
        Whether the window goes through the network once, not four times, and not again where the noise level was stated wrongly.
    thinning
        Of the patches that are compared with all others, one in so many is; 0: no non-local features at all.
    """

    cost: float
    single_pass: bool
    thinning: int


EFFORTS = (
    Effort(1.0, single_pass=True, thinning=0),
    Effort(1.8, single_pass=True, thinning=2),
    Effort(2.4, single_pass=True, thinning=1),
    Effort(6.2, single_pass=False, thinning=1),
)
FULL_EFFORT_TO = 50_000
"""Samples up to which every window gets the greatest effort."""

# Mean cost of a window by the length of the series: so that the time of all of them grows by a sixth between 50,000 and 200,000
# samples, then in proportion, and stays within a minute for ten million.
_LENGTHS, _COSTS = (FULL_EFFORT_TO, 200_000, 1_000_000, 10_000_000), (6.2, 1.8, 1.8, 1.2)
_GOLDEN = (5**0.5 - 1) / 2  # its multiples, less their whole parts, are spread evenly over 0 .. 1


def efforts(n: int) -> Iterator[Effort]:
    """Of one batch of windows after the other, in a series of `n` samples: the two next to the mean cost, mixed evenly."""
    mean = float(np.exp(np.interp(np.log(n), np.log(_LENGTHS), np.log(_COSTS))))
    above = next((i for i, effort in enumerate(EFFORTS) if effort.cost >= mean), len(EFFORTS) - 1)
    more, less = EFFORTS[above], EFFORTS[max(above - 1, 0)]
    share = (mean - less.cost) / (more.cost - less.cost) if more.cost > less.cost else 1.0
    place = 0.5
    while True:
        yield more if place < share else less
        place = (place + _GOLDEN) % 1.0
