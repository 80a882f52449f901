"""Trials become records: each is compared with the start's training of the same repeat, once both have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from denoise_core.errors import DenoiseError
from denoise_core.tuning.comparison import Comparison, Outcome
from denoise_core.tuning.trials import DONE, FAILED, TrialRecord


@dataclass(kw_only=True)
class Judge:
    """Holds back the trials whose comparison has not ended yet.

    Parameters
    ----------
    load : callable (number of a trial) -> Outcome
        Reads the outcome of a trial that is done from where it is kept; a DenoiseError where it is gone.
    """

    comparison: Comparison
    load: Callable[[int], Outcome]
    _starts: dict[int, TrialRecord] = field(default_factory=dict)
    _outcomes: dict[int, Outcome] = field(default_factory=dict)
    _waiting: list[TrialRecord] = field(default_factory=list)

    def know(self, record: TrialRecord) -> None:
        """A record from before."""
        if not record.trial.params:
            self._starts[record.trial.repeat] = record

    def judge(self, record: TrialRecord) -> Iterator[TrialRecord]:
        """The record with its gain, and those that waited for it; none where it has to wait itself."""
        if not record.trial.params:
            judged = self._of_start(record)
            self.know(judged)
            yield judged
        elif record.state == DONE:
            self._waiting.append(record)
        else:
            yield record
        for ready in [one for one in self._waiting if one.trial.repeat in self._starts]:
            self._waiting.remove(ready)
            yield self._compare(ready)

    def _of_start(self, record: TrialRecord) -> TrialRecord:
        if record.state != DONE:
            return record
        try:
            self._outcomes[record.trial.repeat] = self.load(record.number)
        except DenoiseError as error:
            return replace(record, state=FAILED, reason=str(error))
        return replace(record, gain_db=0.0, sd_db=0.0)

    def _compare(self, record: TrialRecord) -> TrialRecord:
        repeat = record.trial.repeat
        start = self._starts[repeat]
        if start.state != DONE:
            return replace(record, state=FAILED, reason="The settings to compare with could not be trained with this seed.")
        try:
            if repeat not in self._outcomes:
                self._outcomes[repeat] = self.load(start.number)
            gain = self.comparison.gain(self._outcomes[repeat], self.load(record.number), repeat=repeat)
        except DenoiseError as error:
            return replace(record, state=FAILED, reason=str(error))
        return replace(record, gain_db=gain.db, sd_db=gain.sd_db)
