"""The SQLite index over all runs, written by the supervisor alone: a copy of what the folders say, made again at any time."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from denoise_core.errors import RunError
from denoise_core.jobs.spec import FINAL, Entry

_TABLE = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, created REAL NOT NULL, input TEXT, state TEXT NOT NULL,
    spec TEXT NOT NULL, status TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS runs_of_owner ON runs (owner, created);
"""
_PUT = "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)"


class IndexWriter:
    """Brings the index to what the supervisor has seen; writes only differences."""

    def __init__(self, path: Path, *, damaged: bool = False) -> None:
        try:
            if damaged:
                raise sqlite3.DatabaseError
            self._open(path)
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                _clear(Path(f"{path}{suffix}"))
            self._open(path)

    def _open(self, path: Path) -> None:
        self._connection = _writing(path)
        rows = self._connection.execute("SELECT id FROM runs")
        self._known: dict[str, Entry | None] = {row[0]: None for row in rows}

    def sync(self, entries: Mapping[str, Entry]) -> None:
        """Make the index hold exactly `entries` (by id)."""
        changed = [entry for entry in entries.values() if self._known.get(entry.id) is not entry]
        lost = [(run_id,) for run_id in self._known if run_id not in entries]
        if changed or lost:
            with self._connection:
                self._connection.executemany(_PUT, map(_row, changed))
                self._connection.executemany("DELETE FROM runs WHERE id = ?", lost)
            self._known = dict(entries)

    def close(self) -> None:
        self._connection.close()


class IndexReader:
    """What the index says; empty where there is none yet. Never writes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ids(self) -> set[str]:
        return {row[0] for row in self._query("SELECT id FROM runs")}

    def of_owner(self, owner: str) -> list[Entry]:
        return _entries(self._query("SELECT id, spec, status FROM runs WHERE owner = ?", owner))

    def active(self) -> list[Entry]:
        """Those that had not ended."""
        marks = ", ".join("?" * len(FINAL))
        return _entries(self._query(f"SELECT id, spec, status FROM runs WHERE state NOT IN ({marks})", *FINAL))

    def inputs(self) -> list[tuple[str, str]]:
        """The id of each run that was made from an uploaded file, and that file."""
        return [(row[0], row[1]) for row in self._query("SELECT id, input FROM runs WHERE input IS NOT NULL")]

    def _query(self, question: str, *values: str) -> list[tuple[str, ...]]:
        """Rows; none where the index is missing or damaged, since whoever asks reads unindexed folders as well."""
        if not self._path.exists():
            return []
        try:
            with _reading(self._path) as connection:
                return connection.execute(question, values).fetchall()
        except sqlite3.DatabaseError:
            return []


def _clear(path: Path) -> None:
    """Make room for a new file where a damaged one, or anything else, is in the way."""
    if path.is_dir() and not path.is_symlink():
        path.rename(path.with_name(f"{path.name}.{secrets.token_hex(4)}"))  # somebody else's, so it is kept
    else:
        path.unlink(missing_ok=True)


def _writing(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(_TABLE)
    return connection


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        yield connection
    finally:
        connection.close()


def _row(entry: Entry) -> tuple[str, str, float, str | None, str, str, str]:
    spec, status = entry.spec, entry.status
    return (entry.id, spec.owner, spec.created, spec.source.input, status.state, spec.to_json(), status.to_json())


def _entries(rows: Iterable[tuple[str, ...]]) -> list[Entry]:
    """The runs in these rows, without those that this version does not understand."""
    entries = []
    for row in rows:
        with suppress(RunError):
            entries.append(Entry.from_json(*row))
    return entries
