"""First looks in the order in which they came: nobody's takes as long as those of all together."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class FirstCome:
    """So many places; whoever leaves hands the own to the one who has waited longest."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._line: deque[threading.Event] = deque()
        self._guard = threading.Lock()

    @property
    def ahead(self) -> int:
        """How many would be served before somebody who came now; 0 where a place is free."""
        with self._guard:
            return 0 if self._free else len(self._line) + 1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place and hold it."""
        with self._guard:
            mine = None
            if self._free:
                self._free -= 1
            else:
                self._line.append(mine := threading.Event())
        if mine is not None:
            mine.wait()
        try:
            yield
        finally:
            with self._guard:
                if self._line:
                    self._line.popleft().set()
                else:
                    self._free += 1


FIRST_LOOKS = FirstCome(os.cpu_count() or 1)
