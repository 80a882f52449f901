"""What a web process may do with runs: submit, look, stop, delete. Imports no torch, writes no database, starts nothing."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from denoise_core.assess.risk import Blended
from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import RunError
from denoise_core.jobs.request import Data, Request
from denoise_core.jobs.scheduling import pace
from denoise_core.jobs.scheduling.queue import places
from denoise_core.jobs.scheduling.slots import pool
from denoise_core.jobs.spec import CANCEL, KEEP, QUEUED, TRAIN, Absence, Entry, Source, Spec
from denoise_core.jobs.storage import disk_errors, metrics, retention
from denoise_core.jobs.storage.catalogue import Catalogue, read_entry
from denoise_core.jobs.storage.folders import find_folder, make_folder, read_folder
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.ids import check_id, id_from, new_id
from denoise_core.jobs.storage.inputs import Inputs, RecentInput, sha256
from denoise_core.jobs.storage.quota import make_room
from denoise_core.jobs.storage.run_folder import RunFolder, missing_run
from denoise_core.jobs.versions import Versions
from denoise_core.jobs.view import RunView, state_of, view
from denoise_core.model import ModelHeader, about
from denoise_core.series import Estimate, Series
from denoise_core.suggestions import cost
from denoise_core.training.events import Ended, Recorded
from denoise_core.tuning.trials import Trial

_T = TypeVar("_T")

MOST_WAITING_OF_ONE = 50
MOST_WAITING = 500


class Store:
    """The runs and uploads in a data folder; cheap to make, safe to share between threads.

    Every method raises RunError in plain words for an id that is not ours, a run that is gone, or a disk that is full.
    """

    def __init__(self, home: Path | str | None = None) -> None:
        self._home = Home.at(home)
        self._inputs = Inputs(self._home)
        self._catalogue = Catalogue(self._home)
        self.versions = Versions(self._home)

    @property
    def home(self) -> Path:
        return self._home.path

    def put_input(self, data: bytes, name: str, *, owner: str | None = None) -> str:
        """Keep uploaded bytes once; their sha256. ``input_path(put_input(data, name)).read_bytes() == data``.

        Those of an `owner` (a workspace's id) count for the most that one person may store; RunError where that is exceeded.
        """
        if not self._inputs.holds(sha256(data)):
            make_room(self._home, len(data), owner)
        return self._inputs.put(data, name, owner)

    def recent_inputs(self, owner: str, *, most: int = 8) -> list[RecentInput]:
        """The recordings that a workspace uploaded last, the newest first; without network files."""
        kept = (one for one in self._inputs.recent(check_id(owner), most=5 * most) if not one.name.endswith(".denoiser"))
        return list(kept)[:most]

    def input_path(self, digest: str) -> Path:
        """The file that holds the bytes, to be read only; RunError if they are no longer kept."""
        return self._inputs.path(digest)

    def kept_estimate(self, digest: str, name: str) -> Estimate | None:
        """What `keep_estimate` was given under that name, by this very version of the program; None where there is none."""
        return self._inputs.kept_estimate(digest, name)

    def keep_estimate(self, digest: str, name: str, estimate: Estimate) -> None:
        """Keep a result with the upload that it was made from, as long as that is kept; nothing where that is not possible."""
        self._inputs.keep_estimate(digest, name, estimate)

    def model_header(self, digest: str, *, name: str) -> ModelHeader:
        """What an uploaded model file, which is called `name`, says of itself; DataError if it is none, or not whole."""
        return about(self.input_path(digest), name=name)

    def request_to_apply(self, data: Data, model: str, *, name: str, noise: NoiseConfig | None = None) -> Request:
        """See `Request.to_apply`; `model` is the sha256 of an uploaded model file, of which the run will keep a copy."""
        return Request.to_apply(data, self.input_path(model), name=name, noise=noise)

    def submit(
        self,
        request: Request,
        *,
        owner: str,
        title: str,
        source: Source | None = None,
        token: str | None = None,
        study: str = "",
        trial: Trial | None = None,
    ) -> str:
        """Put a run into the queue; its id.

        Parameters
        ----------
        request : Request
            Checked when it was made, so it is not checked again.
        owner : str
            The workspace's id, as `new_id` makes them.
        token : str or None
            The same owner and token give the same run, however often and from however many tabs they come.
        study, trial
            The search that the run is a trial of, and which one; it needs no place among those that may wait.
        """
        run_id = new_id() if token is None else id_from(check_id(owner), token)
        if not study and not (self._home.runs / run_id).exists():
            self._check_waiting(check_id(owner))
        first = request.data.to_denoise[0]
        spec = Spec(
            title=title[:200],
            owner=check_id(owner),
            created=time.time(),
            channels=request.channels,
            unit=first.unit,
            samples=len(first),
            config=request.config,
            source=source or Source(),
            kind=request.kind,
            model_name=request.model_name,
            study=study,
            trial=trial,
        )
        if spec.source.input:
            self._inputs.path(spec.source.input)
        make_folder(self._home, self._home.runs / run_id, lambda part: RunFolder(part).fill(spec, request.data, request.model))
        return run_id

    def run(self, run_id: str) -> RunView:
        """The run as it is now."""
        entry = self._entry(run_id)
        return self._view(entry, self._place(entry) if entry.waits else None)

    def runs(self, owner: str, *, study: str = "") -> list[RunView]:
        """The runs of one workspace, newest first, without the trials of searches; or those of one `study` alone."""
        entries = [entry for entry in self._catalogue.of_owner(check_id(owner)) if entry.spec.study == study]
        known = self._home.places()
        if any(entry.waits and entry.id not in known for entry in entries):
            known = self._places()
        return [self._view(entry, known.get(entry.id)) for entry in entries]

    def metrics(self, run_id: str, *, after: int = 0) -> tuple[list[Recorded], int]:
        """The run's events from byte `after` on, and where to read on: Started, EpochEnd (each epoch once), at last Ended."""
        events, there = metrics.read_on(self._folder(run_id).metrics, after)
        if any(isinstance(event, Ended) for event in events):
            return events, there
        ended = self._read(run_id, RunFolder.end_without_metrics)
        return [*events, *([ended] if ended else [])], there

    def training_set(self, run_id: str) -> TrainingSet:
        """Exactly what is trained on; its arrays may be shared and must not be changed."""
        return self._read(run_id, RunFolder.training_set)

    def series(self, run_id: str, i: int = 0) -> Series:
        """The series number `i`, from 0, of those to be denoised: ``training_set(run_id).to_denoise[i]``."""
        return self._read(run_id, lambda folder: folder.series(i))

    def estimate(self, run_id: str, i: int = 0) -> Estimate:
        """The result for ``series(run_id, i)``; RunError while there is none."""
        folder = self._folder(run_id)
        if not folder.result_of(i).exists():
            raise RunError("This run has no result (yet): it is still running, or it ended before its first epoch.")
        return self._read(run_id, lambda folder: folder.estimate(i))

    def blend(self, run_id: str, i: int = 0) -> Blended | None:
        """The result for ``series(run_id, i)`` combined with other methods, and their estimated errors; None in older runs."""
        return self._read(run_id, lambda folder: folder.blend(i))

    def model_path(self, run_id: str) -> Path:
        """The trained model's file; RunError while there is none."""
        path = self._folder(run_id).model
        if not path.exists():
            raise RunError("This run has no model (yet): it is still running, or it ended before its first epoch.")
        return path

    def stop(self, run_id: str) -> None:
        """Stop and keep the best epoch so far; nothing happens to a run that has ended. One that applies a model is cancelled."""
        self._request_stop(run_id, KEEP)

    def cancel(self, run_id: str) -> None:
        """Stop and keep nothing; nothing happens to a run that has ended."""
        self._request_stop(run_id, CANCEL)

    def delete(self, run_id: str) -> None:
        """Take the run away at once, running or not; its uploaded file goes some days later, unless somebody needs it."""
        retention.remove(self._home, self._folder(run_id))

    def discard(self, run_id: str) -> None:
        """Take the run away at once, running or not; for an hour `restore` brings it back."""
        try:
            retention.discard(self._home, self._folder(run_id))
        except FileNotFoundError:
            raise missing_run(run_id) from None
        except OSError as error:
            raise RunError(disk_errors.describe(error)) from None

    def restore(self, run_id: str) -> None:
        """Bring a discarded run back; one that had not ended goes on from its last checkpoint when its turn comes."""
        if not retention.restore(self._home, check_id(run_id)):
            raise missing_run(run_id)

    def discarded(self, run_id: str) -> tuple[Spec, float] | None:
        """What a discarded run was asked to do, and the seconds in which it can still be restored; None if it cannot."""
        left_s = retention.left_s(self._home, check_id(run_id))
        entry = read_entry(RunFolder(self._home.discarded / run_id)) if left_s else None
        return (entry.spec, left_s) if entry else None

    def _folder(self, run_id: str) -> RunFolder:
        return find_folder(self._home, run_id)

    def _entry(self, run_id: str) -> Entry:
        folder = self._folder(run_id)
        try:
            return folder.entry()
        except FileNotFoundError:
            raise missing_run(run_id) from None

    def _read(self, run_id: str, read: Callable[[RunFolder], _T]) -> _T:
        return read_folder(self._home, run_id, read)

    def _request_stop(self, run_id: str, request: str) -> None:
        entry = self._entry(run_id)
        try:
            if not entry.ended:
                self._folder(run_id).request_stop(request if entry.spec.kind == TRAIN else CANCEL)
        except FileNotFoundError:
            raise missing_run(run_id) from None
        except OSError as error:
            raise RunError(disk_errors.describe(error)) from None

    def _view(self, entry: Entry, place: int | None) -> RunView:
        folder = RunFolder(self._home.runs / entry.id)
        state = state_of(entry, folder.stop_request(), resumable=not entry.ended and bool(folder.checkpoints()))
        place = place if state == QUEUED else None
        epoch = folder.last_epoch() if entry.spec.kind == TRAIN else None
        absence = self._absence(entry) if state == QUEUED else None
        told = view(entry, state, epoch=epoch, place=place, absence=absence, name=folder.name())
        full = not told.ended and shutil.disk_usage(self._home.path).free < disk_errors.LEAST_FREE
        return replace(told, reason=disk_errors.FULL) if full else told

    def _absence(self, entry: Entry) -> Absence | None:
        """Why the run waits although none is ahead of it; one whose device is automatic goes to a processor then."""
        device = entry.spec.config.training.device
        away = {} if device == "auto" else self._home.absences()
        return away.get(pool(device, self._home.slots())) if away else None

    def expected_seconds(self, config: RunConfig) -> float:
        """About how long a training with these settings takes on this machine, to the end of its checks, once it has started."""
        kind = pool(config.training.device, self._home.slots())
        return cost.expected_seconds(config, targets_per_s=pace.targets_per_s(self._home, kind))

    def _check_waiting(self, owner: str) -> None:
        """RunError where too many runs wait already: those of one person would hold up the page of everybody."""
        waiting = [entry.spec.owner for entry in self._catalogue.active() if entry.waits]
        if waiting.count(owner) >= MOST_WAITING_OF_ONE:
            raise RunError(
                f"{MOST_WAITING_OF_ONE} of your runs are waiting already. Cancel some of them, or wait until they have started."
            )
        if len(waiting) >= MOST_WAITING:
            raise RunError(f"{len(waiting)} runs of all users are waiting already, so no more are taken. Try again later.")

    def _places(self) -> dict[str, int]:
        """The place of each waiting run, found here: see `queue.places`."""
        active = self._catalogue.active()
        return places([e for e in active if e.waits], Counter(e.spec.owner for e in active if not e.waits), self._home.slots())

    def _place(self, entry: Entry) -> int | None:
        """As the supervisor wrote it; found here only where it has not seen the run yet."""
        return self._home.places().get(entry.id) or self._places().get(entry.id)
