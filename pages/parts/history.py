"""A run's events as far as they have been read; each refresh reads on from where the last one ended."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

import streamlit as st

from denoise_core.training.events import EpochEnd, Recorded, Started
from pages.parts.cached import store


class History:
    """The events of one run; shared by all who watch it."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._after = 0
        self._lock = Lock()
        self._epochs: dict[int, EpochEnd] = {}
        self.started: Started | None = None
        self.preview: list[float | None] | None = None

    def read_on(self) -> None:
        """Take in what was written since; an epoch that comes again after a crash replaces the first."""
        with self._lock:
            events, self._after = store().metrics(self._run_id, after=self._after)
            for event in events:
                self._take(event)

    @property
    def train_loss(self) -> list[float]:
        """One number for each epoch, in order."""
        return [epoch.train_loss for _, epoch in sorted(self._epochs.items())]

    @property
    def valid_loss(self) -> list[float]:
        """One number for each epoch, in order."""
        return [epoch.valid_loss for _, epoch in sorted(self._epochs.items())]

    @property
    def errors(self) -> list[float]:
        """The error that the network states after each epoch, in order; NaN where it states none."""
        return [float("nan") if epoch.error is None else epoch.error for _, epoch in sorted(self._epochs.items())]

    def _take(self, event: Recorded) -> None:
        if isinstance(event, Started):
            self.started = event
        elif isinstance(event, EpochEnd):
            self.preview = event.preview
            self._epochs[event.epoch] = replace(event, preview=[])  # the last one is enough, and they are long


@st.cache_resource(max_entries=32, ttl=21600, show_spinner=False)
def history(run_id: str) -> History:
    """The one history of that run."""
    return History(run_id)
