"""What all tests share: one thread for each process, the marks of whole folders, and small helpers."""

from __future__ import annotations

import os

# Before torch and numpy start: two test processes with two threads each would wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import pytest

HERE = Path(__file__).parent
MARKS = {"browser": pytest.mark.browser, "pages": pytest.mark.slow}
"""Folder -> mark of all its tests: those of tests/pages start the whole app each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if mark := MARKS.get(item.path.relative_to(HERE).parts[0]):
            item.add_marker(mark)
