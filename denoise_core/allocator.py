"""What a process asks of its libraries: when freed memory is returned, what is looked through for garbage, how many threads."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Mapping

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h of glibc
_KEPT_BYTES = 1 << 30
_LARGE_BYTES = 1 << 20
_modules_exempted = 0


def keep_freed_memory() -> bool:
    """Tell glibc's malloc to reuse freed blocks below 1 GiB instead of returning them to the system; True where that worked.

    A training step frees and asks for the same megabytes again and again, and each time the system fills them with zeros:
    12,000 page faults and a third of the time of a step of the default network (55,000 against 80,000 targets/s on one core).
    """
    return _tell({_M_TRIM_THRESHOLD: _KEPT_BYTES, _M_MMAP_THRESHOLD: _KEPT_BYTES})


def give_back_freed_memory() -> bool:
    """Tell glibc's malloc to return large freed arrays to the system at once, and to share its pools; True where that worked.

    For a process that serves many people: each of its threads would keep a pool of its own (58 against 42 MB after an upload of
    200,000 rows), and what a session had held was never given back. Arrays below 1 MiB are reused: with 128 KiB, the methods for
    20,000 samples together took 10.9 s instead of 6.9, as the system fills each fresh block with zeros, for 4 MB less.
    """
    return _tell({_M_TRIM_THRESHOLD: _LARGE_BYTES, _M_MMAP_THRESHOLD: _LARGE_BYTES, _M_ARENA_MAX: 2})


def use_one_blas_thread() -> None:
    """Have numpy and scipy compute products of matrices in the thread that asks for them.

    Ours are small. With OpenBLAS's threads, the methods for 20,000 samples together took 10.5 s of processor instead of 7.6, and
    were not done earlier.
    """
    from threadpoolctl import threadpool_limits

    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for scipy's own copy, which may be loaded later
    threadpool_limits(1, user_api="blas")


def exempt_modules_from_collection() -> None:
    """Take what is in memory, which is mostly modules, out of Python's garbage collection for good, if modules were added.

    Streamlit collects after every rerun. With its modules in it, that took 68 of the 80 ms that moving a control of a lesson cost
    the server. Where no module was imported since the last call, nothing happens.
    """
    global _modules_exempted
    if len(sys.modules) > _modules_exempted:
        _modules_exempted = len(sys.modules)
        gc.collect()
        gc.freeze()


def _tell(options: Mapping[int, int]) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    return mallopt is not None and all(mallopt(option, value) for option, value in options.items())
