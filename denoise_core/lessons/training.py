"""The trainings behind the lessons: a network seen after each epoch, or when it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from denoise_core.config import RunConfig
from denoise_core.dataset.prepared_data import prepare_data
from denoise_core.dataset.split import Mask
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.series import Series
from denoise_core.training.events import EpochEnd

if TYPE_CHECKING:
    from denoise_core.model.denoiser import TrainedDenoiser


def follow_training(series: Series, config: RunConfig) -> Iterator[tuple[EpochEnd, TrainedDenoiser]]:
    """Each epoch, and the network as it is then: good for predictions until the next epoch changes it."""
    from denoise_core.model.denoiser import TrainedDenoiser
    from denoise_core.training.trainer import Trainer

    trainer = Trainer(series, config)
    for event in trainer.run():
        if isinstance(event, EpochEnd):
            yield event, TrainedDenoiser(network=trainer.network, config=config, channels=trainer.sampler.channels)


def held_out(series: Series, config: RunConfig) -> Mask:
    """Which samples of the series are for validation; bool, shape (n,)."""
    return prepare_data(TrainingSet.of(series), config).split[0].valid
