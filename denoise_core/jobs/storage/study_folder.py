"""One search's folder: which file holds what, and who writes it.

The web process makes the folder, writes `stop`, and raises the budget of a search that has ended. While a coordinator holds
`worker.lock` it writes everything else; otherwise the supervisor does. The trials themselves are runs, in folders of their own.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from denoise_core.config import RunConfig, parse_untrusted
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DenoiseError, RunError
from denoise_core.files.atomic_io import read_json, sync, write_bytes, write_json
from denoise_core.jobs.spec import FINAL, QUEUED, Source
from denoise_core.jobs.storage.arrays import load_training_set, save_training_set
from denoise_core.jobs.storage.ids import id_from
from denoise_core.jobs.storage.process_folder import ProcessFolder
from denoise_core.tuning.plan import Plan
from denoise_core.tuning.trials import TrialRecord

DAMAGED = (ValueError, TypeError, KeyError, AttributeError, RecursionError, DenoiseError)


@dataclass(frozen=True, kw_only=True)
class StudySpec:
    """What a search was asked to do; only its budget ever changes. `created` is in seconds since 1970."""

    title: str
    owner: str
    created: float
    channels: tuple[str, ...]
    samples: int
    source: Source
    plan: Plan

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "plan": self.plan.to_json()})

    @classmethod
    def from_json(cls, text: bytes) -> StudySpec:
        """What `to_json` wrote; some of `DAMAGED` where it is not that."""
        raw = parse_untrusted(text)
        start = RunConfig.from_json(json.dumps(raw["plan"].pop("start")))
        plan, source = Plan.from_json(raw["plan"], start), Source(**raw["source"])
        return cls(**{**raw, "plan": plan, "source": source, "channels": tuple(raw["channels"])})


@dataclass(frozen=True, kw_only=True)
class StudyStatus:
    """How far a search has come.

    Parameters
    ----------
    state : str
        As a run's: queued, running, done, stopped (the best so far was kept) or failed.
    spent_s : float
        Seconds in which it was running, of which the budget is made.
    crashes : int
        How often the coordinator has died since a trial last ended.
    """

    state: str = QUEUED
    reason: str = ""
    spent_s: float = 0.0
    crashes: int = 0
    ended: float | None = None

    @property
    def has_ended(self) -> bool:
        return self.state in FINAL


@dataclass(frozen=True)
class StudyFolder(ProcessFolder):
    """The folder of one search."""

    @property
    def _data(self) -> Path:
        return self.path / "data.npz"

    @property
    def _records(self) -> Path:
        return self.path / "trials.jsonl"

    @property
    def _summary(self) -> Path:
        return self.path / "summary.json"

    def missing(self) -> RunError:
        return missing_study()

    def fill(self, spec: StudySpec, data: TrainingSet) -> None:
        """Write everything that a new search consists of."""
        self.path.mkdir()
        save_training_set(self._data, data)
        self.write_spec(spec)
        self.write(StudyStatus())
        sync(self.path)

    def write_spec(self, spec: StudySpec) -> None:
        write_bytes(self.path / "spec.json", spec.to_json().encode())

    def spec(self) -> StudySpec:
        """RunError if it is not a search that this version understands."""
        try:
            return StudySpec.from_json((self.path / "spec.json").read_bytes())
        except FileNotFoundError:
            raise missing_study() from None
        except DAMAGED as error:
            raise RunError(f"The search {self.id} cannot be read; its file may be damaged ({error}).") from None

    def training_set(self) -> TrainingSet:
        return load_training_set(self._data)

    def write(self, status: StudyStatus) -> None:
        write_json(self.path / "state.json", asdict(status))

    def status(self) -> StudyStatus:
        """As it was written last; where that is damaged, a search that waits to go on."""
        try:
            return StudyStatus(**read_json(self.path / "state.json"))
        except DAMAGED:
            return StudyStatus()

    def end(self, state: str, reason: str) -> None:
        self.write(replace(self.status(), state=state, reason=reason, ended=time.time()))

    def append(self, record: TrialRecord) -> None:
        """Keep the record of a trial that has ended; it is on the disk when this returns."""
        with self._records.open("ab") as file:
            file.write(json.dumps(record.to_json(), separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def records(self) -> list[TrialRecord]:
        """Those of all trials that have ended, each once; a line that was written by half is none."""
        found: dict[int, TrialRecord] = {}
        for line in self._records.read_bytes().split(b"\n") if self._records.exists() else ():
            try:
                record = TrialRecord.from_json(json.loads(line))
            except DAMAGED:
                continue
            found.setdefault(record.number, record)
        return list(found.values())

    def mend(self) -> None:
        """Begin a new line after one that was written by half."""
        if self._records.exists() and not self._records.read_bytes().endswith(b"\n"):
            with self._records.open("ab") as file:
                file.write(b"\n")

    def write_summary(self, summary: Mapping[str, Any]) -> None:
        write_json(self._summary, summary)

    def summary(self) -> dict[str, Any]:
        """What the coordinator wrote last; empty before."""
        try:
            return read_json(self._summary)
        except (FileNotFoundError, ValueError):
            return {}

    def run_id(self, owner: str, number: int) -> str:
        """The id of the run that is the trial of that number."""
        return id_from(owner, token_of(self.id, number))


def token_of(study: str, number: int) -> str:
    """With which the run of a trial is submitted: however often, it is one run."""
    return f"{study}-{number}"


def missing_study() -> RunError:
    """The error for a search that was deleted or has expired."""
    return RunError("This search is no longer here: it was deleted or it expired. Start a new one from the Train page.")
