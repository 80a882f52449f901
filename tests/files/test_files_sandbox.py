"""The throw-away process: its limits hold, and every way it can end becomes a sentence."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

import denoise_core as dc
from denoise_core.errors import DataError
from denoise_core.files import Limits, ReadOptions, denoised_name, layouts, read, render, write
from denoise_core.files.formats.registry import FORMATS
from denoise_core.files.layouts import (
    ArrayLayout,
    Encoding,
    JsonLayout,
    ParquetLayout,
    SheetLayout,
    SignalsLayout,
    SoundLayout,
    TableRegion,
    TextLayout,
)
from denoise_core.files.sandbox import fork_server, ipc, runner
from denoise_core.series import Estimate

DATA = b"t;x [bar]\n" + b"".join(b"%d;%d,5\n" % (i, i % 3) for i in range(30))
ROOT = Path(dc.__file__).parents[1]


def estimate(recording: dc.Recording, channel: str = "x") -> dict[str, Estimate]:
    values = recording.channels[channel] + 1
    return {channel: Estimate(values=values, sd=np.full(len(values), 0.25), method="test")}


def test_a_file_is_read_and_written_through_the_process(tmp_path):
    source = tmp_path / "pump.csv"
    source.write_bytes(DATA)
    recording = read(source, options=ReadOptions(rate_hz=10.0))
    assert recording.name == "pump.csv"
    assert recording.time.rate_hz == pytest.approx(10.0)
    assert recording["x"].unit == "bar"
    target = tmp_path / denoised_name(recording.name)
    write(recording, estimate(recording), target, like=source, residual=True, sd=True)
    assert target.read_text().splitlines()[:2] == ["t;x [bar];x_denoised [bar];x_residual [bar];x_sd [bar]", "0;0,5;1,5;-1;0,25"]
    assert source.read_bytes() == DATA
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pump.csv", "pump_denoised.csv"]


def test_bytes_need_no_file_and_a_name_is_only_shown():
    recording = read(DATA, name="../../etc/passwd")
    assert recording.name == "../../etc/passwd"
    assert render(recording, estimate(recording), like=DATA).startswith(b"t;x [bar];x_denoised [bar]\n0;0,5;1,5\n")
    with pytest.raises(DataError, match="etc/passwd is empty"):
        read(b"", name="../../etc/passwd")


def test_a_missing_and_a_too_large_file_are_refused_before_anything_is_read(tmp_path):
    with pytest.raises(DataError, match=r"no file .*nothing"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="at most 1 MB"):
        read(bytes(2 * 2**20), limits=Limits(file_bytes=2**20))


def test_a_result_for_another_file_is_refused(tmp_path):
    recording = read(DATA)
    with pytest.raises(DataError, match="29 rows of numbers, but the result has 30"):
        render(recording, estimate(recording), like=DATA[:-7])
    with pytest.raises(DataError, match="has 5 samples, the file has 30"):
        render(recording, {"x": Estimate(values=np.ones(5), method="test")}, like=DATA)
    with pytest.raises(DataError, match="no column 'y'"):
        render(recording, {"y": Estimate(values=np.ones(30), method="test")}, like=DATA)
    with pytest.raises(DataError, match="cannot be written"):
        write(recording, estimate(recording), tmp_path / "no" / "such" / "folder.csv", like=DATA)


WORK = """
import sys
import denoise_core.files.sandbox.child as child
def work(task, folder):
    {body}
    return {{}}
