"""All runs as they are now: the index for those that have ended, the folders for the rest. Only reads.

So a run is found before the supervisor has indexed it, and also where there is no index at all.
"""

from __future__ import annotations

from collections.abc import Iterable

from denoise_core.errors import RunError
from denoise_core.jobs.spec import Entry
from denoise_core.jobs.storage.home import Home
from denoise_core.jobs.storage.index import IndexReader
from denoise_core.jobs.storage.run_folder import RunFolder


class Catalogue:
    """All runs of a data folder."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._index = IndexReader(home.index)

    def of_owner(self, owner: str) -> list[Entry]:
        """The runs of one workspace, newest first."""
        found = self._refresh(self._index.of_owner(owner)) + [e for e in self._read_unindexed() if e.spec.owner == owner]
        return sorted(found, key=lambda entry: (entry.spec.created, entry.id), reverse=True)

    def active(self) -> list[Entry]:
        """The runs of everybody that have not ended."""
        found = self._refresh(self._index.active()) + self._read_unindexed()
        return [entry for entry in found if not entry.ended]

    def inputs(self) -> set[str]:
        """The uploaded files that runs were made from."""
        indexed = {digest for run_id, digest in self._index.inputs() if self._folder(run_id).exists()}
        return indexed | {digest for entry in self._read_unindexed() if (digest := entry.spec.source.input)}

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder(self._home.runs / run_id)

    def _read_unindexed(self) -> list[Entry]:
        return self._read(self._home.run_ids() - self._index.ids())

    def _refresh(self, entries: list[Entry]) -> list[Entry]:
        ended = [entry for entry in entries if entry.ended and self._folder(entry.id).exists()]
        return ended + self._read(entry.id for entry in entries if not entry.ended)

    def _read(self, ids: Iterable[str]) -> list[Entry]:
        return [entry for run_id in ids if (entry := read_entry(self._folder(run_id)))]


def read_entry(folder: RunFolder) -> Entry | None:
    """The run in a folder; None if it vanished meanwhile, or if it is not a run that this version understands."""
    try:
        return folder.entry()
    except (OSError, RunError):
        return None
