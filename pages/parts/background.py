"""Computations beside a page that draws what has arrived: few at once, and none for which nobody waits any more."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pages.parts.first_come import FIRST_LOOKS

log = logging.getLogger(__name__)
_PATIENCE_S = 10.0
"""After which a page that has asked no more has been left: several times as long as it takes to ask again."""

Task = Callable[[], object]


@dataclass
class _Wanted:
    tasks: dict[str, Task]
    until: float


class Background:
    """So many threads for all pages, which take the next task the moment they are free: from one page after the other.

    Parameters
    ----------
    patience_s : float
        How long after a page has asked its tasks are begun.
    """

    def __init__(self, places: int, *, patience_s: float = _PATIENCE_S) -> None:
        self._places, self._patience_s = places, patience_s
        self._pool = ThreadPoolExecutor(places)
        self._wanted: dict[str, _Wanted] = {}
        self._going: set[str] = set()
        self._workers = 0
        self._guard = threading.Lock()

    def compute(self, page: str, tasks: Mapping[str, Task]) -> None:
        """Run what `page` waits for, by name, in this order and in place of what it asked for before; ask again while it waits.

        A task that is going already, for whichever page, is not started again. Errors are left to whoever asks for the result.
        """
        with self._guard:
            left = {name: task for name, task in tasks.items() if name not in self._going}
            self._wanted[page] = _Wanted(left, time.monotonic() + self._patience_s)
            idle = self._places - self._workers
            for _ in range(min(idle, len(left))):
                self._workers += 1
                self._pool.submit(self._work)

    def _work(self) -> None:
        """Tasks until none is left; first looks and these wait in one line."""
        while (taken := self._take()) is not None:
            name, task = taken
            try:
                with FIRST_LOOKS.turn():
                    task()
            except Exception:
                log.exception("A computation beside a page failed.")
            with self._guard:
                self._going.discard(name)

    def _take(self) -> tuple[str, Task] | None:
        """The next task; the page that it is for is served last after it."""
        with self._guard:
            now = time.monotonic()
            self._wanted = {page: one for page, one in self._wanted.items() if one.tasks and one.until > now}
            for page, one in self._wanted.items():
                if (name := next((name for name in one.tasks if name not in self._going), None)) is not None:
                    self._going.add(name)
                    self._wanted[page] = self._wanted.pop(page)
                    return name, one.tasks.pop(name)
            self._workers -= 1
            return None


BACKGROUND = Background(os.cpu_count() or 1)
