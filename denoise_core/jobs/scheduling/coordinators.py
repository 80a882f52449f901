"""The coordinators of the searches in a data folder: started, watched, started again. Part of the supervisor."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import replace

from denoise_core.jobs.scheduling.process import Worker
from denoise_core.jobs.spec import FAILED, STOPPED
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.ids import is_id
from denoise_core.jobs.storage.study_folder import StudyFolder, StudyStatus

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "denoise_core", "coordinator")
MOST_AT_ONCE = 4
"""Searches that are led at once; the others wait. Each takes the memory of a process, and no slot."""
CRASHES = 12
"""A search whose coordinator died more often without a trial having ended meanwhile has failed."""
_SILENT_S = 120.0
_SLOT = "cpu:coordinator"


class Coordinators:
    """One process for each search that has not ended; `tick` does whatever is due and returns."""

    def __init__(self, home: Home, command: Sequence[str] = COMMAND) -> None:
        self._home, self._command = home, command
        self._workers: dict[str, Worker[StudyFolder]] = {}

    @property
    def busy(self) -> bool:
        """Whether a search has not ended."""
        return bool(self._workers)

    def tick(self) -> None:
        """Start and watch; OSError if a folder cannot be used."""
        for study_id, worker in list(self._workers.items()):
            self._watch(study_id, worker)
        for folder in self._open():
            if folder.id not in self._workers and len(self._workers) < MOST_AT_ONCE:
                self._begin(folder)

    def _open(self) -> list[StudyFolder]:
        """The searches that have not ended, the oldest first."""
        found = []
        for path in self._home.studies.iterdir():
            folder = StudyFolder(path)
            if not is_id(path.name) or not folder.exists():
                continue
            if not folder.status().has_ended:
                found.append((path.stat().st_ctime, folder))
        return [folder for _, folder in sorted(found, key=lambda one: (one[0], one[1].id))]

    def _begin(self, folder: StudyFolder) -> None:
        worker = Worker.adopt(folder)
        if worker is None and not folder.is_held():
            log.info("Starting the coordinator of search %s.", folder.id)
            worker = Worker.start(self._command, folder, _SLOT)
        if worker is not None:
            self._workers[folder.id] = worker

    def _watch(self, study_id: str, worker: Worker[StudyFolder]) -> None:
        if worker.alive():
            if worker.silent_s() > _SILENT_S:
                log.warning("The coordinator of search %s has been silent for %d s, so it is killed.", study_id, _SILENT_S)
                worker.end_silence()
            return
        del self._workers[study_id]
        folder = worker.folder
        if not folder.exists() or (status := folder.status()).has_ended:
            return
        log.warning("The coordinator of search %s ended unexpectedly.", study_id)
        self._count(folder, status)

    def _count(self, folder: StudyFolder, status: StudyStatus) -> None:
        if status.crashes < CRASHES:
            folder.write(replace(status, crashes=status.crashes + 1))
        elif folder.records():
            folder.end(STOPPED, "The search ended unexpectedly, again and again. What had been found was kept.")
        else:
            folder.end(FAILED, f"The search ended unexpectedly, again and again. {last_words(folder)}")


def last_words(folder: StudyFolder) -> str:
    """The last line of its log, for a sentence."""
    try:
        lines = folder.log.read_bytes()[-2000:].decode(errors="replace").strip().splitlines()
    except FileNotFoundError:
        lines = []
    return f"Last line of its log: {lines[-1]}" if lines else "It left no log."
