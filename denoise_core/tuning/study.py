"""A search as a state machine: which trial is next, what the ended ones amount to. Knows no process, no file and no clock.

All that it knows follows from the plan and the trials that have ended, so it can be made again from them at any moment.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from itertools import count

import numpy as np

from denoise_core.errors import SettingsError
from denoise_core.tuning.plan import Plan
from denoise_core.tuning.proposals import Proposals
from denoise_core.tuning.space import Params
from denoise_core.tuning.trials import DONE, FAILED, Trial, TrialRecord, key_of

_MOST_REFUSED = 200
"""Proposals in a row that cannot be trained, after which a search ends."""
_SLOWER = 1.2  # factor by which checks are expected to take longer than the same settings took before
_AVERAGED, _NOT_WORSE_DB = 5, -1.0  # settings beside the start's of which the result is averaged, and their least gain
SEARCHING, CHECKING, ENDED = "searching", "checking", "ended"


class Study:
    """Asked for trials with `ask`, told their ends with `tell`.

    Parameters
    ----------
    plan : Plan
    samples : int
        Length of the shortest series: proposals that do not fit it are passed over.
    ended : iterable of TrialRecord
        What is known from before.
    slots : int
        How many trials run at once; the time that checks take depends on it.
    """

    def __init__(self, plan: Plan, *, samples: int, ended: Iterable[TrialRecord] = (), slots: int = 1) -> None:
        self.plan, self.slots = plan, slots
        self.records = {record.number: record for record in sorted(ended, key=lambda record: record.number)}
        self.running: dict[int, Trial] = {}
        self._samples = samples
        first = [point for point in plan.first if not self._fault(Trial(number=1, params=point))]
        self._points = self._fitting_points() if plan.sampler == "grid" else first
        self._proposals = Proposals(plan, self.records.values())
        self._exhausted = False

    def ask(self, spent_s: float) -> Trial | None:
        """The next trial to start, after so many seconds of searching; None where none is (yet) to be started."""
        phase = self.phase(spent_s)
        trial = None
        if phase == SEARCHING:
            trial = self._propose()
        elif phase == CHECKING:
            trial = self._check()
        if trial is not None:
            self.running[trial.number] = trial
        return trial

    def take_up(self, trial: Trial) -> None:
        """A trial that was started before and has not ended."""
        self.running[trial.number] = trial
        if trial.number and not trial.repeat:
            self._proposals.take_up(trial.number, trial.params)

    def report(self, number: int, epoch: int, valid_loss: float) -> bool:
        """Whether the trial should end early, as its validation loss after that epoch promises little."""
        trial = self.running[number]
        if trial.repeat or not number:
            return False
        return self._proposals.report(number, epoch, trial.config(self.plan).training.epochs, valid_loss)

    def tell(self, record: TrialRecord) -> None:
        """A trial has ended; whoever tells it twice is heard once."""
        self.running.pop(record.number, None)
        if record.number not in self.records:
            self.records[record.number] = record
            self._proposals.tell(record)

    def phase(self, spent_s: float) -> str:
        """Searching, checking the best of what was found, or ended."""
        if self._is_out_of_time(spent_s) or self.start_failed:
            return ENDED
        if self._goes_on_searching(spent_s):
            return SEARCHING
        return CHECKING if self.running or self._missing_checks() else ENDED

    @property
    def start_failed(self) -> bool:
        """Whether the settings to start from cannot be trained: then there is nothing to compare with."""
        return 0 in self.records and self.records[0].state != DONE

    def best(self) -> TrialRecord | None:
        """The trial with the largest gain, of those with the first seed; not the start itself."""
        return max((record for record in self.searched() if record.state == DONE), key=_gain_of, default=None)

    def searched(self) -> list[TrialRecord]:
        """The proposals that have ended."""
        return [record for number, record in self.records.items() if number and not record.trial.repeat]

    def checks(self) -> dict[tuple[tuple[str, object], ...], list[TrialRecord]]:
        """The ended checks of each finalist, by `TrialRecord.key`."""
        found = defaultdict(list)
        for record in self.records.values():
            if record.trial.repeat and record.state == DONE and record.trial.params:
                found[record.key].append(record)
        return dict(found)

    def finalists(self) -> list[TrialRecord]:
        """The best so far, the best first; those that were better than the start."""
        return self._best(self.plan.finalists, above_db=0.0)

    def averaged(self) -> list[TrialRecord]:
        """Those of which the start's result is averaged: more of them, as their estimated gains are uncertain by about a dB."""
        return self._best(_AVERAGED, above_db=_NOT_WORSE_DB)

    def _best(self, count: int, *, above_db: float) -> list[TrialRecord]:
        best: dict[tuple[tuple[str, object], ...], TrialRecord] = {}
        for record in sorted(self.searched(), key=_gain_of, reverse=True):
            if _gain_of(record) > above_db:
                best.setdefault(record.key, record)
        return list(best.values())[:count]

    def importances(self) -> dict[str, float]:
        """See `Proposals.importances`."""
        return self._proposals.importances()

    def share_done(self, spent_s: float) -> float:
        """How much of the budget is used up, 0 .. 1."""
        budget = self.plan.budget
        shares = [spent_s / (60.0 * budget.minutes)] if budget.minutes else []
        trials = self._most_trials()
        shares += [len(self.searched()) / trials] if trials < math.inf else []
        return min(1.0, max(shares, default=0.0))

    def _most_trials(self) -> float:
        most = self.plan.budget.trials or math.inf
        return min(most, len(self._points)) if self.plan.sampler == "grid" else most

    def _is_out_of_time(self, spent_s: float) -> bool:
        """Not before the start has been trained: without it, there is no result at all."""
        return 0 in self.records and 0.0 < 60.0 * self.plan.budget.minutes <= spent_s

    def _goes_on_searching(self, spent_s: float) -> bool:
        if 0 not in self.records and 0 not in self.running:
            return True
        proposed = len(self.searched()) + sum(1 for one in self.running.values() if one.number and not one.repeat)
        if proposed >= self._most_trials() or self._exhausted or self._has_stalled():
            return False
        minutes = self.plan.budget.minutes
        return not minutes or spent_s + self._checks_take_s() < 60.0 * minutes

    def _has_stalled(self) -> bool:
        searched = self.searched()
        best = self.best()
        if self.plan.sampler == "grid" or len(searched) < self.plan.stall:
            return False
        since = searched if best is None else [one for one in searched if one.number > best.number]
        return len(since) >= self.plan.stall

    def _checks_take_s(self) -> float:
        """Seconds that the missing checks of the finalists will take, all slots working."""
        seconds = [record.seconds for record in self.records.values() if record.state == DONE]
        if not seconds:
            return 0.0
        took = {one.key: one.seconds for one in self.finalists()}
        usual = float(np.median(seconds))
        missing = [took.get(key_of(params), usual) for params, _ in self._missing_checks()]
        running = usual * bool(self.running)
        rounds = max([sum(missing) / self.slots, *missing]) if missing else 0.0
        return _SLOWER * (rounds + running)

    def _missing_checks(self) -> list[tuple[Params, int]]:
        """What still has to be trained to check the finalists, those of the start first: the others are compared with them."""
        begun = [one.trial for one in self.records.values()] + list(self.running.values())
        known = {(key_of(trial.params), trial.repeat) for trial in begun}
        best = [one.trial.params for one in self.finalists()]
        wanted = [(params, repeat) for repeat in range(1, self.plan.repeats + 1) for params in [{}, *best]]
        return [(params, repeat) for params, repeat in wanted if (key_of(params), repeat) not in known]

    def _check(self) -> Trial | None:
        missing = self._missing_checks()
        return Trial(number=self._next_number(), params=missing[0][0], repeat=missing[0][1]) if missing else None

    def _propose(self) -> Trial | None:
        number = self._next_number()
        if number == 0:
            return Trial(number=0, params={})
        if (given := self._next_given()) is not None:
            self._proposals.take_up(number, given)
            return Trial(number=number, params=given)
        if self.plan.sampler == "grid":
            self._exhausted = True
            return None
        for _ in range(_MOST_REFUSED):
            trial = Trial(number=number, params=self._proposals.ask(number))
            if not (refused := self._fault(trial)):
                return trial
            self._proposals.tell(TrialRecord(trial=trial, state=FAILED, reason=refused))
        self._exhausted = True
        return None

    def _next_given(self) -> Params | None:
        """The next of the points that need not be proposed: those of the grid, or those that the plan tries first."""
        known = {record.key for record in self.records.values()} | {key_of(one.params) for one in self.running.values()}
        return next((point for point in self._points if key_of(point) not in known), None)

    def _fitting_points(self) -> list[Params]:
        points = list(self.plan.space.grid())
        fitting = [point for point in points if not self._fault(Trial(number=1, params=point))]
        if not fitting:
            raise SettingsError(
                [f"None of the {len(points)} combinations can be trained: {self._fault(Trial(number=1, params=points[0]))}"]
            )
        return fitting

    def _fault(self, trial: Trial) -> str:
        """Why these settings cannot be trained on the series; "" where they can."""
        config = trial.config(self.plan)
        faults = config.problems(samples=self._samples)
        if not faults and 2 * config.window.length > self._samples:
            faults = [f"window.length = {config.window.length} is more than half of the {self._samples} samples."]
        return "; ".join(faults)

    def _next_number(self) -> int:
        return next(n for n in count() if n not in self.records and n not in self.running)


def _gain_of(record: TrialRecord) -> float:
    return -math.inf if record.gain_db is None else record.gain_db
