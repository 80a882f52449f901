"""Supervisors and workers as processes: started, adopted, alone, and ended."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from denoise_core.errors import RunError
from denoise_core.jobs import Store, ensure_supervisor
from denoise_core.jobs.scheduling import launch
from denoise_core.jobs.scheduling import supervisor as supervisor_module
from denoise_core.jobs.scheduling.process import Worker
from denoise_core.jobs.scheduling.supervisor import Supervisor
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.process_folder import WorkerProcess
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.training.events import Started
from tests.jobs.conftest import ROOT, epochs_of, state_is, supervisors, until, worker_of, workers

pytestmark = pytest.mark.slow

Submit = Callable[..., str]
Supervise = Callable[..., Supervisor]
LONG = 2000


@pytest.mark.parametrize("setting", ["DENOISE_CPU_SLOTS", "DENOISE_KEEP_DAYS"])
def test_a_setting_with_which_no_supervisor_can_work_is_told_before_one_is_started(
    home: Home, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(setting, "two")
    for start in (ensure_supervisor, lambda path: supervisor_module.main([str(path)])):
        with pytest.raises(RunError, match=f"{setting} = 'two' is not a number"):
            start(home.path)
    assert supervisors(home) == []


def test_children_import_the_same_package_wherever_they_are_started(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for decoy in ("here", "there"):
        (tmp_path / decoy / "denoise_core").mkdir(parents=True)
        (tmp_path / decoy / "denoise_core" / "__init__.py").write_text("raise SystemExit('the wrong package')")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "there"))
    ensure_supervisor(home.path)
    until(home.machine.exists)
    (tmp_path / "run").mkdir()
    worker = Worker.start(supervisor_module.COMMAND, RunFolder(tmp_path / "run"), "cpu:0")
    until(lambda: not worker.alive())
    assert worker.exit_code == 2
    assert "The run run is no longer here" in (tmp_path / "run" / "worker.log").read_text()


def test_a_supervisor_that_fails_at_once_is_told_in_words_and_not_started_without_end(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "COMMAND", (sys.executable, "-c", "import sys; print('started'); sys.exit(1)"))
    for _ in range(2):
        with pytest.raises(RunError, match="The program that starts trainings fails"):
            until(lambda: ensure_supervisor(home.path))
    assert home.log.read_text().count("started") == 1


def start_supervisor(home: Home) -> subprocess.Popen[bytes]:
    with home.log.open("ab") as log:
        command = [sys.executable, "-m", "tests.jobs.fake_supervisor", str(home.path)]
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    assert process.wait(timeout=20) == 0


def test_a_new_supervisor_adopts_the_workers_of_one_that_was_killed(submit: Submit, store: Store, home: Home) -> None:
    first, run_id = start_supervisor(home), submit(epochs=150)
    until(lambda: store.run(run_id).epochs_done)
    first.kill()
    first.wait()
    (before,) = [process.pid for process in workers(home)]
    second = start_supervisor(home)
    until(lambda: "Adopted" in home.log.read_text())
    assert [process.pid for process in workers(home)] == [before]
    until(state_is(store, run_id, "done"))
    assert RunFolder(home.runs / run_id).status().crashes == 0
    assert [type(event) for event in store.metrics(run_id)[0]].count(Started) == 1
    end(second)


def test_a_run_whose_worker_died_unseen_goes_on(submit: Submit, store: Store, home: Home, supervise: Supervise) -> None:
    first, run_id = start_supervisor(home), submit(epochs=40)
    until(lambda: store.run(run_id).epochs_done)
    first.kill()
    first.wait()
    workers(home)[0].kill()
    assert store.run(run_id).state == "running"
    until(state_is(store, run_id, "done"), beside=supervise().tick)
    assert RunFolder(home.runs / run_id).status().crashes == 1


def test_a_process_that_only_has_the_same_number_is_neither_adopted_nor_killed(
    submit: Submit, store: Store, home: Home, supervise: Supervise
) -> None:
    run_id = submit(epochs=2)
    folder, own = RunFolder(home.runs / run_id), psutil.Process()
    folder.write_worker(WorkerProcess(pid=own.pid, created=own.create_time() - 100.0, slot="cpu:0"))
    supervisor = supervise()
    supervisor.tick()
    assert worker_of(home, run_id).pid != own.pid
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    assert (store.run(run_id).epochs_done, folder.status().crashes) == (2, 0)


def test_two_workers_in_one_folder_are_one(submit: Submit, store: Store, home: Home, supervise: Supervise) -> None:
    supervisor, run_id = supervise(), submit(epochs=80)
    until(lambda: store.run(run_id).epochs_done, beside=supervisor.tick)
    command = [sys.executable, "-m", "tests.jobs.fake_worker", str(home.runs / run_id)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 3
    until(state_is(store, run_id, "done"), beside=supervisor.tick)
    assert epochs_of(store.metrics(run_id)[0]) == list(range(1, 81))


def test_of_two_supervisors_at_once_one_ends_by_itself(home: Home) -> None:
    both = [start_supervisor(home) for _ in range(2)]
    until(lambda: any(process.poll() == 0 for process in both))
    (left,) = [process for process in both if process.poll() is None]
    assert home.log.read_text().count("Another supervisor is running") == 1
    end(left)


def test_ensure_starts_one_supervisor_however_many_pages_call_it(
    home: Home, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "COMMAND", (sys.executable, "-m", "tests.jobs.fake_supervisor"))
    lines = (
        "from denoise_core.jobs.scheduling import launch",
        f"launch.COMMAND = {launch.COMMAND!r}",
        "launch.ensure_supervisor()",
    )
    others = [subprocess.Popen([sys.executable, "-c", "; ".join(lines)], cwd=ROOT) for _ in range(2)]
    for _ in range(50):
        ensure_supervisor(home.path)
    assert [other.wait() for other in others] == [0, 0]
    until(lambda: home.machine.exists())
    until(lambda: len(supervisors(home)) == 1)
    ensure_supervisor(home.path)
    (left,) = supervisors(home)
    run_id = submit()
    until(state_is(Store(home.path), run_id, "done"))
    assert supervisors(home) == [left]
    left.terminate()
    until(lambda: not supervisors(home))


def test_a_supervisor_ends_when_idle_and_not_before(submit: Submit, store: Store, supervise: Supervise) -> None:
    run_id = submit(epochs=30)
    supervise().serve(threading.Event(), idle_s=0.5)
    assert store.run(run_id).state == "done"


def test_a_page_that_is_open_keeps_the_supervisor(home: Home, supervise: Supervise) -> None:
    serving = threading.Thread(target=lambda: supervise().serve(threading.Event(), idle_s=1.0))
    home.last_visit.touch()
    serving.start()
    visited_until = time.monotonic() + 2.5
    until(lambda: time.monotonic() > visited_until, beside=home.last_visit.touch)
    assert serving.is_alive()
    serving.join(timeout=30)
    assert not serving.is_alive()


def test_a_supervisor_ends_when_its_data_folder_is_taken_away(home: Home, supervise: Supervise) -> None:
    supervisor = supervise()
    shutil.rmtree(home.path)
    supervisor.serve(threading.Event())
    assert not Path(home.path).exists()