child._work = work
child.serve(int(sys.argv[1]))
"""


@pytest.fixture
def child_doing(monkeypatch):
    """Makes the process do something else, after it took its limits; returns what running it raises."""

    def run(body: str, tmp_path: Path, limits: Limits) -> str:
        server = [sys.executable, "-c", WORK.format(body=body), str(os.getpid())]
        popen = subprocess.Popen
        monkeypatch.setattr(fork_server, "_idle", [])
        monkeypatch.setattr(fork_server.subprocess, "Popen", lambda _, **options: popen(server, **options))
        with pytest.raises(DataError) as caught:
            runner.run_child({"verb": "read"}, tmp_path, name="pump.csv", limits=limits)
        return str(caught.value)

    return run


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import time; time.sleep(60)", "took longer than 1 s"),
        ("while True: pass", "took longer than 1 s"),
        ("x = bytearray(600 * 2**20)", "more than 0.29 GB of memory"),
        ("import numpy; numpy.ones(10**8)", "more than 0.29 GB of memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "could not be read"),
        ("import os; os.abort()", "could not be read"),
        ("import os; os._exit(0)", "could not be read"),
        ("raise RuntimeError('a fault of the reader')", "could not be read"),
        ("f = open('big', 'wb'); f.seek(400 * 2**20); f.write(b'x'); f.close()", "unpacks to more than can be kept"),
    ],
    ids=["hangs", "spins", "memory", "numpy memory", "crash", "abort", "silent exit", "exception", "fills the disk"],
)
def test_every_end_of_the_process_becomes_a_sentence(child_doing, tmp_path, body, words):
    seconds = 1.0 if "took longer" in words else 30.0  # a busy machine needs more than one to start Python
    message = child_doing(body, tmp_path, Limits(seconds=seconds, memory_bytes=300 * 2**20))
    assert words in message
    assert message.startswith("pump.csv")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 310 * 2**20


def test_what_the_process_started_ends_with_it(child_doing, tmp_path):
    body = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    body += "    (folder / 'pid').write_text(str(p.pid)); p.wait()"
    child_doing(body, tmp_path, Limits(seconds=1.0))
    pid = int((tmp_path / "pid").read_text())
    for _ in range(50):
        if not _runs(pid):
            break
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_process_sees_no_secrets_of_its_parent(monkeypatch, child_doing, tmp_path):
    monkeypatch.setenv("SOME_TOKEN", "secret")
    body = "import os; raise ValueError(sorted(os.environ.items()))"
    child_doing(body, tmp_path, Limits())
    told = (tmp_path / "stderr").read_text()
    assert "('PATH', " in told
    assert "secret" not in told


def test_the_process_has_no_way_to_speak_for_the_one_that_forked_it(child_doing, tmp_path):
    body = "import os; raise ValueError([os.readlink(f'/proc/self/fd/{n}') for n in range(3)], os.listdir('/proc/self/fd'))"
    child_doing(body, tmp_path, Limits())
    told = (tmp_path / "stderr").read_text()
    assert f"['/dev/null', '/dev/null', '{tmp_path}/stderr'], ['0', '1', '2', '3']" in told  # the last is that of the list itself


INSTALLED = """
import denoise_core as dc
from denoise_core.files import SAMPLES, sample_path
print(len(dc.read(b"t,x\\n0,1\\n1,3\\n2,2\\n")))
for ask in (lambda: dc.read(b""), lambda: sample_path(next(iter(SAMPLES)))):
    try:
        ask()
    except dc.DataError as error:
        print(error)
