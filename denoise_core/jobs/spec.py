"""What a run was asked to do, and how far it has come, as plain data."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from denoise_core.config import RunConfig, parse_untrusted
from denoise_core.errors import DenoiseError, RunError
from denoise_core.tuning.trials import Trial

QUEUED, RUNNING, STOPPING = "queued", "running", "stopping"
DONE, STOPPED, FAILED, CANCELLED = "done", "stopped", "failed", "cancelled"
FINAL = frozenset({DONE, STOPPED, FAILED, CANCELLED})
_STATES = FINAL | {QUEUED, RUNNING, STOPPING}
KEEP, CANCEL = "keep", "cancel"
TRAIN, APPLY, COMPUTED = "train", "apply", "computed"
CHECKING = "The training has ended. A second network is trained on a noisier copy, which tells how far the result may be off."
AFTER_STOP_S = 60.0
"""Who stops a training waits no longer than this for the second network: a training that took longer is not checked."""
CANCELLED_REASON = "The run was cancelled."
NO_EPOCH_REASON = "The run was stopped before its first epoch had ended, so there was nothing to keep."


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a series came from.

    Parameters
    ----------
    input : str or None
        sha256 of the uploaded bytes, as `Store.put_input` gave it; None for a series that was never a file.
    options : mapping
        JSON-able; how the file was read, so that it can be read again.
    added_noise : mapping
        JSON-able; the known noise that was added to the column, see `signals.AddedNoise`; empty for none.
    """

    input: str | None = None
    file_name: str = ""
    column: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    added_noise: Mapping[str, Any] = field(default_factory=dict)

    def is_read_like(self, other: Source) -> bool:
        """Whether it is the same file, read in the same way and with the same noise added, whichever column is named."""
        mine, others = ((one.input, dict(one.options), dict(one.added_noise)) for one in (self, other))
        return self.input is not None and mine == others


@dataclass(frozen=True, kw_only=True)
class Spec:
    """Never changes after the run was made. `created` is in seconds since 1970.

    Parameters
    ----------
    channels : tuple of str
        Names of the series that are to be denoised; `unit` and `samples` are those of the first.
    kind : str
        "train", "apply" for a run that denoises with a model which is there already, or "computed" for a result that was kept
        as it was, without a worker.
    model_name : str
        What the file of that model was called.
    method : str
        Which method a computed result is by; "" for the others.
    study : str
        The search that the run is a trial of; "" for most runs.
    trial : Trial or None
        Which one.
    """

    title: str
    owner: str
    created: float
    channels: tuple[str, ...]
    unit: str
    samples: int
    config: RunConfig
    source: Source
    kind: str = TRAIN
    model_name: str = ""
    method: str = ""
    study: str = ""
    trial: Trial | None = None

    def __post_init__(self) -> None:
        """ValueError for values that no program of ours can have written; they would fail much later, and far from here."""
        own = (self.title, self.owner, self.unit, self.model_name, self.method)
        texts = (*own, self.source.file_name, self.source.column, *self.channels)
        _require(self.channels and all(isinstance(text, str) for text in texts), "its names")
        _require(isinstance(self.source.input, str | None), "its file")
        _require(all(isinstance(one, Mapping) for one in (self.source.options, self.source.added_noise)), "how its file was read")
        _require(_is_time(self.created) and isinstance(self.samples, int), "its numbers")
        _require(self.kind in (TRAIN, APPLY, COMPUTED), "its kind")
        _require(isinstance(self.study, str) and bool(self.study) == (self.trial is not None), "its search")

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    @lru_cache(maxsize=4096)
    def from_json(cls, text: str | bytes) -> Spec:
        """Read what `to_json` wrote; SettingsError if its settings are not known here."""
        raw = parse_untrusted(text)
        config = RunConfig.from_json(json.dumps(raw.pop("config")))
        trial = Trial(**raw["trial"]) if raw.get("trial") else None
        source = Source(**raw["source"])
        return cls(**{**raw, "channels": tuple(raw["channels"]), "config": config, "source": source, "trial": trial})


@dataclass(frozen=True, kw_only=True)
class Status:
    """Written by the worker while there is one, else by the supervisor.

    Parameters
    ----------
    crashes : int
        How often the worker has died so far.
    started, ended : float or None
        In seconds since 1970.
    """

    state: str = QUEUED
    reason: str = ""
    crashes: int = 0
    started: float | None = None
    ended: float | None = None

    def __post_init__(self) -> None:
        """ValueError, see `Spec`."""
        _require(self.state in _STATES and isinstance(self.reason, str), "its state")
        _require(isinstance(self.crashes, int), "its crashes")
        _require(all(time is None or _is_time(time) for time in (self.started, self.ended)), "its times")

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Status:
        return cls(**parse_untrusted(text))


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Why runs wait although no other run is ahead of them.

    Parameters
    ----------
    since : float
        In seconds since 1970.
    reason : str
        To be read before "for 12 minutes": "the cluster has been out of reach".
    """

    since: float
    reason: str

    def __post_init__(self) -> None:
        """ValueError, see `Spec`."""
        _require(_is_time(self.since) and isinstance(self.reason, str), "why runs wait")


@dataclass(frozen=True)
class Entry:
    """One run as the index and the queue know it."""

    id: str
    spec: Spec
    status: Status

    @classmethod
    def from_json(cls, run_id: str, spec: str | bytes, status: str | bytes) -> Entry:
        """The run whose `Spec` and `Status` were written so; RunError if this version does not understand them."""
        try:
            return cls(run_id, Spec.from_json(spec), Status.from_json(status))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, DenoiseError) as error:
            raise RunError(
                f"The run {run_id} cannot be read; another version of the app may have made it, or its file is damaged ({error})."
            ) from None

    @property
    def waits(self) -> bool:
        return self.status.state == QUEUED

    @property
    def ended(self) -> bool:
        return self.status.state in FINAL


def _require(true: object, what: str) -> None:
    if not true:
        raise ValueError(f"{what} cannot be right")


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
