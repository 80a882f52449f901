"""A worker whose training only sleeps: for the tests of the queue, which are about processes, not about learning."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError, RunError
from denoise_core.files import atomic_io
from denoise_core.jobs import worker
from denoise_core.jobs.engine import Engine
from denoise_core.model import about
from denoise_core.series import Estimate, Series
from denoise_core.training.events import Event, Finished, StepEnd
from tests.jobs.events import epoch_end, started

STEP_S = 0.01


class FakeDenoiser:
    """Half the series, whatever it is."""

    def __init__(self, epoch: int, pause_s: float = 0.0) -> None:
        self.epoch, self.pause_s = epoch, pause_s

    def with_noise(self, noise: NoiseConfig) -> FakeDenoiser:
        del noise
        return self

    def denoise(self, series: Series) -> Estimate:
        time.sleep(self.pause_s)
        half = np.asarray(series.values / 2)
        return Estimate(values=half, sd=np.full_like(half, 0.1), noise_sd=0.3, method="fake", settings={"epoch": self.epoch})

    def save(self, path: Path) -> None:
        Path(path).write_text(f"epoch {self.epoch}")


class FakeTrainer:
    """Takes its time for each step; ``config.training.seed`` chooses how it ends badly."""

    def __init__(self, data: TrainingSet, config: RunConfig) -> None:
        self.data, self.config = data, config
        self.epoch = 0

    def run(self) -> Iterator[Event]:
        training = self.config.training
        samples = len(self.data.to_denoise[0])
        yield started(samples=samples, epochs=training.epochs, steps=training.steps, first_epoch=self.epoch + 1)
        while self.epoch < training.epochs:
            for step in range(training.steps_per_epoch):
                time.sleep(STEP_S)
                fail(training.seed)
                yield StepEnd(step=self.epoch * training.steps_per_epoch + step + 1)
            self.epoch += 1
            yield epoch_end(epoch=self.epoch, step=self.epoch * training.steps_per_epoch)
        yield Finished(trained=self.best(), reason="completed", best_epoch=self.epoch, epochs=self.epoch, elapsed_s=1.0)

    def state(self) -> dict[str, Any]:
        return {"epoch": self.epoch}

    def restore(self, state: dict[str, Any]) -> None:
        self.epoch = state["epoch"]

    def best(self) -> Any:
        if not self.epoch:
            raise RunError("There is nothing to keep yet.")
        return FakeDenoiser(self.epoch)


def fail(seed: int) -> None:
    """In a way of its own for each seed; seed 0 is well."""
    if seed == 1:
        raise DataError("The series is of no use. Take another.")
    if seed == 2:
        raise ZeroDivisionError("nobody foresaw this")
    if seed == 3:
        raise MemoryError
    if seed == 4:
        raise OSError(28, "No space left on device")
    if seed == 5:
        sys.stderr.write("something went badly wrong\n")
        os._exit(7)


def load_model(path: Path) -> Any:
    """A model whose file says in its settings, by the seed, how it ends badly, and by the epochs how long it takes."""
    training = about(path).config.training
    fail(training.seed)
    return FakeDenoiser(0, pause_s=STEP_S * training.epochs)


# Without torch, which takes seconds to import, and without a check of results that mean nothing.
FAKE = Engine(
    trainer=FakeTrainer,
    load_model=load_model,
    save_checkpoint=atomic_io.write_json,
    load_checkpoint=atomic_io.read_json,
    checks=False,
)

if __name__ == "__main__":
    sys.exit(worker.main(engine=FAKE))
