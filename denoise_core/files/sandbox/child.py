"""Throw-away processes that hostile files are read in: ``python -m denoise_core.files.sandbox.child PARENT``.

This process, which sees no file itself, has the readers in memory and forks for each folder that is named on its standard input.
A fork takes its own limits first. It talks through files in its folder alone.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any, NoReturn

from denoise_core.files.sandbox import landlock

_READERS = (*(f"denoise_core.files.sandbox.{name}" for name in ("ipc", "look", "parse")), "pyarrow.csv", "clevercsv")
"""What most files need; readers of rarer formats are imported by the fork."""
_DESCRIPTORS = 256


class WithoutPandas(MetaPathFinder):
    """pyarrow would import pandas, half of this process's time, only to see whether something is one of its objects."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is not used here", name="pandas")


def serve(parent: int) -> None:
    """Fork for each folder, one after the other; tell the fork's number, and in the end its exit code. Ends with its parent."""
    die_with_parent(parent)
    for module in _READERS:
        import_module(module)
    for line in sys.stdin:
        fork = os.fork()
        if not fork:
            _begin(Path(json.loads(line)))
        print(fork, flush=True)  # noqa: T201 this is for the parent
        _, status = os.waitpid(fork, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _begin(folder: Path) -> NoReturn:
    """In the fork: leave what belongs to the server, then do the task."""
    code = 1
    try:
        os.setsid()
        os.chdir(folder)
        nothing, errors = os.open(os.devnull, os.O_RDWR), os.open(folder / "stderr", os.O_WRONLY | os.O_CREAT)
        for stream, target in enumerate((nothing, nothing, errors)):
            os.dup2(target, stream)
        os.closerange(3, _DESCRIPTORS)
        os.environ["TMPDIR"] = str(folder)
        main(folder)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def main(folder: Path) -> None:
    """Do the task that lies in `folder`, and leave the answer there."""
    task = json.loads((folder / "task.json").read_text())
    die_with_parent(task["parent"])
    confine(task["limits"])
    isolate(folder, Path(task.get("path", folder)))
    from denoise_core.errors import DenoiseError

    try:
        answer = _work(task, folder)
    except DenoiseError as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"memory": True}
    (folder / "answer.json").write_text(json.dumps(answer))


def confine(limits: dict[str, float]) -> None:
    """Limit this process; where the system knows no such limit, the parent's clock still holds."""
    seconds = int(limits["seconds"]) + 1
    memory = int(limits["memory_bytes"])
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_FSIZE, memory)
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        _limit(resource.RLIMIT_AS, memory)


_SYSTEM = tuple(
    map(Path, ("/usr", "/lib", "/lib64", "/etc/localtime", "/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/proc/self"))
)


def isolate(folder: Path, source: Path) -> bool:
    """Let this process see no files but the programs, its folder and the upload, and no network; False where it cannot be."""
    programs = {Path(entry) for entry in (*sys.path, sys.prefix, sys.base_prefix) if entry}
    return landlock.restrict(readable=[*_SYSTEM, *programs, source], writable=[folder])


def die_with_parent(parent: int) -> None:
    """Have the kernel end this process when that which started it is gone, so that nobody is left reading for nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # it was gone before


_PDEATHSIG = 1


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (value, value) if hard == resource.RLIM_INFINITY else (min(value, hard), hard))


def _work(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    from denoise_core.files.sandbox import ipc

    return ipc.WORK[task["verb"]](task, folder)


if __name__ == "__main__":
    sys.meta_path.insert(0, WithoutPandas())
    serve(int(sys.argv[1]))