"""


def test_an_installed_package_reads_with_its_own_code_and_has_no_samples(tmp_path):
    site = tmp_path / "site-packages"
    shutil.copytree(ROOT / "denoise_core", site / "denoise_core", ignore=shutil.ignore_patterns("__pycache__", "pretrained.*"))
    detection = site / "denoise_core/files/formats/detection.py"
    detection.write_text(detection.read_text().replace("is empty (0 bytes)", "is empty, says the copy"))
    environment = os.environ | {"PYTHONPATH": str(site)}
    command = [sys.executable, "-P", "-c", INSTALLED]
    said = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0] == "3"
    assert "is empty, says the copy" in said[1]
    assert "pressure_steps.csv is not installed" in said[2]


def test_limits_hold_for_a_real_file_that_needs_more(tmp_path):
    limits = Limits(memory_bytes=320 * 2**20)
    assert len(read(DATA, limits=limits)) == 30
    np.save(tmp_path / "long.npy", np.ones(15_000_000, dtype=np.float32))
    with pytest.raises(DataError, match=r"long.npy needs more than 0.31 GB of memory"):
        read(tmp_path / "long.npy", limits=limits)


def test_importing_files_imports_no_reader():
    readers = {"pandas", "pyarrow", "scipy", "openpyxl", "torch", "h5py", "nptdms", "pyedflib", "pyuff"}
    code = f"import sys, denoise_core.files as files; files.read; print(sorted({readers} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


REGION = TableRegion(width=2, first=1, header=0)


@pytest.mark.parametrize(
    "layout",
    [
        TextLayout(
            names=("t", "x"), encoding=Encoding(codec="cp1252"), region=REGION, delimiter=";", decimal=",", digits={"x": 4}
        ),
        SheetLayout(names=("t", "x"), newest_first=True, sheet="Messung", region=REGION),
        ParquetLayout(names=("x",)),
        ArrayLayout(format="npy", names=("column 1", "column 2"), across=True),
        ArrayLayout(format="npz", names=("x",)),
        SoundLayout(names=("left", "right"), rate=44100, bits=24, floating=False),
        SignalsLayout(format="tdms", names=("p",), paths=("run\np",), packed="gz"),
        JsonLayout(names=("p",), keys=("p (bar)",), shape="records", path=("runs", "data"), indent=2),
    ],
    ids=lambda layout: layout.format,
)
def test_a_layout_survives_json_as_its_own_kind(layout):
    assert layouts.from_json(FORMATS[layout.format].layout, json.loads(json.dumps(layouts.to_json(layout)))) == layout


def test_a_recording_survives_the_exchange(tmp_path):
    recording = read(b"when,x\n" + b"".join(b"2024-01-01 00:00:%02d,%d\n" % (i, i % 3) for i in range(20)))
    again = ipc.unpack(ipc.pack(recording, tmp_path), tmp_path)
    assert (again.name, again.units, again.notes) == (recording.name, recording.units, recording.notes)
    assert (again.time.start, again.time.unit, again.time.name) == (recording.time.start, "s", "when")
    assert again.layout == recording.layout
    np.testing.assert_array_equal(again.channels["x"], recording.channels["x"])


def test_no_more_files_are_read_at_once_than_there_is_memory_and_cores_for(monkeypatch):
    assert 1 <= runner.places() <= max(1, min(os.cpu_count(), psutil.virtual_memory().total // 2 // Limits().memory_bytes))
    monkeypatch.setattr(runner, "_PLACES", threading.BoundedSemaphore(2))
    at_once, most, guard, fork = 0, 0, threading.Lock(), fork_server.ForkServer.fork

    def watch(server, folder):
        nonlocal at_once, most
        with guard:
            at_once, most = at_once + 1, max(most, at_once + 1)
        return fork(server, folder)

    def leave(process, seconds, wait=runner._wait):
        nonlocal at_once
        code = wait(process, seconds)
        with guard:
            at_once -= 1
        return code

    monkeypatch.setattr(fork_server.ForkServer, "fork", watch)
    monkeypatch.setattr(runner, "_wait", leave)
    with ThreadPoolExecutor(5) as people:
        assert [len(recording) for recording in people.map(read, [DATA] * 5)] == [30] * 5
    assert (at_once, most) == (0, 2)


def test_whoever_waits_too_long_to_be_read_is_told_so(monkeypatch):
    monkeypatch.setattr(runner, "_PLACES", threading.BoundedSemaphore(1))
    monkeypatch.setattr(runner, "PATIENCE_S", 0.05)
    with runner._PLACES, pytest.raises(DataError, match=r"So many files .* pump.csv had to wait too long. Try again in a minute"):
        read(DATA, name="pump.csv")
    assert len(read(DATA, name="pump.csv")) == 30


def test_each_file_is_read_by_a_fork_of_its_own_of_the_same_process(monkeypatch):
    monkeypatch.setattr(fork_server, "_idle", [])
    forks, fork = [], fork_server.ForkServer.fork
    monkeypatch.setattr(fork_server.ForkServer, "fork", lambda server, folder: forks.append(fork(server, folder)) or forks[-1])
    read(DATA)
    server = fork_server._idle[0].pid
    with pytest.raises(DataError):
        read(b"no number\nin any row\n")
    read(DATA)
    assert [one.pid for one in fork_server._idle] == [server]
    assert len({server, *(one.pid for one in forks)}) == 4


def test_where_the_process_that_forks_was_killed_the_next_file_is_read_by_another(monkeypatch):
    monkeypatch.setattr(fork_server, "_idle", [])
    read(DATA)
    killed = psutil.Process(fork_server._idle[0].pid)
    killed.kill()
    killed.wait()
    assert len(read(DATA)) == 30
    assert [one.is_alive for one in fork_server._idle] == [True]


@pytest.mark.parametrize("ended", [False, True])
def test_a_process_that_cannot_begin_is_told_as_a_file_that_cannot_be_read(monkeypatch, ended):
    popen = subprocess.Popen

    def nothing(_, **options):
        process = popen([sys.executable, "-c", ""], **options)
        if ended:
            process.wait()
        return process

    monkeypatch.setattr(fork_server, "_idle", [])
    monkeypatch.setattr(fork_server.subprocess, "Popen", nothing)
    with pytest.raises(DataError, match=r"pump.csv could not be read"):
        read(DATA, name="pump.csv")


def test_the_process_that_forks_ends_with_the_one_that_reads():
    code = (
        "import denoise_core as dc, os, signal; from denoise_core.files.sandbox import fork_server; "
        "dc.read(b't,x\\n0,1\\n1,2\\n'); print(fork_server._idle[0].pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for _ in range(100):
        if not _runs(int(said)):
            break
        time.sleep(0.05)
    assert not _runs(int(said))


def test_the_process_can_be_there_before_the_first_file_comes(monkeypatch):
    monkeypatch.setattr(fork_server, "_idle", [])
    fork_server.start_ahead()
    (ahead,) = fork_server._idle
    read(DATA)
    assert fork_server._idle == [ahead]


def test_processes_that_were_forked_from_one_that_has_read_read_for_themselves():
    code = (
        "import multiprocessing, denoise_core as dc; from denoise_core.files.sandbox import fork_server\n"
        "def length(n):\n"
        "    return len(dc.read(b't,x\\n' + b'0,1\\n1,2\\n' * n)), fork_server._idle[0].pid\n"
        "ours = length(1)[1]\n"
        "with multiprocessing.get_context('fork').Pool(3) as pool:\n"
        "    found = pool.map(length, range(1, 13), chunksize=1)\n"
        "print([n for n, _ in found] == [2 * n for n in range(1, 13)], ours in {pid for _, pid in found})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.split() == ["True", "False"], done.stderr
