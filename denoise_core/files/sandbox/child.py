"""The throw-away process that hostile files are read in: ``python -m denoise_core.files.sandbox.child FOLDER``.

It takes its own limits first and imports readers afterwards. It talks through files in FOLDER alone.
"""

from __future__ import annotations

import json
import resource
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any


class WithoutPandas(MetaPathFinder):
    """pyarrow would import pandas, half of this process's time, only to see whether something is one of its objects."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is not used here", name="pandas")


def main(folder: Path) -> None:
    """Do the task that lies in `folder`, and leave the answer there."""
    task = json.loads((folder / "task.json").read_text())
    confine(task["limits"])
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


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (value, value) if hard == resource.RLIM_INFINITY else (min(value, hard), hard))


def _work(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    from denoise_core.files.sandbox import ipc

    return ipc.WORK[task["verb"]](task, folder)


if __name__ == "__main__":
    sys.meta_path.insert(0, WithoutPandas())
    main(Path(sys.argv[1]))
