"""Training in the terminal: a bar on stderr, and Ctrl-C that keeps the best epoch."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from tqdm import tqdm

from denoise_core.cli.console import Say
from denoise_core.config import RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.jobs.storage.home import core_count
from denoise_core.training.events import EpochEnd, Finished, Started, up_to
from denoise_core.training.events import Event as TrainingEvent
from denoise_core.tuning.events import SearchEnded, TrialEnded
from denoise_core.tuning.plan import Plan

if TYPE_CHECKING:
    from denoise_core.model.denoiser import TrainedDenoiser


def train(data: TrainingSet, config: RunConfig, *, say: Say, quiet: bool) -> TrainedDenoiser:
    """The trained network; after Ctrl-C, its best epoch so far.

    Raises
    ------
    RunError
        If Ctrl-C was pressed before the first epoch had finished.
    """
    from denoise_core.training import Trainer

    trainer = Trainer(data, config)
    with _ctrl_c() as pressed:
        _watch(takewhile(lambda _: not pressed.is_set(), trainer.run()), quiet=quiet, title="Training")
    trained = trainer.best()
    if pressed.is_set():
        say(f"Stopped. The best epoch so far ({trained.best_epoch}) is kept.")
    return trained


def train_twin(data: TrainingSet, config: RunConfig, *, epochs: int, quiet: bool) -> TrainedDenoiser:
    """A network trained in the same way for as many epochs; Ctrl-C interrupts."""
    from denoise_core.training import Trainer

    trainer = Trainer(data, config)
    _watch(up_to(trainer.run(), epochs), quiet=quiet, title="Checking")
    return trainer.best()


def search(data: TrainingSet, plan: Plan, *, workers: int | None, say: Say, quiet: bool) -> SearchEnded:
    """What a search found; after Ctrl-C, the best so far."""
    from denoise_core import tuning

    workers = workers or core_count()
    with _ctrl_c() as pressed, tqdm(total=100, desc="Searching", unit="%", disable=quiet, leave=True) as bar:
        for event in tuning.run(data, plan, workers=workers, halt=pressed):
            if isinstance(event, SearchEnded):
                bar.update(100 - bar.n)
                ended = event
            elif isinstance(event, TrialEnded):
                bar.update(max(0, int(100 * event.share) - bar.n))
                best = event.best_gain_db
                bar.set_postfix(trials=event.record.number + 1, best="none yet" if best is None else f"{best:+.2f} dB")
    if pressed.is_set():
        say("Stopped. The best so far is kept.")
    return ended


@contextmanager
def _ctrl_c() -> Iterator[Event]:
    """An event that the first Ctrl-C sets; the second interrupts.

    A KeyboardInterrupt may be raised anywhere, and is lost if that is in the destructor of some object.
    """
    pressed = Event()

    def press(number: int, frame: FrameType | None) -> None:
        if pressed.is_set():
            signal.default_int_handler(number, frame)
        pressed.set()

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _watch(events: Iterable[TrainingEvent], *, quiet: bool, title: str) -> None:
    with tqdm(desc=title, unit=" epochs", disable=quiet, leave=True) as bar:
        for event in events:
            if isinstance(event, Started):
                bar.reset(total=event.epochs)
                bar.set_description(f"{title} on {event.device}")
            elif isinstance(event, EpochEnd):
                bar.set_postfix(train_loss=event.train_loss, valid_loss=event.valid_loss, best=event.best_epoch)
                bar.update()
            elif isinstance(event, Finished):
                bar.set_postfix_str(f"best epoch {event.best_epoch}, {event.reason}")
