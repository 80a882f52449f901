"""The command line of a process that works in one folder: its log, its signal to end, its exit code."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from denoise_core.errors import RunError
from denoise_core.jobs.storage.process_folder import Busy, ProcessFolder

log = logging.getLogger(__name__)

FORMAT = "%(asctime)s %(levelname)s %(message)s"

BUSY_CODE = 3
"""Exit code of a process that found another one in its folder."""

AWAY_CODE = 4
"""Exit code of a process that left its folder as it was, since the machine that should have worked there was not to be had."""


LOST_CODE = 5
"""Exit code of a process that stood for one on another machine, which is gone."""


class Away(Exception):
    """No machine can take this work now; it says why, and `reason` says it as `spec.Absence` does."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Lost(Exception):
    """The process on another machine is gone, and perhaps the machine."""


def work_in_folder(
    argv: Sequence[str] | None, work: Callable[[Path, threading.Event], None], *, name: str, description: str, below: str
) -> int:
    """Work in the folder that the command names; the event says that this should end.

    Gives 0 when the work has ended in any way, 2 if there is no such folder, 3 if another process works there, 4 if no machine
    can do it now, 5 if the one that did is gone.
    """
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("folder", type=Path, help=f"a folder below {below}/ in the data folder")
    folder = parser.parse_args(argv).folder
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    halt = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: halt.set())
    os.nice(5)  # the page stays fluid where both share a core
    try:
        work(folder, halt)
    except RunError as error:
        log.error("%s", error)
        return 2
    except Busy:
        log.info("Another %s is running in %s.", name, folder)
        return BUSY_CODE
    except Away as away:
        log.info("%s", away)
        with suppress(OSError):  # the exit code alone says enough
            ProcessFolder(folder).tell_away(away.reason)
        return AWAY_CODE
    except Lost as error:
        log.error("%s", error)
        return LOST_CODE
    return 0
