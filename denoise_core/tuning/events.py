"""What a search says while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from denoise_core.config import RunConfig
from denoise_core.series import Estimate
from denoise_core.tuning.conclusion import Conclusion
from denoise_core.tuning.trials import Trial, TrialRecord


@dataclass(frozen=True, kw_only=True)
class TrialStarted:
    """Sent when a training begins."""

    trial: Trial
    config: RunConfig


@dataclass(frozen=True, kw_only=True)
class TrialEnded:
    """Sent when one has ended and was compared with the start's settings.

    Parameters
    ----------
    best_gain_db : float or None
        The largest gain so far.
    share : float
        How much of the budget is used up, 0 .. 1.
    """

    record: TrialRecord
    best_gain_db: float | None
    share: float


@dataclass(frozen=True, kw_only=True)
class SearchEnded:
    """Sent last.

    Parameters
    ----------
    config : RunConfig
        The best settings beyond chance: those found, or those that the search started from.
    estimates : tuple of Estimate
        The result for each series: the mean of several networks, see `averaging.best_mean`.
    """

    conclusion: Conclusion
    config: RunConfig
    records: tuple[TrialRecord, ...]
    importances: dict[str, float]
    estimates: tuple[Estimate, ...]


SearchEvent = TrialStarted | TrialEnded | SearchEnded
