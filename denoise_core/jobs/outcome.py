"""How a run ended that has no result, in a state and in words."""

from __future__ import annotations

import logging

from denoise_core.errors import DenoiseError
from denoise_core.jobs.spec import CANCELLED, FAILED
from denoise_core.jobs.storage import disk_errors

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The run is to end without a result; says why."""


def outcome_of(error: Exception) -> tuple[str, str]:
    """State and reason in words for what went wrong; what nobody foresaw goes to the log with its trace."""
    if isinstance(error, Cancelled):
        return CANCELLED, str(error)
    if isinstance(error, DenoiseError):
        return FAILED, str(error)
    log.error("The run ended with an error.", exc_info=error)
    if isinstance(error, OSError) and disk_errors.is_disk_full(error):
        return FAILED, disk_errors.describe(error)
    if is_out_of_memory(error):
        return FAILED, "Out of memory. Choose a smaller batch size, hidden size or window, and start again."
    return FAILED, f"An unexpected error ended the run: {type(error).__name__}: {error}"


def is_out_of_memory(error: Exception) -> bool:
    """Python, CUDA and the CPU allocator each say it in their own way."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text
