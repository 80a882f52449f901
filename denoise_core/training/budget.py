"""How many epochs fill the time that a training may take."""

from __future__ import annotations

TRIAL_EPOCHS = 2  # the first also warms up
MOST_EPOCHS = 2000


def epochs_within(minutes: float, seconds_per_epoch: float) -> int:
    """``minutes * 60 / seconds_per_epoch``, rounded down; at least one, and at most `MOST_EPOCHS`.

    Examples
    --------
    >>> epochs_within(1.0, 0.5), epochs_within(0.01, 5.0)
    (120, 1)
    """
    return int(min(max(1.0, minutes * 60.0 // max(seconds_per_epoch, 1e-6)), MOST_EPOCHS))
