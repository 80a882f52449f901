"""Train one run on another machine: the process here that stands for its task on a Ray cluster. Imports no torch.

The supervisor starts, watches and adopts it as any worker. Lock, heartbeat and all else in the run's folder are the task's,
which calls `worker.run` on the path that all machines share. Ray ends the task when this process ends in whatever way.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from denoise_core.errors import RunError
from denoise_core.jobs.engine import own_slot
from denoise_core.jobs.folder_process import AWAY_CODE, FORMAT, Away, Lost, work_in_folder
from denoise_core.jobs.scheduling.process import import_path
from denoise_core.jobs.scheduling.slots import cluster_number, variables
from denoise_core.jobs.storage.process_folder import NOT_TAKEN, Busy, WorkerProcess
from denoise_core.jobs.storage.run_folder import RunFolder

log = logging.getLogger(__name__)

BEGIN_S = 45.0
"""Seconds in which the run must have begun on some machine, else it goes back into the queue: less than supervisor.SILENT_S."""
KNOCK_S = 5.0
_LOOK_S = 0.2
_OUT_OF_REACH = "the cluster has been out of reach"
_HELD = "the machine that had this run before has not let it go"


def run(folder: Path | str, *, halt: threading.Event | None = None) -> None:
    """Have a machine of the Ray cluster do what `worker.run` does, and return when that has returned.

    Parameters
    ----------
    folder : path
        ``runs/<id>`` of a data folder, at the same path on all machines.
    halt : threading.Event, optional
        When set: stop there and keep the best.

    Raises
    ------
    Away
        If no machine can take the run now. Its folder is as it was.
    Lost
        If the machine that had the run is gone, or its process there. The run goes on from its checkpoint.
    RunError
        If the folder is gone, or the machine that took the run does not see it.

    References
    ----------
    https://docs.ray.io/en/latest/ray-core/fault_tolerance/tasks.html
    """
    job, halt = RunFolder(Path(folder).absolute()), halt or threading.Event()
    if job.is_held():
        raise Away("The machine that had this run before has not let it go yet.", reason=_HELD)
    own = WorkerProcess.own(own_slot())
    with _deadline(job) as met, _connected(own.slot) as ray:
        remote = ray.remote(
            **_needs(own.slot), max_calls=1, max_retries=0, runtime_env={"env_vars": variables(own.slot) | import_path()}
        )
        task = remote(_work).remote(str(job.path), own)
        halted = False
        while not ray.wait([task], timeout=_LOOK_S)[0]:
            if not met.is_set() and job.worker() == own:
                met.set()
            if halt.is_set() and not halted:
                halted = True
                ray.cancel(task)  # without force: a signal, see _work; with force the best epoch would be lost
        _settle(ray, task)


def _settle(ray: Any, task: Any) -> None:
    """Nothing where the task has ended by itself; how it failed else."""
    try:
        ray.get(task)
    except ray.exceptions.RayTaskError as error:
        held = Away("Another process works in this run's folder.", reason=_HELD)
        raise held if isinstance(error.cause, Busy) else error.cause from None
    except ray.exceptions.TaskCancelledError:
        raise Away("The system ended this process before the run had begun.", reason=NOT_TAKEN) from None
    except ray.exceptions.RayError as error:
        raise Lost(str(error)) from None


def _work(folder: str, process: WorkerProcess) -> None:
    """The task, in a process of its own on some machine."""
    from denoise_core.jobs import worker

    job, halt = RunFolder(Path(folder)), threading.Event()
    if not job.exists():
        raise RunError(f"{socket.gethostname()} does not see {folder}. The data folder must have the same path on all machines.")
    with job.log.open("ab") as file:  # its words, and those of a library that crashes, stand where those of a worker here do
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    logging.basicConfig(level=logging.INFO, format=FORMAT, force=True)
    log.info("Run on %s.", socket.gethostname())
    signal.signal(signal.SIGINT, lambda *_: halt.set())
    worker.run(folder, halt=halt, process=process)


@contextmanager
def _deadline(job: RunFolder) -> Iterator[threading.Event]:
    """End this process, and with it the task that waits in the cluster, if the event is not set within `BEGIN_S` seconds.

    Ray waits long for a cluster that does not answer, and for ever for a machine that is gone.
    """
    met = threading.Event()

    def watch() -> None:
        if not met.wait(BEGIN_S):
            log.info("No machine of the cluster has taken the run within %.0f s.", BEGIN_S)
            ray = sys.modules.get("ray")
            with suppress(OSError):
                job.tell_away(NOT_TAKEN if ray and ray.is_initialized() else _OUT_OF_REACH)
            os._exit(AWAY_CODE)

    threading.Thread(target=watch, name="deadline", daemon=True).start()
    try:
        yield met
    finally:
        met.set()


@contextmanager
def _connected(slot: str) -> Iterator[Any]:
    """The module `ray`, connected; Away where the cluster cannot be reached or has no machine for that slot."""
    os.environ["RAY_AUTH_MODE"] = "token"  # before Ray is imported; without it, whoever reaches the port can run programs
    import ray

    ours = signal.getsignal(signal.SIGTERM)
    try:
        _knock()
        ray.init(address="auto", configure_logging=False, log_to_driver=False)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise Away(f"The cluster cannot be reached: {error}", reason=_OUT_OF_REACH) from None
    signal.signal(signal.SIGTERM, ours)  # Ray has put its own in its place
    try:
        _find(ray, slot)
        yield ray
    finally:
        ray.shutdown()  # at the end of the interpreter it would sleep first


def _knock() -> None:
    """OSError where nobody listens at the cluster's address, which Ray would try for minutes."""
    host, _, port = os.environ.get("RAY_ADDRESS", "").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_S).close()


def _find(ray: Any, slot: str) -> None:
    """Away if the cluster has lost the machine of that slot."""
    unit = "GPU" if "num_gpus" in _needs(slot) else "CPU"
    there = int(ray.cluster_resources().get(unit, 0.0))
    if (cluster_number(slot) or 0) >= there:
        too_few = f"the cluster has had too few {unit}s (it has {there})"
        raise Away(f"{slot} is not there: the cluster has {there} {unit}s now.", reason=too_few)


def _needs(slot: str) -> dict[str, int]:
    return {"num_cpus": 0, "num_gpus": 1} if slot.startswith("cuda:") else {"num_cpus": 1}


def main(argv: Sequence[str] | None = None) -> int:
    """``ray_worker RUN_FOLDER``; for what it gives, see `work_in_folder`."""
    return work_in_folder(
        argv,
        lambda folder, halt: run(folder, halt=halt),
        name="ray_worker",
        description="Have a machine of the Ray cluster train the run in a run folder, or apply its model.",
        below="runs",
    )


if __name__ == "__main__":
    sys.exit(main())
