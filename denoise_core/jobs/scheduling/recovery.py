"""What becomes of a run whose worker is gone, or that nobody wants any more. Knows no queue."""

from __future__ import annotations

import logging
import signal
from dataclasses import replace

from denoise_core.jobs.scheduling.process import Worker
from denoise_core.jobs.spec import CANCEL, CANCELLED, FAILED, FINAL, QUEUED
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.jobs.worker import BUSY_CODE

log = logging.getLogger(__name__)

RESUMES = 3


def ended(worker: Worker) -> None:
    """Act on the end of a worker: nothing where it left a final state, or where it only found another at work."""
    folder = worker.folder
    if folder.exists() and worker.exit_code != BUSY_CODE:
        crashed(folder, _death(worker.exit_code))


def crashed(folder: RunFolder, death: str) -> None:
    """Back into the queue, to go on from its checkpoint; failed after `RESUMES` of them. Nothing if it has ended properly."""
    status = folder.status()
    if status.state in FINAL or ((wish := folder.wish()) and unwanted(folder, wish)):
        return
    if status.crashes >= RESUMES:
        folder.end(FAILED, f"The run ended unexpectedly {status.crashes + 1} times; the last time {death}. {_last_words(folder)}")
        return
    log.warning("Run %s ended unexpectedly: %s.", folder.id, death)
    then = "goes on from its last checkpoint" if folder.checkpoint.exists() else "starts again from its beginning"
    reason = f"The run ended unexpectedly ({death}) and {then}."
    folder.write(replace(status, state=QUEUED, crashes=status.crashes + 1, reason=reason))


def unwanted(folder: RunFolder, wish: str) -> bool:
    """End a run that has no worker as `wish` says; False where a worker must first make a result of its checkpoint."""
    if wish == CANCEL:
        folder.end(CANCELLED, "Cancelled on request.")
    elif not folder.checkpoint.exists():
        folder.end(CANCELLED, "It was stopped before its first epoch had ended, so there was nothing to keep.")
    else:
        return False
    return True


def _death(code: int | None) -> str:
    """How a process ended, to be read after "the last time"."""
    if code is None:
        return "its process was gone"
    if code == -signal.SIGKILL:
        return "its process was killed by the system, most often because the memory ran out"
    if code < 0:
        return f"its process was ended by signal {-code} ({signal.Signals(-code).name})"
    return f"its process ended with code {code}"


def _last_words(folder: RunFolder) -> str:
    """The last lines of the log, for a sentence."""
    if not folder.log.exists():
        return "It left no log."
    lines = folder.log.read_bytes()[-4000:].decode(errors="replace").split("\n")
    words = " / ".join(line.strip() for line in lines[-6:] if line.strip())
    return f"Last lines of its log: {words}" if words else "Its log is empty."
