"""Sentences on stderr, so that stdout stays for results."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tqdm import tqdm

Say = Callable[[str], None]


def speaker(*, quiet: bool) -> Say:
    """A function that prints one line to stderr, or nothing; it does not tear a progress bar."""
    return _silent if quiet else lambda text: tqdm.write(text, file=sys.stderr)


def _silent(text: str) -> None:
    del text
