"""After a training: how far its result may be off, by a second network trained on noisier copies, and the blend with others."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Protocol, cast

from denoise_core import methods
from denoise_core.config import NoiseConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DenoiseError
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.series import Estimate
from denoise_core.training.events import Event, up_to

if TYPE_CHECKING:
    from denoise_core.model.denoiser import TrainedDenoiser


class TwinTrainer(Protocol):
    """What is needed of a trainer."""

    def run(self) -> Iterator[Event]: ...
    def best(self) -> TrainedDenoiser: ...


def train_twin(trainer: TwinTrainer, *, epochs: int, must_end: Callable[[], bool]) -> TrainedDenoiser | None:
    """The network after so many epochs, or fewer where it ends by itself; None if it had to end before."""
    with closing(cast("Generator[Event, None, None]", trainer.run())) as events:
        for _ in up_to(events, epochs):
            if must_end():
                return None
    return trainer.best()


def save_blends(
    job: RunFolder,
    data: TrainingSet,
    stated: NoiseConfig,
    estimate_twin: Callable[[int], Estimate | None],
    *,
    trained: bool,
    estimate: Callable[[int], Estimate] | None = None,
) -> None:
    """Judge and combine the result for each series, or another `estimate`; `estimate_twin` gives its twin's, None where none."""
    for i, series in enumerate(data.to_denoise):
        with suppress(DenoiseError):  # the result is there and stands by itself
            own, twin = (estimate or job.estimate)(i), estimate_twin(i)
            found = methods.blend_with_network(series, own, twin, i=i, trained=trained, stated=stated)
            job.save_blend(i, found)
