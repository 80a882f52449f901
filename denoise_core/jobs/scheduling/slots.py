"""Which devices this machine has, how many trainings fit on each, and what a child must find in its environment.

Imports no torch: a slot is chosen before the child starts.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from denoise_core.jobs.storage.home import cluster_slots, cpu_slots

_CLUSTER = "ray-"
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def machine_slots() -> list[str]:
    """Names such as "cpu:0", "cpu:1", "cuda:GPU-5f3a...", "mps:0"; then those of the cluster, "cuda:ray-0", "cpu:ray-0"."""
    apple = ["mps:0"] if sys.platform == "darwin" else []
    ours = [f"cuda:{gpu}" for gpu in _gpus()] + apple + [f"cpu:{i}" for i in range(cpu_slots())]
    return ours + [f"{kind}:{_CLUSTER}{i}" for kind, count in cluster_slots().items() for i in range(count)]


def cluster_number(slot: str) -> int | None:
    """Which of the cluster's slots of its kind it is, from 0; None for one of this machine.

    >>> cluster_number("cuda:ray-2"), cluster_number("cpu:2")
    (2, None)
    """
    name = slot.partition(":")[2]
    return int(name.removeprefix(_CLUSTER)) if name.startswith(_CLUSTER) else None


def pool(device: str, slots: Iterable[str]) -> str:
    """The kind of slot that a run with ``training.device == device`` waits for.

    A device that this machine lacks goes to the processors, where the training says in words that it is not there.
    """
    kinds = {slot.split(":")[0] for slot in slots}
    wanted = ("cuda", "mps") if device == "auto" else (device,)
    return next((kind for kind in wanted if kind in kinds), "cpu")


def free(slots: Sequence[str], taken: Iterable[str], kind: str) -> list[str]:
    """The slots of one kind that nobody has taken."""
    left = Counter(slot for slot in slots if slot.split(":")[0] == kind)
    left.subtract(Counter(taken))
    return [slot for slot in left if left[slot] > 0]


def environment(slot: str) -> dict[str, str]:
    """The environment of a child on that slot."""
    return {**os.environ, **variables(slot)}


def variables(slot: str) -> dict[str, str]:
    """What is set for a process that computes on that slot.

    One thread each, so that trainings do not slow each other down and a resumed one computes the same bits.
    """
    kind, _, name = slot.partition(":")
    chosen = dict.fromkeys(_THREADS, "1") | {"DENOISE_SLOT": slot, "PYTHONUNBUFFERED": "1"}
    if kind == "cuda":
        chosen["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
    if kind != "cuda" or cluster_number(slot) is None:  # which GPU of the cluster it is, Ray says there
        chosen["CUDA_VISIBLE_DEVICES"] = name if kind == "cuda" else ""
    return chosen


_ASK_S = 10.0
_GPU = re.compile(r"^GPU \d+: .*\(UUID: (GPU-[0-9a-f-]+)\)")
_MIG = re.compile(r"^\s+MIG .*\(UUID: (MIG-[0-9A-Za-z/-]+)\)")


def _gpus() -> list[str]:
    """What CUDA_VISIBLE_DEVICES may be set to, one for each NVIDIA GPU, or part of one, that this process may use."""
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is not None:
        return [name.strip() for name in allowed.split(",") if name.strip() and name.strip() != "-1"]
    if not shutil.which("nvidia-smi"):
        return []
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=_ASK_S, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return []  # a driver that hangs must not keep the processors from work
    return devices_in(listed)


def devices_in(listed: str) -> list[str]:
    """The devices in what ``nvidia-smi -L`` lists; of a GPU that is divided (MIG), its parts, since itself it cannot be used."""
    found: list[list[str]] = []
    for line in listed.splitlines():
        if gpu := _GPU.match(line):
            found.append([gpu[1]])
        elif (part := _MIG.match(line)) and found:
            found[-1].append(part[1])
    return [device for whole, *parts in found for device in parts or [whole]]
