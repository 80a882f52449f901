"""What a web process may do with runs: submit, look, stop, delete. Imports no torch, writes no database, starts nothing."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from denoise_core.config import RunConfig
from denoise_core.errors import DenoiseError, RunError
from denoise_core.jobs import metrics, retention
from denoise_core.jobs.catalogue import Catalogue, read_entry
from denoise_core.jobs.disk import in_words, read_json, size
from denoise_core.jobs.folder import RunFolder, gone
from denoise_core.jobs.home import Home, keep_days
from denoise_core.jobs.ids import checked_id, id_from, inside, new_id
from denoise_core.jobs.inputs import Inputs, move_in
from denoise_core.jobs.queue import order
from denoise_core.jobs.slots import pool
from denoise_core.jobs.spec import CANCEL, FINAL, KEEP, QUEUED, Entry, Source, Spec
from denoise_core.jobs.view import RunView, state_of, view
from denoise_core.series import Estimate, Series

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What the data folder holds; `keep_days` after its end a run is deleted, never if 0."""

    folder: Path
    runs: int
    run_bytes: int
    input_bytes: int
    free_bytes: int
    keep_days: float


class Store:
    """The runs and uploads in a data folder; cheap to make, safe to share between threads.

    Every method raises RunError in plain words for an id that is not ours, a run that is gone, or a disk that is full.
    """

    def __init__(self, home: Path | str | None = None) -> None:
        self._home = Home.at(home)
        self._inputs = Inputs(self._home)
        self._catalogue = Catalogue(self._home)

    @property
    def home(self) -> Path:
        return self._home.path

    def put_input(self, data: bytes, name: str) -> str:
        """Keep uploaded bytes once; their sha256. ``input_bytes(put_input(data, name)) == data``."""
        return self._inputs.put(data, name)

    def input_bytes(self, digest: str) -> bytes:
        return self._inputs.read(digest)

    def input_name(self, digest: str) -> str:
        """The name under which the bytes first came; never a path."""
        return self._inputs.name(digest)

    def submit(
        self, series: Series, config: RunConfig, *, owner: str, title: str, source: Source | None = None, token: str | None = None
    ) -> str:
        """Put a run into the queue; its id.

        Parameters
        ----------
        owner : str
            The workspace's id, as `new_id` makes them.
        token : str or None
            The same owner and token give the same run, however often and from however many tabs they come.

        Raises
        ------
        SettingsError, DataError
            If the settings do not fit the series, or the series cannot be used.
        """
        config.check(samples=len(series))
        series.check_usable(at_least=2 * config.window.length)
        run_id = new_id() if token is None else id_from(checked_id(owner), token)
        spec = Spec(
            title=title[:200],
            owner=checked_id(owner),
            created=time.time(),
            series_name=series.name,
            unit=series.unit,
            samples=len(series),
            config=config,
            source=source or Source(),
        )
        if spec.source.input:
            self._inputs.check(spec.source.input)
        self._make(run_id, spec, series)
        return run_id

    def run(self, run_id: str) -> RunView:
        """The run as it is now."""
        folder = self._folder(run_id)
        try:
            entry = folder.entry()
        except FileNotFoundError:
            raise gone(run_id) from None
        except (ValueError, TypeError, KeyError, DenoiseError) as error:
            raise RunError(f"The run {run_id} cannot be read; another version of the app may have made it ({error}).") from None
        return self._view(entry, self._places() if entry.waits else {})

    def runs(self, owner: str) -> list[RunView]:
        """The runs of one workspace, newest first."""
        entries = self._catalogue.of_owner(checked_id(owner))
        places = self._places() if any(entry.waits for entry in entries) else {}
        return [self._view(entry, places) for entry in entries]

    def metrics(self, run_id: str, *, after: int = 0) -> tuple[list[dict[str, Any]], int]:
        """The run's events from byte `after` on, and where to read on: Started, EpochEnd (each epoch once), at last Ended."""
        return metrics.read_on(self._folder(run_id).metrics, after)

    def series(self, run_id: str) -> Series:
        """Exactly what is trained on."""
        return self._read(run_id, RunFolder.series)

    def estimate(self, run_id: str) -> Estimate:
        """The result; RunError while there is none."""
        folder = self._folder(run_id)
        if not folder.result.exists():
            raise RunError("This run has no result (yet): it is still at work, or it ended before its first epoch.")
        return self._read(run_id, RunFolder.estimate)

    def model_path(self, run_id: str) -> Path:
        """The trained model's file; RunError while there is none."""
        path = self._folder(run_id).model
        if not path.exists():
            raise RunError("This run has no model (yet): it is still at work, or it ended before its first epoch.")
        return path

    def stop(self, run_id: str) -> None:
        """Stop and keep the best epoch so far; nothing happens to a run that has ended."""
        self._ask(run_id, KEEP)

    def cancel(self, run_id: str) -> None:
        """Stop and keep nothing; nothing happens to a run that has ended."""
        self._ask(run_id, CANCEL)

    def delete(self, run_id: str) -> None:
        """Take the run away at once, running or not, and its uploaded file unless it is needed elsewhere."""
        folder = self._folder(run_id)
        entry = read_entry(folder)
        retention.remove(self._home, folder)
        if entry and (digest := entry.spec.source.input):
            retention.release_input(self._home, digest, before=entry.spec.created)

    def usage(self) -> Usage:
        """How much is kept, and for how long."""
        runs = sum(1 for _ in self._home.runs.iterdir())
        return Usage(
            folder=self._home.path,
            runs=runs,
            run_bytes=size(self._home.runs),
            input_bytes=size(self._home.inputs),
            free_bytes=shutil.disk_usage(self._home.path).free,
            keep_days=keep_days(),
        )

    def _folder(self, run_id: str) -> RunFolder:
        folder = RunFolder(inside(self._home.runs, checked_id(run_id)))
        if not folder.exists():
            raise gone(run_id)
        return folder

    def _read(self, run_id: str, read: Callable[[RunFolder], _T]) -> _T:
        try:
            return read(self._folder(run_id))
        except FileNotFoundError:
            raise gone(run_id) from None

    def _ask(self, run_id: str, wish: str) -> None:
        folder = self._folder(run_id)
        try:
            if folder.status().state not in FINAL:
                folder.ask(wish)
        except FileNotFoundError:
            raise gone(run_id) from None
        except OSError as error:
            raise RunError(in_words(error)) from None

    def _make(self, run_id: str, spec: Spec, series: Series) -> None:
        """Fill a folder elsewhere, then move it in: half a run never exists."""
        part = RunFolder(self._home.parts / new_id())
        try:
            part.fill(spec, series)
            move_in(part.path, self._home.runs / run_id)
        except OSError as error:
            raise RunError(in_words(error)) from None
        finally:
            shutil.rmtree(part.path, ignore_errors=True)

    def _view(self, entry: Entry, places: Mapping[str, int]) -> RunView:
        folder = RunFolder(self._home.runs / entry.id)
        state = state_of(entry, folder.wish(), resumable=folder.checkpoint.exists())
        place = places.get(entry.id) if state == QUEUED else None
        return view(entry, state, epoch=folder.last_epoch(), place=place)

    def _places(self) -> dict[str, int]:
        """The place in its queue of each waiting run, 1 for the next; each kind of device has its own queue."""
        slots = read_json(self._home.machine)["slots"] if self._home.machine.exists() else ["cpu:0"]
        active = self._catalogue.active()
        ordered = order([e for e in active if e.waits], Counter(e.spec.owner for e in active if not e.waits))
        ahead: Counter[str] = Counter()
        places = {}
        for entry in ordered:
            ahead[kind := pool(entry.spec.config.training.device, slots)] += 1
            places[entry.id] = ahead[kind]
        return places
