"""What a training says while it runs: plain numbers and short lists, so that a file or a page can hold them. Knows no torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
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


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Sent last; the only event that carries the model. `reason` is "completed" or "patience"."""

    trained: TrainedDenoiser
    reason: str
    best_epoch: int
    epochs: int
    elapsed_s: float


Event = Started | StepEnd | EpochEnd | Finished


def to_json(event: Started | StepEnd | EpochEnd) -> dict[str, Any]:
    """The event as a JSON-able dictionary with its class name under "event"."""
    return {"event": type(event).__name__, **asdict(event)}
