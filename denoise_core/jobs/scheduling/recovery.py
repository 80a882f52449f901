"""What becomes of a run whose worker is gone, or that is to be stopped and has none."""

from __future__ import annotations

import logging
import signal
from dataclasses import replace

from denoise_core.jobs.folder_process import BUSY_CODE, LOST_CODE
from denoise_core.jobs.scheduling.process import Worker
from denoise_core.jobs.spec import CANCEL, CANCELLED, CANCELLED_REASON, FAILED, FINAL, NO_EPOCH_REASON, QUEUED
from denoise_core.jobs.storage.run_folder import RunFolder

log = logging.getLogger(__name__)

RESUMES = 3
_SILENT = "its process did not respond for a minute, so it was ended"


def handle_exit(worker: Worker[RunFolder]) -> None:
    """Act on the end of a worker: nothing where it left a final state, or where it only found another one running."""
    folder = worker.folder
    if folder.exists() and worker.exit_code != BUSY_CODE:
        handle_crash(folder, _SILENT if worker.was_silent else _death(worker.exit_code))


def handle_crash(folder: RunFolder, death: str) -> None:
    """Back into the queue, to go on from its checkpoint; failed after `RESUMES` of them. Nothing if it has ended properly."""
    status = folder.status()
    if status.state in FINAL or ((request := folder.stop_request()) and end_without_worker(folder, request)):
        return
    if status.crashes >= RESUMES:
        folder.end(FAILED, f"The run ended unexpectedly {status.crashes + 1} times; the last time {death}. {_last_words(folder)}")
        return
    log.warning("Run %s ended unexpectedly: %s.", folder.id, death)
    then = "goes on from its last checkpoint" if folder.checkpoints() else "starts again from its beginning"
    reason = f"The run ended unexpectedly ({death}) and {then}."
    folder.write(replace(status, state=QUEUED, crashes=status.crashes + 1, reason=reason))


def end_without_worker(folder: RunFolder, request: str) -> bool:
    """End a run that has no worker as `request` says; False where a worker must first make a result of its checkpoint."""
    if request == CANCEL:
        folder.end(CANCELLED, CANCELLED_REASON)
    elif not folder.checkpoints():
        folder.end(CANCELLED, NO_EPOCH_REASON)
    else:
        return False
    return True


def _death(code: int | None) -> str:
    """How a process ended, to be read after "the last time"."""
    if code is None:
        return "its process was gone"
    if code == LOST_CODE:
        return "its machine, or its process there, was gone"
    if code == -signal.SIGKILL:
        return "the system killed its process, most often because memory ran out"
    if code < 0:
        return f"its process was stopped by signal {-code} ({signal.Signals(-code).name})"
    return f"its process ended with code {code}"


def _last_words(folder: RunFolder) -> str:
    """The last lines of the log, for a sentence."""
    if not folder.log.exists():
        return "It left no log."
    lines = folder.log.read_bytes()[-4000:].decode(errors="replace").split("\n")
    words = " / ".join(line.strip() for line in lines[-6:] if line.strip())
    return f"Last lines of its log: {words}" if words else "Its log is empty."
