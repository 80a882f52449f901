"""What a training says while it runs: plain numbers and short lists, so that a file or a page can hold them. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from denoise_core.model.denoiser import TrainedDenoiser


@dataclass(frozen=True, kw_only=True)
class Started:
    """Sent once, before the first step (again after a resume, with the step it resumes from)."""

    samples: int
    parameters: int
    epochs: int
    steps: int
    first_epoch: int
    device: str
    noise_sd: float
    preview_start: int
    preview_noisy: list[float | None]


@dataclass(frozen=True, kw_only=True)
class StepEnd:
    """Sent after every optimiser step; carries no loss, so that nothing waits for the device."""

    step: int


@dataclass(frozen=True, kw_only=True)
class EpochEnd:
    """Sent after every epoch.

    Losses are those of `config.objective.loss` on scaled values; `preview` is the estimate of one stretch, in the series' unit.
    `error` is the root mean square of the error that the network states there; None where it states none.
    `eta_s` is the time until the last epoch at the present pace, as the recorder of a run estimates it; None where nobody does.
    """

    epoch: int
    step: int
    train_loss: float
    valid_loss: float
    best_epoch: int
    learning_rate: float
    elapsed_s: float
    targets_per_s: float
    preview: list[float | None]
    eta_s: float | None = None
    error: float | None = None


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Sent last; the only event that carries the model. `reason` is "completed" or "patience"."""

    trained: TrainedDenoiser
    reason: str
    best_epoch: int
    epochs: int
    elapsed_s: float


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The last that a recorded run says, whatever became of it. `state` is its final state, `reason` a sentence or ""."""

    state: str
    reason: str


Event = Started | StepEnd | EpochEnd | Finished


def up_to(events: Iterable[Event], epoch: int) -> Iterator[Event]:
    """The events until the end of that epoch."""
    for event in events:
        yield event
        if isinstance(event, EpochEnd) and event.epoch >= epoch:
            return


Recorded = Started | EpochEnd | Ended
"""What a run's metrics file holds, one event a line."""

_RECORDED: dict[str, type[Recorded]] = {kind.__name__: kind for kind in (Started, EpochEnd, Ended)}


def to_json(event: Started | StepEnd | EpochEnd | Ended) -> dict[str, Any]:
    """The event as a JSON-able dictionary with its class name under "event"."""
    return {"event": type(event).__name__, **asdict(event)}


def from_json(line: Mapping[str, Any]) -> Recorded:
    """What `to_json` was given: ``from_json(to_json(event)) == event``. Keys that are not known here are left out.

    Raises
    ------
    ValueError
        If it is no such event, or one of its fields is missing.
    """
    kind = _RECORDED.get(str(line.get("event")))
    if kind is None:
        raise ValueError(f"no recorded event: {line.get('event')!r}")
    try:
        return kind(**{field.name: line[field.name] for field in fields(kind) if field.name in line})
    except TypeError as error:
        raise ValueError(str(error)) from None
