"""What the README shows runs as it stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from denoise_core.signals import ecg_like

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    python (-m denoise_core [^#\n>]*)(?:> *(\S+) *)?(?:#.*)?$", README, flags=re.MULTILINE)
SHORTER = {
    "--minutes 5": "--minutes 0.02 --set training.epochs=2",  # of a search: one training
    "budget=5": "budget=0.02",
    "--train": "--train --set training.epochs=2",
    "denoise_core train": "denoise_core train --set training.epochs=2",
}
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}  # as the workers of the app
SNIPPETS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where noisy.csv and other.csv lie, as the README's reader has them; commands find what those before them left."""
    home = tmp_path_factory.mktemp("readme")
    clean, rng = ecg_like(400, np.random.default_rng(0)), np.random.default_rng(1)
    noisy = [clean + 0.1 * rng.standard_normal(400) for _ in range(3)]
    table = np.column_stack([np.arange(400) / 50.0, *noisy, clean])
    for name in ("noisy.csv", "other.csv"):
        np.savetxt(home / name, table, fmt="%.5f", delimiter=",", header="time [s],pressure,a,b,pressure_true", comments="")
    return home


def shorter(text):
    for shown, run in SHORTER.items():
        text = text.replace(shown, run)
    return text


def test_the_readme_shows_commands_and_code():
    assert len(COMMANDS) >= 5
    assert len(SNIPPETS) >= 1


@pytest.mark.slow
def test_the_commands_of_the_readme_run_one_after_the_other(folder):
    for shown, output in COMMANDS:
        words = shorter(shown)
        column = ["--column", "pressure"] if ".csv" in words else []
        command = [sys.executable, *shlex.split(words), *column]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, env=ENVIRONMENT)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        if output:
            (folder / output).write_text(done.stdout)
    assert (folder / "clean.csv").exists()
    assert (folder / "pump.denoiser").exists()


@pytest.mark.slow
@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_code_of_the_readme_runs(folder, snippet, monkeypatch):
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(compile(shorter(snippet), "README.md", "exec"), names)
    assert (folder / "clean.csv").exists()
    assert len(names["estimate"].values) == 400
