"""Mutated files, settings, model headers and links: a result or a sentence of ours, whatever comes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from denoise_core.errors import DataError
from denoise_core.files import Limits, ReadOptions
from denoise_core.files.sandbox.parse import parse

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_two_thousand_mutated_files_settings_models_and_links_are_read_or_told_in_words() -> None:
    command = [sys.executable, "-m", "tests.faults.fuzz", "--cases", "2000", "--seed", "16"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    assert "wrong: 0" in told.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "tests/data/fuzz").iterdir()), ids=lambda path: path.name)
def test_what_once_ended_in_an_error_of_a_library_is_told_in_words(path: Path) -> None:
    """Found among 100,000 mutated files: names that are no UTF-8, and an archive whose list ends in the middle of a name."""
    with pytest.raises(DataError, match=r"damaged.* again"):
        parse(path, name=path.name, options=ReadOptions(), limits=Limits())
