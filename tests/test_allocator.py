"""Freed memory goes back to the system where a process asks for that; seen from outside, in a process of its own."""

import subprocess
import sys

_SCRIPT = """
import psutil
from denoise_core.allocator import give_back_freed_memory
give_back_freed_memory()
held = lambda: psutil.Process().memory_info().rss
before = held()
blocks = [bytearray(b"1" * (1 << 20)) for _ in range(65)]
full = held()
last = blocks[-1]
del blocks
print((full - before) >> 20, (held() - before) >> 20)
"""


def test_freed_blocks_leave_the_process_while_a_later_one_is_still_held():
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    full, left = map(int, done.stdout.split())
    assert full >= 60
    assert left <= 8


def test_what_was_there_before_is_no_longer_looked_through_for_garbage():
    script = (
        "import gc, denoise_core.allocator as a; kept = [[] for _ in range(9999)]; a.exempt_modules_from_collection(); "
        "print(gc.get_freeze_count() > 9999, len(gc.get_objects()) < 9999); before = gc.get_freeze_count(); "
        "more = [[] for _ in range(999)]; a.exempt_modules_from_collection(); print(gc.get_freeze_count() == before); "
        "import wave; a.exempt_modules_from_collection(); print(gc.get_freeze_count() > before + 999)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 4


def test_matrices_are_multiplied_in_one_thread_also_by_a_library_that_is_loaded_later():
    script = (
        "import numpy, threadpoolctl as t; from denoise_core.allocator import use_one_blas_thread; use_one_blas_thread(); "
        "import scipy.linalg; found = [one['num_threads'] for one in t.threadpool_info() if one['user_api'] == 'blas']; "
        "print(len(found) >= 1, set(found))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["True", "{1}\n"]
