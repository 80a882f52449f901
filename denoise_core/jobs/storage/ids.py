"""Names of runs, workspaces and inputs: ours, unguessable, and checked before any of them becomes part of a path."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from pathlib import Path

from denoise_core.errors import RunError

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_HASH = re.compile(r"[0-9a-f]{64}")


def new_id() -> str:
    """24 letters and digits, 120 random bits; for runs and for workspaces."""
    return _letters(secrets.token_bytes(15))


def id_from(owner: str, token: str) -> str:
    """The id that belongs to one press of a button: the same for the same owner and token, as hard to guess as the owner."""
    return _letters(hashlib.sha256(f"{owner}\0{token}".encode()).digest()[:15])


def check_id(text: str) -> str:
    """`text`, or RunError if it cannot be an id of ours."""
    if not isinstance(text, str) or not is_id(text):
        raise RunError("This link does not name a run. Check that the whole link was copied.")
    return text


def check_hash(text: str) -> str:
    """`text`, or RunError if it cannot be the sha256 of an uploaded file."""
    if not isinstance(text, str) or not is_hash(text):
        raise RunError("This does not name an uploaded file. Upload the file again.")
    return text


def is_id(text: str) -> bool:
    """Whether `text` is shaped like the ids that `new_id` makes."""
    return bool(_ID.fullmatch(text))


def is_hash(text: str) -> bool:
    """Whether `text` is shaped like a sha256 in hexadecimal."""
    return bool(_HASH.fullmatch(text))


def inside(root: Path, name: str) -> Path:
    """``root / name``, or RunError if that leads anywhere else than directly into `root`."""
    path = root / name
    if path.resolve().parent != root.resolve():
        raise RunError("This link leads outside the data folder, so it was not opened.")
    return path


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()
