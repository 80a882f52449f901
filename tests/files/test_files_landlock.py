"""The process that reads uploads sees no other files and no network, where the kernel can see to it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import denoise_core
from denoise_core.files.sandbox import landlock

ROOT = Path(denoise_core.__file__).parents[1]

LOOK = """
import socket, sys
from pathlib import Path
from denoise_core.files.sandbox import child
folder, source, secret = map(Path, sys.argv[1:])
assert child.isolate(folder, source)
def allowed(act):
    try:
        act()
    except PermissionError:
        return False
    return True
print([
    allowed(source.read_bytes), allowed((folder / "made").touch), allowed(secret.read_bytes),
    allowed(lambda: source.write_bytes(b"")),
    allowed((secret.parent / "new").touch), allowed(lambda: list(Path("/root").iterdir()) if Path("/root").exists() else 1 / 0),
    allowed(lambda: socket.create_server(("127.0.0.1", 0))),
    allowed(lambda: socket.create_connection(("127.0.0.1", int(secret.name)), timeout=5)),
])
import numpy, pandas, pyarrow.parquet, python_calamine, scipy.io
"""


@pytest.mark.skipif(landlock.version() < 4, reason="the kernel has no Landlock with network rules")
def test_the_reading_process_sees_its_upload_and_its_folder_and_nothing_else(tmp_path: Path) -> None:
    import socket

    (tmp_path / "own").mkdir()
    (tmp_path / "upload").write_bytes(b"1;2")
    with socket.create_server(("127.0.0.1", 0)) as server:
        secret = tmp_path / str(server.getsockname()[1])
        secret.write_bytes(b"of somebody else")
        command = [sys.executable, "-c", LOOK, str(tmp_path / "own"), str(tmp_path / "upload"), str(secret)]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == str([True, True, False, False, False, False, False, False]), told.stderr
    assert told.returncode == 0, told.stderr


def test_a_reading_process_ends_with_the_one_that_started_it() -> None:
    code = (
        "import sys, time, subprocess, os\n"
        "child = 'import sys, time; from denoise_core.files.sandbox.child import die_with_parent; '"
        "'die_with_parent(int(sys.argv[1])); print(1, flush=True); time.sleep(60)'\n"
        "command = [sys.executable, '-c', child, str(os.getpid())]\n"
        "process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)\n"
        "process.stdout.readline()\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    end = time.monotonic() + 20
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < end:
        time.sleep(0.02)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
