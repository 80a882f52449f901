"""Where everything is kept, and the few settings of the machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import platformdirs

from denoise_core.errors import RunError
from denoise_core.files.atomic_io import read_json
from denoise_core.jobs.spec import Absence
from denoise_core.jobs.storage.ids import is_id

GIGABYTE = 10**9


@dataclass(frozen=True)
class Home:
    """The data folder: inputs by sha256, runs and studies by id, runs that were discarded, and the supervisor's own files."""

    path: Path

    @classmethod
    def at(cls, path: Path | str | None = None) -> Home:
        """`path`, else ``$DENOISE_HOME``, else the user's data folder; made where it is missing.

        Raises
        ------
        RunError
            If the folder cannot be made.
        """
        chosen = path or os.environ.get("DENOISE_HOME") or platformdirs.user_data_dir("denoise", appauthor=False)
        home = cls(Path(chosen).expanduser().absolute())
        try:
            for folder in (home.inputs, home.runs, home.parts, home.discarded, home.studies):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(
                f"The data folder {home.path} cannot be made ({error.strerror}). "
                "Set DENOISE_HOME to a folder that may be written to."
            ) from None
        return home

    @property
    def inputs(self) -> Path:
        return self.path / "inputs"

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    def run_ids(self) -> set[str]:
        """The names in `runs` that can be those of runs; whatever else lies there is not ours."""
        return {path.name for path in self.runs.iterdir() if is_id(path.name)}

    @property
    def parts(self) -> Path:
        """What is being made or taken away; never read."""
        return self.path / "parts"

    @property
    def discarded(self) -> Path:
        """Runs that were discarded a short while ago, as they were in `runs`."""
        return self.path / "discarded"

    @property
    def studies(self) -> Path:
        return self.path / "studies"

    @property
    def index(self) -> Path:
        return self.path / "index.sqlite"

    @property
    def lock(self) -> Path:
        """Held by the one supervisor."""
        return self.path / "supervisor.lock"

    @property
    def log(self) -> Path:
        return self.path / "supervisor.log"

    @property
    def machine(self) -> Path:
        """The slots that the supervisor found, and which kinds of them are away, for those who show what a run waits for."""
        return self.path / "machine.json"

    @property
    def queue(self) -> Path:
        """The places of the waiting runs, as the supervisor last saw them."""
        return self.path / "queue.json"

    @property
    def pace(self) -> Path:
        """How fast the last trainings were, by kind of slot; the supervisor writes it."""
        return self.path / "pace.json"

    def places(self) -> dict[str, int]:
        """What the supervisor wrote of the waiting runs; empty where it has not looked yet."""
        try:
            return {str(run_id): int(place) for run_id, place in read_json(self.queue).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    @property
    def last_visit(self) -> Path:
        """Its age says how long no page has been open."""
        return self.path / "touched"

    def absences(self) -> dict[str, Absence]:
        """What the supervisor wrote of machines that are away, by kind of slot."""
        try:
            return {str(kind): Absence(**told) for kind, told in read_json(self.machine)["away"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    def slots(self) -> list[str]:
        """What the supervisor found; one processor where it has not looked yet."""
        try:
            return [str(slot) for slot in read_json(self.machine)["slots"]]
        except (OSError, ValueError, TypeError, KeyError):
            return ["cpu:0"]


def check_settings() -> None:
    """RunError for a setting of the machine with which no supervisor can work."""
    keep_days()
    cpu_slots()
    cluster_slots()
    upload_limits()


def keep_days() -> float:
    """Days that a finished run is kept: ``$DENOISE_KEEP_DAYS``, default 30; 0 keeps everything."""
    return _number("DENOISE_KEEP_DAYS", 30.0, low=0.0)


def core_count() -> int:
    """Processor cores that this process may use; macOS and Windows only say how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_slots() -> int:
    """Trainings at once on processors: ``$DENOISE_CPU_SLOTS``, default all cores but one, at least 1."""
    return int(_number("DENOISE_CPU_SLOTS", max(1, core_count() - 1), low=1))


def cluster_slots() -> dict[str, int]:
    """Trainings at once on a Ray cluster, by kind: ``$DENOISE_RAY_GPUS`` and ``$DENOISE_RAY_CPUS``, default 0."""
    slots = {kind: int(_number(f"DENOISE_RAY_{unit}", 0.0, low=0)) for kind, unit in (("cuda", "GPUS"), ("cpu", "CPUS"))}
    if any(slots.values()) and find_spec("ray") is None:
        raise RunError(
            "DENOISE_RAY_GPUS or DENOISE_RAY_CPUS is set, but Ray is not installed: pip install 'ray==2.60.0', or unset them."
        )
    return slots


@dataclass(frozen=True)
class UploadLimits:
    """Bytes that uploads may take up."""

    per_person: int
    altogether: int


def upload_limits() -> UploadLimits:
    """``$DENOISE_UPLOADS_GB_PER_PERSON``, default 2, and ``$DENOISE_UPLOADS_GB``, default 20."""
    gigabytes = (_number("DENOISE_UPLOADS_GB_PER_PERSON", 2.0, low=0.0), _number("DENOISE_UPLOADS_GB", 20.0, low=0.0))
    return UploadLimits(*(int(number * GIGABYTE) for number in gigabytes))


def _number(name: str, default: float, *, low: float) -> float:
    text = os.environ.get(name, "").strip() or str(default)
    try:
        value = float(text)
    except ValueError:
        raise RunError(f"{name} = {text!r} is not a number. Set it to {low:g} or more, or leave it out.") from None
    if not low <= value < 1e9:
        raise RunError(f"{name} = {text} is out of range. Set it to {low:g} or more, or leave it out.")
    return value
