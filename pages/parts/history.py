"""A run's events as far as they have been read; each refresh reads on from where the last one ended."""

from __future__ import annotations

from threading import Lock
from typing import Any

import streamlit as st

from pages.parts.cached import store


class History:
    """The events of one run; shared by all who watch it."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._after = 0
        self._lock = Lock()
        self._epochs: dict[int, dict[str, Any]] = {}
        self.started: dict[str, Any] | None = None
        self.preview: list[float | None] | None = None

    def read_on(self) -> None:
        """Take in what was written since; an epoch that comes again after a crash replaces the first."""
        with self._lock:
            lines, self._after = store().metrics(self._run_id, after=self._after)
            for line in lines:
                self._take(line)

    def column(self, name: str) -> list[float]:
        """One number of each epoch, in order: "train_loss", "valid_loss", "targets_per_s"..."""
        return [line[name] for _, line in sorted(self._epochs.items())]

    @property
    def last(self) -> dict[str, Any] | None:
        """The last ended epoch, without its preview."""
        return self._epochs[max(self._epochs)] if self._epochs else None

    def _take(self, line: dict[str, Any]) -> None:
        if line["event"] == "Started":
            self.started = line
        elif line["event"] == "EpochEnd":
            self.preview = line.pop("preview")
            self._epochs[line["epoch"]] = line


@st.cache_resource(max_entries=32, ttl=21600, show_spinner=False)
def history(run_id: str) -> History:
    """The one history of that run."""
    return History(run_id)
