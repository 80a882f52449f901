"""A time budget sets the number of epochs once; weights are averaged; 16 bits are resumed as 16 bits."""

import io

import numpy as np
import pytest
import torch

from denoise_core import Series
from denoise_core.training import Trainer
from denoise_core.training.budget import MOST_EPOCHS, epochs_within
from denoise_core.training.events import EpochEnd, Finished, Started
from denoise_core.training.optimisation import update_average
from denoise_core.training.precision import uses_bfloat16
from tests.common import small_config

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")


@pytest.fixture
def noisy():
    rng = np.random.default_rng(0)
    return Series.of(np.sin(np.arange(400) / 9.0) + 0.3 * rng.standard_normal(400))


def stored(state):
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def final_weights(events):
    return next(e for e in events if isinstance(e, Finished)).trained.network.state_dict()


def same_bits(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(("minutes", "pace", "epochs"), [(1.0, 0.5, 120), (1e-6, 3.0, 1), (1440.0, 1e-9, MOST_EPOCHS)])
def test_as_many_epochs_as_fit_and_at_least_one(minutes, pace, epochs):
    assert epochs_within(minutes, pace) == epochs


def test_a_budget_sets_the_epochs_and_the_trial_leaves_nothing_behind(noisy, monkeypatch):
    monkeypatch.setattr("denoise_core.training.trainer.epochs_within", lambda _, seconds: 7 if seconds > 0 else 0)
    timed = list(Trainer(noisy, small_config({"training.minutes": 0.5, "training.epochs": 3})).run())
    assert next(e for e in timed if isinstance(e, Started)).epochs == 7
    assert [e.epoch for e in timed if isinstance(e, EpochEnd)] == [1, 2, 3, 4, 5, 6, 7]
    counted = list(Trainer(noisy, small_config({"training.epochs": 7})).run())
    assert same_bits(final_weights(timed), final_weights(counted))


def test_a_resumed_training_keeps_the_epochs_that_its_budget_gave_it(noisy, monkeypatch):
    config = small_config({"training.minutes": 0.5, "training.averaging": 4})
    monkeypatch.setattr("denoise_core.training.trainer.epochs_within", lambda *_: 5)
    whole = list(Trainer(noisy, config).run())
    stopped = Trainer(noisy, config)
    next(e for e in stopped.run() if isinstance(e, EpochEnd) and e.epoch == 2)
    state = stored(stopped.state())
    monkeypatch.setattr("denoise_core.training.trainer.epochs_within", lambda *_: 50)
    resumed = Trainer(noisy, config)
    resumed.restore(state)
    rest = list(resumed.run())
    assert (rest[0].epochs, rest[0].first_epoch) == (5, 3)
    assert same_bits(final_weights(rest), final_weights(whole))


def test_the_kept_network_is_the_running_mean_of_the_weights(noisy):
    trainer = Trainer(noisy, small_config({"training.averaging": 10}))
    list(trainer.run())
    assert not same_bits(trainer.network.state_dict(), trainer.state()["average"])
    average, weights = [torch.zeros(2)], [torch.ones(2)]
    update_average(average, weights, step=5, over=10)
    assert average[0].tolist() == [0.5, 0.5]
    update_average(average, weights, step=1000, over=10)
    assert average[0].tolist() == pytest.approx([0.55, 0.55])


@pytest.fixture
def has_bfloat16(monkeypatch):
    """As on a processor with instructions for it; those without compute the same with GRU, but not with torch's LSTM."""
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)


def gru(**training):
    return small_config({"model.backbone": "gru", **{f"training.{name}": value for name, value in training.items()}})


@pytest.mark.usefixtures("has_bfloat16")
def test_sixteen_bits_are_resumed_as_such_and_old_checkpoints_go_on_with_thirty_two(noisy):
    config = gru(precision="bfloat16")
    whole = final_weights(Trainer(noisy, config).run())
    assert not same_bits(whole, final_weights(Trainer(noisy, gru(precision="float32")).run()))
    stopped = Trainer(noisy, config)
    next(e for e in stopped.run() if isinstance(e, EpochEnd) and e.epoch == 2)
    state = stored(stopped.state())
    resumed = Trainer(noisy, gru(precision="auto"))
    resumed.restore(state)
    assert same_bits(final_weights(resumed.run()), whole)
    old = {name: part for name, part in state.items() if name not in ("bfloat16", "average", "epochs")}
    resumed = Trainer(noisy, config)
    resumed.restore(old)
    assert not resumed.state()["bfloat16"]
    assert len([e for e in resumed.run() if isinstance(e, EpochEnd)]) == 2


def test_a_processor_without_sixteen_bits_trains_and_goes_on_with_thirty_two(noisy, monkeypatch):
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    trainer = Trainer(noisy, small_config({"training.precision": "bfloat16"}))
    usual = final_weights(Trainer(noisy, small_config({"training.precision": "float32"})).run())
    assert same_bits(final_weights(trainer.run()), usual)
    resumed = Trainer(noisy, small_config())
    resumed.restore({**stored(trainer.state()), "bfloat16": True})
    assert not resumed.state()["bfloat16"]


@pytest.mark.usefixtures("has_bfloat16")
def test_precision_is_what_is_asked_for_and_never_sixteen_bits_elsewhere_unasked():
    assert uses_bfloat16(small_config({"training.precision": "bfloat16"}), CPU)
    assert not uses_bfloat16(small_config({"training.precision": "float32"}), CPU)
    assert not uses_bfloat16(small_config({"model.backbone": "gru"}), CPU)
    assert not uses_bfloat16(small_config(), torch.device("cuda"))


def test_what_was_measured_once_holds():
    assert uses_bfloat16(small_config(), CPU) == uses_bfloat16(small_config(), CPU)
