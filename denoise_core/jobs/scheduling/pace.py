"""How fast this machine trains, learned from the trainings that ended on it: what "about 9 s" on the Train page rests on."""

from __future__ import annotations

from statistics import median

from denoise_core.files.atomic_io import read_json, write_json
from denoise_core.jobs.spec import DONE
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.suggestions import cost

_KEPT = 9  # of each kind of slot


def note(home: Home, folder: RunFolder, slot: str) -> None:
    """Remember how fast that run was trained and checked. The supervisor alone calls this, when a worker has ended.

    Nothing of a trial, which is checked in another way, or of a run that had to be started again.
    """
    if not folder.exists() or (last := folder.last_epoch()) is None:
        return
    status, spec = folder.status(), folder.entry().spec
    if status.state != DONE or spec.trial is not None or status.crashes:
        return
    if status.started is not None and status.ended is not None and status.ended > status.started:
        rate = cost.targets_per_s(spec.config, epochs=last.epoch, seconds=status.ended - status.started)
        kind, rates = slot.partition(":")[0], _rates(home)
        write_json(home.pace, rates | {kind: [*rates.get(kind, []), rate][-_KEPT:]})


def targets_per_s(home: Home, kind: str) -> float:
    """The default network's rate on that kind of slot; `TARGETS_PER_S` before the first training there."""
    return median(_rates(home).get(kind) or [cost.TARGETS_PER_S])


def _rates(home: Home) -> dict[str, list[float]]:
    """By kind of slot; empty where nothing was written yet, or it is damaged."""
    try:
        return {str(kind): [float(rate) for rate in rates] for kind, rates in read_json(home.pace).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
