"""Slots whose machine is not to be had: until when each is left alone, and why and since when the runs of its kind wait."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence, Set

from denoise_core.jobs.spec import Absence

REST_S = 30.0
"""So long a slot whose machine was not to be had is left alone."""


class Absences:
    """What the supervisor knows of machines that could not take a run."""

    def __init__(self) -> None:
        self._rests_until: dict[str, float] = {}
        self._by_kind: dict[str, Absence] = {}

    def note(self, slot: str, reason: str) -> None:
        """Leave that slot alone for a while; the first of several in a row says since when its kind is away."""
        self._rests_until[slot] = time.monotonic() + REST_S
        known = self._by_kind.get(kind_of(slot))
        self._by_kind[kind_of(slot)] = Absence(since=known.since if known else time.time(), reason=reason)

    def present(self, slots: Sequence[str]) -> list[str]:
        """Those that are not left alone now."""
        return [slot for slot in slots if self._rests_until.get(slot, 0.0) < time.monotonic()]

    def tell(self, *, waiting: Iterable[str], running: Set[str]) -> dict[str, Absence]:
        """Those of the kinds of slot that runs wait for while none runs on one; all else is over, and forgotten."""
        self._by_kind = {kind: self._by_kind[kind] for kind in waiting if kind in self._by_kind and kind not in running}
        return dict(self._by_kind)


def kind_of(slot: str) -> str:
    """``"cuda"`` of ``"cuda:ray-0"``."""
    return slot.partition(":")[0]
