"""The growing file of a run's events, one JSON object a line: append, read on, read the last."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TypeVar

from denoise_core.training.events import Recorded, from_json, to_json

_BLOCK = 1 << 16
_Event = TypeVar("_Event", bound=Recorded)


def append(path: Path, event: Recorded) -> None:
    """Add one line at the end, after cutting off what a killed writer left half-written there."""
    mend(path)
    with path.open("ab") as file:
        file.write(encode(event))


def encode(event: Recorded) -> bytes:
    """The event as one line of JSON."""
    return json.dumps(to_json(event), separators=(",", ":")).encode() + b"\n"


def read_on(path: Path, after: int = 0) -> tuple[list[Recorded], int]:
    """The events from byte `after` on, and the byte to go on from; a half-written last line waits for its end."""
    if not path.exists():
        return [], 0
    whole = _whole_lines(path, max(0, after))
    return [event for raw in whole.splitlines() if (event := _decode(raw))], max(0, after) + len(whole)


def last(path: Path, kind: type[_Event]) -> _Event | None:
    """The last event of that kind, or None; reads from the end, no more than it needs."""
    if not path.exists():
        return None
    end, block = path.stat().st_size, _BLOCK
    with path.open("rb") as file:
        while True:
            file.seek(max(0, end - block))
            lines = file.read(min(end, block)).split(b"\n")[:-1]
            found = next((event for raw in reversed(lines) if isinstance(event := _decode(raw), kind)), None)
            if found or block >= end:
                return found
            block *= 4


def mend(path: Path) -> None:
    """Cut off a half-written last line, which no reader has ever been given."""
    if path.exists() and (whole := len(_whole_lines(path, 0))) < path.stat().st_size:
        os.truncate(path, whole)


def _whole_lines(path: Path, after: int) -> bytes:
    with path.open("rb") as file:
        file.seek(after)
        text = file.read()
    return text[: text.rfind(b"\n") + 1]


def _decode(raw: bytes) -> Recorded | None:
    """The event on one line, or None: a block that starts inside a line, or bytes that a power cut left, are no event."""
    try:
        line = json.loads(raw)
        return from_json(line) if isinstance(line, dict) else None
    except (ValueError, RecursionError):
        return None
