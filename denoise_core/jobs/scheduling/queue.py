"""Who is next: fair between owners, fewest running first, then the oldest. Pure; knows no process and no file."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from denoise_core.jobs.scheduling.slots import pool
from denoise_core.jobs.spec import Entry


def order(waiting: Iterable[Entry], running: Mapping[str, int]) -> list[Entry]:
    """The waiting runs in the order in which they start while nothing else changes.

    Parameters
    ----------
    waiting : iterable of Entry
    running : mapping of owner to number of runs that are running now
        Each run put in order counts as running for those after it, so owners take turns.
    """
    lines: dict[str, deque[Entry]] = defaultdict(deque)
    for entry in sorted(waiting, key=_age):
        lines[entry.spec.owner].append(entry)
    heap = [(running.get(owner, 0), _age(line[0]), owner) for owner, line in lines.items()]
    heapq.heapify(heap)
    ordered = []
    while heap:
        load, _, owner = heapq.heappop(heap)
        ordered.append(lines[owner].popleft())
        if lines[owner]:
            heapq.heappush(heap, (load + 1, _age(lines[owner][0]), owner))
    return ordered


def places(waiting: Iterable[Entry], running: Mapping[str, int], slots: Sequence[str]) -> dict[str, int]:
    """The place in its queue of each waiting run, 1 for the next; each kind of device has its own queue."""
    ahead: Counter[str] = Counter()
    found = {}
    for entry in order(waiting, running):
        ahead[kind := pool(entry.spec.config.training.device, slots)] += 1
        found[entry.id] = ahead[kind]
    return found


def _age(entry: Entry) -> tuple[float, str]:
    return entry.spec.created, entry.id
