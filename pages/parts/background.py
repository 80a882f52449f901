"""Computations beside a page that draws what has arrived: few at once, and none for which nobody waits any more."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from pages.parts.first_come import FIRST_LOOKS


class Background:
    """So many threads for all sessions; each session has no more than that running or waiting."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._pool = ThreadPoolExecutor(places)
        self._going: dict[str, Future[None]] = {}
        self._guard = threading.Lock()

    def top_up(self, tasks: Mapping[str, Callable[[], object]]) -> None:
        """Start those of a session's tasks for which there is room, by name, in their order; call it again for the others.

        A task that is going already, for whichever session, is not started again. Errors are left to whoever asks for the result.
        """
        with self._guard:
            self._going = {name: future for name, future in self._going.items() if not future.done()}
            room = self._places - sum(name in self._going for name in tasks)
            new = [name for name in tasks if name not in self._going]
            for name in new[: max(0, room)]:
                self._going[name] = self._pool.submit(_in_turn, tasks[name])


def _in_turn(task: Callable[[], object]) -> None:
    """First looks and these tasks wait in one line."""
    with FIRST_LOOKS.turn():
        task()


BACKGROUND = Background(os.cpu_count() or 1)
