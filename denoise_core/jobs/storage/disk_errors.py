"""What a failing disk is called in words."""

from __future__ import annotations

import errno

LEAST_FREE = 1 << 16
"""Bytes; with less, not even the state of a run can be written."""
FULL = "The disk is full, so nothing more can be saved. Delete runs that are no longer needed and try again."


def is_disk_full(error: OSError) -> bool:
    """Whether the disk, or the user's share of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def describe(error: OSError) -> str:
    """What went wrong with the disk, and what to do."""
    if is_disk_full(error):
        return FULL
    return f"The data folder cannot be used ({error.strerror or error}). Check that it exists and may be written to."
