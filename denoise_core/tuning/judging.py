"""Trials become records: each is compared with the start's training of the same repeat, once both have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from denoise_core.errors import DataError
from denoise_core.tuning.comparison import Comparison, Outcome
from denoise_core.tuning.trials import DONE, FAILED, TrialRecord

Load = Callable[[], Outcome]
"""Reads the outcome of a trial from where it is kept, when it is needed."""


@dataclass(kw_only=True)
class Judge:
    """Holds back the trials whose comparison has not ended yet."""

    comparison: Comparison
    _starts: dict[int, Outcome] = field(default_factory=dict)
    _waiting: list[tuple[TrialRecord, Load]] = field(default_factory=list)
    _failed: set[int] = field(default_factory=set)

    def start_known(self, repeat: int, outcome: Outcome) -> None:
        """The outcome of the start's settings, from before."""
        self._starts[repeat] = outcome

    def judge(self, record: TrialRecord, load: Load | None) -> Iterator[TrialRecord]:
        """The record with its gain, and those that waited for it; none where it has to wait itself.

        `load` is None unless the trial is done.
        """
        repeat = record.trial.repeat
        if not record.trial.params:
            if record.state == DONE and load is not None:
                self._starts[repeat] = load()
                yield replace(record, gain_db=0.0, sd_db=0.0)
            else:
                self._failed.add(repeat)
                yield record
            yield from self._settle(repeat)
        elif record.state != DONE or load is None:
            yield record
        else:
            self._waiting.append((record, load))
            yield from self._settle(repeat)

    def _settle(self, repeat: int) -> Iterator[TrialRecord]:
        ready = [one for one in self._waiting if one[0].trial.repeat == repeat]
        if repeat not in self._starts and repeat not in self._failed:
            return
        for one in ready:
            self._waiting.remove(one)
            yield self._compare(*one)

    def _compare(self, record: TrialRecord, load: Load) -> TrialRecord:
        if record.trial.repeat in self._failed:
            return replace(record, state=FAILED, reason="The suggested settings could not be trained with this seed.")
        try:
            gain = self.comparison.gain(self._starts[record.trial.repeat], load(), repeat=record.trial.repeat)
        except DataError as error:
            return replace(record, state=FAILED, reason=str(error))
        return replace(record, gain_db=gain.db, sd_db=gain.sd_db)
