"""One run's folder: which file holds what, and who writes it.

The web process makes the folder and writes `stop`. While a worker holds `worker.lock` it writes everything else;
otherwise the supervisor does.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from denoise_core.assess.risk import Blended
from denoise_core.assess.summary import Summary
from denoise_core.config import parse_untrusted
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError
from denoise_core.files.atomic_io import read_json, replace_by, sync, write_bytes, write_json
from denoise_core.jobs.spec import FINAL, RUNNING, Entry, Spec, Status
from denoise_core.jobs.storage import metrics
from denoise_core.jobs.storage.arrays import load_estimate, load_series, load_training_set, save_estimate, save_training_set
from denoise_core.jobs.storage.process_folder import ProcessFolder
from denoise_core.series import Estimate, Series
from denoise_core.training.events import Ended, EpochEnd

_STATE_LOST = "The file that held the state of this run was damaged, so the run goes on from its last checkpoint."


@dataclass(frozen=True)
class RunFolder(ProcessFolder):
    """The folder of one run, which may vanish at any moment: then reading raises FileNotFoundError."""

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint.pt"

    @property
    def checkpoint_before(self) -> Path:
        """The one before the last: where the last was damaged, the training goes on from here."""
        return self.path / "checkpoint-before.pt"

    def checkpoints(self) -> list[Path]:
        """Those that there are, the last one first."""
        return [path for path in (self.checkpoint, self.checkpoint_before) if path.exists()]

    @property
    def model(self) -> Path:
        return self.path / "model.denoiser"

    @property
    def result(self) -> Path:
        """The estimate of the first series."""
        return self.result_of(0)

    @property
    def _data(self) -> Path:
        return self.path / "data.npz"

    def result_of(self, i: int) -> Path:
        """The estimate of the series number `i`, from 0."""
        return self._numbered("result.npz", i)

    def twin_of(self, i: int) -> Path:
        """Of a trial of a search: what its twin made of the noisier copy of that series."""
        return self._numbered("twin.npz", i)

    def _numbered(self, name: str, i: int) -> Path:
        stem, dot, ending = name.partition(".")
        return self.path / (f"{stem}-{i}{dot}{ending}" if i else name)

    def fill(self, spec: Spec, data: TrainingSet, model: Path | None = None) -> None:
        """Write everything that a new run consists of; `model` is the file of one that is only to be applied."""
        self.path.mkdir()
        save_training_set(self._data, data)
        if model is not None:
            replace_by(self.model, lambda temporary: shutil.copyfile(model, temporary))
        write_bytes(self.path / "spec.json", spec.to_json().encode())
        self.write(Status())
        sync(self.path)

    def entry(self) -> Entry:
        """RunError if it is not a run that this version understands."""
        return Entry.from_json(self.id, (self.path / "spec.json").read_bytes(), self._state())

    def status(self) -> Status:
        return Status.from_json(self._state())

    def _state(self) -> bytes:
        """The state as JSON; where its file is damaged or lost, the one that the last line of the metrics tells."""
        try:
            raw = (self.path / "state.json").read_bytes()
            parse_untrusted(raw)
        except (FileNotFoundError, ValueError):
            if not self.exists():
                raise
            return self._state_from_metrics().to_json().encode()
        return raw

    def _state_from_metrics(self) -> Status:
        """How the run ended, as far as its metrics know; else it runs, or waits to go on from its checkpoint."""
        ended = metrics.last(self.metrics, Ended)
        if ended is None:
            return Status(state=RUNNING) if self.is_held() else Status(reason=_STATE_LOST)
        return Status(state=ended.state, reason=ended.reason, ended=self.metrics.stat().st_mtime)

    def write(self, status: Status) -> None:
        write_bytes(self.path / "state.json", status.to_json().encode())

    def end(self, state: str, reason: str) -> None:
        """The last line of the metrics, then the final state: who sees the state finds everything else in place."""
        metrics.append(self.metrics, Ended(state=state, reason=reason))
        self.write(replace(self.status(), state=state, reason=reason, ended=time.time()))

    def end_without_metrics(self) -> Ended | None:
        """How the run ended, where its metrics were damaged afterwards and do not tell."""
        status = self.status()
        if status.state not in FINAL or metrics.last(self.metrics, Ended):
            return None
        return Ended(state=status.state, reason=status.reason)

    def last_epoch(self) -> EpochEnd | None:
        """What the last recorded epoch said, or None."""
        return metrics.last(self.metrics, EpochEnd)

    def training_set(self) -> TrainingSet:
        return load_training_set(self._data)

    def series(self, i: int = 0) -> Series:
        """The series number `i` of those to be denoised; IndexError if there is none."""
        return load_series(self._data, i)

    def estimate(self, i: int = 0) -> Estimate:
        return load_estimate(self.result_of(i))

    def twin(self, i: int = 0) -> Estimate:
        return load_estimate(self.twin_of(i))

    def save_blend(self, i: int, blended: Blended) -> None:
        """The figures, and the estimate where anything was combined."""
        if blended.combined is not None:
            save_estimate(self._numbered("blend.npz", i), blended.chosen)
        write_json(self._numbered("blend.json", i), blended.to_json())

    def blend(self, i: int = 0) -> Blended | None:
        """The combination of the result with other methods, and what each is worth; None where that was not found out."""
        figures = self._numbered("blend.json", i)
        if not figures.exists():
            return None
        raw = read_json(figures)
        return Blended.from_json(raw, load_estimate(self._numbered("blend.npz", i)) if raw["combined"] else self.estimate(i))

    def save_summary(self, i: int, summary: Summary) -> None:
        write_json(self._numbered("summary.json", i), summary.to_json())

    def summary(self, i: int = 0) -> Summary | None:
        """The numbers of the result for the series number `i`; None where nobody has found them yet."""
        try:
            return Summary.from_json(read_json(self._numbered("summary.json", i)))
        except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def rename(self, name: str) -> None:
        """The last of several names given at once wins, whole."""
        write_json(self.path / "name.json", {"name": name})

    def name(self) -> str:
        """What a person called it; "" where nobody did."""
        try:
            return str(read_json(self.path / "name.json")["name"])
        except (OSError, ValueError, TypeError, KeyError):
            return ""

    def missing(self) -> RunError:
        return missing_run(self.id)


def missing_run(run_id: str) -> RunError:
    """The error for a run that was deleted or has expired."""
    return RunError(f"The run {run_id} is no longer here: it was deleted or it expired. Start a new run from the Train page.")
