"""Mutated files, settings, model headers and links: a result or a sentence of ours, whatever comes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def test_two_thousand_mutated_files_settings_models_and_links_are_read_or_told_in_words() -> None:
    command = [sys.executable, "-m", "tests.faults.fuzz", "--cases", "2000", "--seed", "16"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    assert "wrong: 0" in told.stdout
