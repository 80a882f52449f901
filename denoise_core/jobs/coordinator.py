"""Lead one search in this process: ask for trials, submit them as runs, judge those that have ended. Imports Optuna.

It can be killed at any moment: all that it knows is in the search's folder and in those of its runs, and the next one goes on.
"""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from denoise_core.errors import DenoiseError, RunError
from denoise_core.jobs.checking import save_blends
from denoise_core.jobs.folder_process import work_in_folder
from denoise_core.jobs.scheduling.heartbeat import Heartbeat
from denoise_core.jobs.scheduling.slots import pool
from denoise_core.jobs.spec import DONE, FAILED, RUNNING, STOPPED
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.process_folder import WorkerProcess
from denoise_core.jobs.storage.study_folder import StudyFolder
from denoise_core.jobs.trial_runs import TrialRuns
from denoise_core.tuning.averaging import best_mean
from denoise_core.tuning.comparison import Comparison
from denoise_core.tuning.conclusion import Conclusion, conclude
from denoise_core.tuning.judging import Judge
from denoise_core.tuning.study import ENDED, Study
from denoise_core.tuning.trials import TrialRecord

log = logging.getLogger(__name__)

_LOOK_S = 0.1
_TELL_S = 1.0
_AHEAD = 1
"""So many trials wait beyond those that run, so that no slot is ever idle."""


def run(path: Path, *, halt: threading.Event | None = None) -> None:
    """Search until the budget is used up, the search is stopped, or its folder is gone; leave everything in the folder.

    Raises
    ------
    Busy
        If another coordinator leads this search.
    """
    folder = StudyFolder(path.absolute())
    with folder.lock(), Heartbeat(folder) as heartbeat:
        try:
            _Coordinator(folder, heartbeat, halt or threading.Event()).run()
        except FileNotFoundError:
            if folder.exists():
                raise
            log.info("The search's folder is gone, so this ends.")
        except DenoiseError as error:
            folder.end(FAILED, str(error))


class _Coordinator:
    def __init__(self, folder: StudyFolder, heartbeat: Heartbeat, halt: threading.Event) -> None:
        self._folder, self._heartbeat, self._halt = folder, heartbeat, halt
        folder.write_worker(WorkerProcess.own("coordinator"))
        folder.mend()
        self._status = replace(folder.status(), state=RUNNING, reason="", ended=None)
        folder.write(self._status)
        self._spec, self._data = folder.spec(), folder.training_set()
        home = Home(folder.path.parents[1])
        plan = self._spec.plan
        slots = home.slots()
        kind = pool(plan.start.training.device, slots)
        self._slots = max(1, sum(slot.split(":")[0] == kind for slot in slots))
        records = folder.records()
        self._study = Study(plan, samples=min(map(len, self._data.noisy)), ended=records, slots=self._slots)
        self._runs = TrialRuns(home, folder, self._spec, self._data)
        self._comparison = Comparison(self._data, plan.start)
        self._judge = Judge(comparison=self._comparison, load=self._runs.outcome)
        for record in records:
            self._judge.know(record)
        for trial in self._runs.find({record.number for record in records}):
            self._study.take_up(trial)
        self._told = -math.inf

    def run(self) -> None:
        began = time.monotonic()
        try:
            while not self._must_end():
                changed = self._tick()
                now = time.monotonic()
                self._status, began = replace(self._status, spent_s=self._status.spent_s + now - began), now
                self._tell(changed)
                if self._study.phase(self._status.spent_s) == ENDED:
                    break
                self._halt.wait(_LOOK_S)
            if self._heartbeat.gone or (self._halt.is_set() and not self._folder.has_stop_request()):
                return  # the next coordinator goes on from here
            self._end(STOPPED if self._folder.has_stop_request() else DONE, "")
        except RunError as error:  # a disk that is full, an upload that was deleted: the best so far is kept
            self._end(STOPPED, str(error))

    def _must_end(self) -> bool:
        return self._halt.is_set() or self._heartbeat.gone or self._folder.has_stop_request()

    def _tick(self) -> bool:
        """Whatever is due; whether anything has changed."""
        for said in self._runs.new_epochs():
            if self._study.report(said.number, said.epoch, said.valid_loss):
                self._runs.cancel(said.number)
        changed = False
        for record in self._runs.ended():
            for judged in self._judge.judge(record):
                self._keep(judged)
                changed = True
        while len(self._runs) < self._slots + _AHEAD and (trial := self._study.ask(self._status.spent_s)):
            self._runs.submit(trial)
            changed = True
        return changed

    def _keep(self, record: TrialRecord) -> None:
        self._folder.append(record)
        self._study.tell(record)
        self._status = replace(self._status, crashes=0)

    def _tell(self, changed: bool) -> None:
        """Write how far the search is, at most once a second unless something has changed."""
        now = time.monotonic()
        if not changed and now - self._told < _TELL_S:
            return
        self._told = now
        self._folder.write(self._status)
        self._write_summary(conclude(self._study, by_truth=self._comparison.by_truth))

    def _write_summary(self, found: Conclusion) -> None:
        study, spent_s = self._study, self._status.spent_s
        best = study.best()
        self._folder.write_summary(
            {
                "phase": study.phase(spent_s),
                "share": study.share_done(spent_s),
                "by_truth": self._comparison.by_truth,
                "slots": self._slots,
                "running": self._runs.running(),
                "best": best.number if best else None,
                "importances": study.importances(),
                "conclusion": found.to_json(),
            }
        )

    def _end(self, state: str, reason: str) -> None:
        """Cancel what still runs, and make the best a whole result, with its estimated error."""
        self._runs.cancel_all()
        if self._study.start_failed:
            state, reason = FAILED, f"Training with {self._spec.plan.start_name} fails: {self._study.records[0].reason}"
        found = conclude(self._study, by_truth=self._comparison.by_truth)
        if found.number in self._study.records and not self._study.start_failed:
            with suppress(RunError, FileNotFoundError):
                found = self._complete(found)
        self._write_summary(found)
        self._folder.write(self._status)
        self._folder.end(state, reason)

    def _complete(self, found: Conclusion) -> Conclusion:
        """Several networks are averaged, and combined with other methods where errors are estimated."""
        result = best_mean(self._study, self._comparison, found.number, self._runs.outcome)
        estimates, twins = result.outcome.estimates, result.outcome.twins
        if twins:
            config = self._study.records[found.number].trial.config(self._spec.plan)
            folder = self._runs.folder(found.number)
            save_blends(folder, self._data, config.noise, twins.__getitem__, trained=True, estimate=estimates.__getitem__)
        return found.with_result(result.gain, networks=len(result.numbers)) if twins else found


def main(argv: Sequence[str] | None = None) -> int:
    """``coordinator STUDY_FOLDER``; for what it gives, see `work_in_folder`."""
    return work_in_folder(
        argv,
        lambda folder, halt: run(folder, halt=halt),
        name="coordinator",
        description="Lead the search in a folder below studies/.",
        below="studies",
    )


if __name__ == "__main__":
    sys.exit(main())
