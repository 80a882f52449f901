"""Every benchmark runs, in its quickest form, and prints figures: one that nothing runs rots."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
IN_A_BROWSER = {"classroom", "compare", "page_times", "watched"}
SHORTER = {"quality": ["--seeds", "1", "--processes", "1"]}
"""Of those whose quickest form still measures something."""
SCRIPTS = sorted(path.stem for path in HERE.glob("*.py") if "\ndef main() -> None:" in path.read_text(encoding="utf-8"))


def marked(script: str) -> object:
    return pytest.param(script, marks=[pytest.mark.slow, *([pytest.mark.browser] if script in IN_A_BROWSER else [])])


@pytest.mark.parametrize("script", [marked(script) for script in SCRIPTS])
def test_every_benchmark_runs_and_prints_finite_figures(script):
    command = [sys.executable, "-m", f"tests.benchmarks.{script}", "--quick", *SHORTER.get(script, [])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"\d\.\d", done.stdout), done.stdout
    assert not re.search(r"\b(nan|inf)\b", done.stdout.lower().replace("information", "")), done.stdout


def test_the_benchmarks_are_found():
    known = "cluster search search_slots classroom compare gain instant page_times quality repeats settings throughput verdict"
    assert {*known.split(), "watched"} <= set(SCRIPTS)
