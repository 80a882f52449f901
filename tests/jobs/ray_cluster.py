"""A Ray cluster on this machine: a head that computes nothing, and nodes with one processor, each with an address of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

TASK = "ray::_work"


class RayCluster:
    """`environment` is what a process needs to use it."""

    def __init__(self, folder: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.environment = {
            "RAY_ADDRESS": f"127.0.0.1:{self._port}",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
        }
        self.nodes: list[psutil.Process] = []
        self._folder = folder
        self._start(
            "--head", f"--port={self._port}", "--num-cpus=0", "--num-gpus=0", f"--temp-dir={folder}", "--include-dashboard=false"
        )

    def add_node(self) -> None:
        """One more machine, as it were; its GPU exists for Ray alone."""
        self._start(f"--address={self.environment['RAY_ADDRESS']}", "--num-cpus=1", "--num-gpus=1")

    def _start(self, *words: str) -> None:
        """In a session of its own, as a worker here is: Linux shares the processors between sessions (autogroup)."""
        ours = [
            "--disable-usage-stats",
            "--object-store-memory=80000000",
            "--include-log-monitor=false",
            "--block",
        ]
        command = [str(Path(sys.executable).with_name("ray")), "start", *words, *ours]
        command.append(f"--node-ip-address=127.0.0.{1 + len(self.nodes)}")
        log = Path(self._folder) / f"node-{len(self.nodes)}.log"
        with log.open("wb") as file:
            environment = {**os.environ, **self.environment}
            child = subprocess.Popen(command, env=environment, stdout=file, stderr=file, start_new_session=True)
        while b"Ray runtime started" not in log.read_bytes():
            if child.poll() is not None:
                raise AssertionError(log.read_text())
            try:
                child.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
        self.nodes.append(psutil.Process(child.pid))

    def tasks(self) -> list[psutil.Process]:
        """The processes that train now."""
        return [process for node in self.nodes for process in _family(node) if _title(process) == TASK]

    def node_of(self, task: psutil.Process) -> psutil.Process:
        (found,) = [node for node in self.nodes if task in _family(node)]
        return found

    def kill(self, node: psutil.Process) -> None:
        """As if its plug were pulled."""
        family = _family(node)
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=10)
        self.nodes.remove(node)


@contextmanager
def ray_cluster(*, nodes: int) -> Iterator[RayCluster]:
    """Started, and gone afterwards."""
    folder = tempfile.mkdtemp(prefix="ray-")  # a short path: the names of Ray's sockets have little room
    cluster = RayCluster(folder)
    try:
        for _ in range(nodes):
            cluster.add_node()
        yield cluster
    finally:
        for node in list(cluster.nodes):
            cluster.kill(node)
        shutil.rmtree(folder, ignore_errors=True)


def _family(node: psutil.Process) -> list[psutil.Process]:
    return [node, *node.children(recursive=True)] if node.is_running() else []


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()).strip()
    except psutil.NoSuchProcess:
        return ""
