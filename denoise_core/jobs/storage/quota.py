"""How much uploads may take up on the disk, for one person and altogether: room is made of what no run needs."""

from __future__ import annotations

import time
from collections.abc import Iterable

from denoise_core.errors import RunError
from denoise_core.jobs.storage.catalogue import Catalogue
from denoise_core.jobs.storage.home import GIGABYTE, Home, upload_limits
from denoise_core.jobs.storage.inputs import Inputs, StoredInput

STILL_LOOKED_AT_S = 86_400.0
"""An upload younger than this may be on somebody's page, so it gives way to its own person's uploads alone."""


def make_room(home: Home, size: int, owner: str | None) -> None:
    """Let the oldest uploads that no run needs go until `size` more bytes fit below both limits.

    Raises
    ------
    RunError
        If that is not enough; nothing was taken away then.
    """
    inputs, limits = Inputs(home), upload_limits()
    stored = inputs.stored()
    mine = [one for one in stored if owner is not None and inputs.owner_mark(owner) in one.owners]
    excess_of_mine = sum(one.size for one in mine) + size - limits.per_person
    excess_of_all = sum(one.size for one in stored) + size - limits.altogether
    if (owner is None or excess_of_mine <= 0) and excess_of_all <= 0:
        return
    needed = Catalogue(home).inputs()
    loose = sorted((one for one in stored if one.digest not in needed), key=lambda one: one.last_put)
    going = set(_oldest((one for one in loose if one in mine and len(one.owners) == 1), excess_of_mine) if owner else ())
    excess_of_all -= sum(one.size for one in going)
    before = time.time() - STILL_LOOKED_AT_S
    going |= set(_oldest((one for one in loose if one not in going and one.last_put < before), excess_of_all))
    _check(sum(one.size for one in mine if one not in going) + size, limits.per_person, _MINE)
    _check(sum(one.size for one in stored if one not in going) + size, limits.altogether, _ALL)
    for one in going:
        inputs.remove(one.digest)


def _oldest(candidates: Iterable[StoredInput], excess: int) -> list[StoredInput]:
    """As many as it takes, or all of them."""
    chosen = []
    for one in candidates:
        if excess <= 0:
            break
        chosen.append(one)
        excess -= one.size
    return chosen


_MINE = (
    "Your uploads would take up {size} GB; at most {limit} GB are stored for one person. "
    "Delete runs that you no longer need, or upload a shorter recording."
)
_ALL = (
    "All uploads together would take up {size} GB; at most {limit} GB are stored on this computer. Try again tomorrow, when "
    "older ones have been removed, or ask whoever runs this app to raise DENOISE_UPLOADS_GB."
)


def _check(size: int, limit: int, words: str) -> None:
    if size > limit:
        raise RunError(words.format(size=f"{size / GIGABYTE:.3g}", limit=f"{limit / GIGABYTE:.3g}"))
