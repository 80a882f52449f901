"""Files that are either whole or not there: the one way in which the project replaces a file."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

TEMPORARY = "tmp-"


def replace_by(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in place: a reader sees the old file or the whole new one."""
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(6)}-{path.name}")
    try:
        write(temporary)
        sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def write_bytes(path: Path, data: bytes) -> None:
    """Whole or not at all, and on the disk when this returns."""
    replace_by(path, lambda temporary: _fill(temporary, data))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """`value` as JSON; whole or not at all."""
    write_bytes(path, json.dumps(value).encode())


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote."""
    value: dict[str, Any] = json.loads(path.read_bytes())
    return value


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
