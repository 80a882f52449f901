"""Whatever breaks while runs are trained: none is lost, none is told twice, and all end with the bits of an undisturbed run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def test_a_hundred_faults_lose_nothing_and_change_no_bit() -> None:
    command = [sys.executable, "-m", "tests.faults.storm", "--faults", "100", "--seed", "16"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr[-3000:]
    assert "wrong: 0" in told.stdout
    assert "'done'" in told.stdout
