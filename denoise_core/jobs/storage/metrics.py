"""The growing file of a run's events, one JSON object a line: append, read on, read the last. Knows nothing of training."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_BLOCK = 1 << 16


def append(path: Path, line: dict[str, Any]) -> None:
    """Add one line at the end, after cutting off what a killed writer left half-written there."""
    mend(path)
    with path.open("ab") as file:
        file.write(encoded(line))


def encoded(line: dict[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def read_on(path: Path, after: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The whole lines from byte `after` on, and the byte to go on from; a half-written last line waits for its end."""
    if not path.exists():
        return [], 0
    with path.open("rb") as file:
        file.seek(max(0, after))
        text = file.read()
    whole = text[: text.rfind(b"\n") + 1]
    return [line for raw in whole.splitlines() if (line := _line(raw))], max(0, after) + len(whole)


def last(path: Path, event: str) -> dict[str, Any] | None:
    """The last whole line of that event, or None; reads from the end, no more than it needs."""
    if not path.exists():
        return None
    end, block = path.stat().st_size, _BLOCK
    with path.open("rb") as file:
        while True:
            file.seek(max(0, end - block))
            whole = file.read(min(end, block)).split(b"\n")[:-1]
            found = next((line for raw in reversed(whole) if (line := _line(raw)) and line["event"] == event), None)
            if found or block >= end:
                return found
            block *= 4


def mend(path: Path) -> None:
    """Cut off a half-written last line, which no reader has ever been given."""
    if path.exists() and (size := path.stat().st_size):
        whole = read_on(path, 0)[1]
        if whole < size:
            os.truncate(path, whole)


def _line(raw: bytes) -> dict[str, Any] | None:
    """The object on one line, or None: a block that starts inside a line, or bytes that a power cut left, are no event."""
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "event" in line else None
