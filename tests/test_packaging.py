"""`pip install .` gives `denoise_core` and a `denoise` command that need nothing of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with what the wheel holds, as pip would unpack it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "-q", "-w", str(folder)]
    subprocess.run(build, check=True, timeout=300, cwd=folder)
    (wheel,) = folder.glob("denoise-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def entry_point(site: Path) -> str:
    entries = ConfigParser()
    entries.read(next(site.glob("denoise-*.dist-info/entry_points.txt")))
    return entries["console_scripts"]["denoise"]


def run(site: Path, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The `denoise` command as its console script calls it, far from the checkout."""
    module, function = entry_point(site).split(":")
    code = f"import sys; from {module} import {function}; sys.argv[0] = 'denoise'; sys.exit({function}())"
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("method", ["instant", "wavelet"])
def test_the_installed_command_denoises_a_file(installed, tmp_path, method):
    rows = "\n".join(f"{i / 50:.2f},{(i // 50) % 2 + 0.1 * ((i * 7919) % 13 - 6) / 6:.4f}" for i in range(400))
    (tmp_path / "noisy.csv").write_text(f"time [s],pressure [bar]\n{rows}\n")
    done = run(installed, "denoise", "noisy.csv", "-o", "clean.csv", "--method", method, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "clean.csv").read_text().startswith("time [s],pressure [bar],")


def test_the_installed_package_is_not_that_of_the_checkout(installed, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    code = "import denoise_core; print(denoise_core.__file__)"
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert Path(said.stdout.strip()).is_relative_to(installed)


def test_the_wheel_holds_weights_samples_and_types(installed):
    package = installed / "denoise_core"
    for name in ("py.typed", "__init__.pyi", "instant/pretrained.onnx", "noise/describer.npz", "sample_data/pressure_steps.csv"):
        assert (package / name).stat().st_size > 0 or name == "py.typed"
