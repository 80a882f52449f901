"""Every network, learning goal, loss and scaling together: it trains and denoises, or is refused with a remedy."""

from itertools import product

import numpy as np
import pytest
import torch

from denoise_core import RunConfig, Series
from denoise_core.config import settings
from denoise_core.config.objectives import OBJECTIVES
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.dsp.scaling import SCALINGS
from denoise_core.model.losses import LOSSES
from denoise_core.training import Trainer
from denoise_core.training.optimisation import OPTIMIZERS, SCHEDULES
from tests.common import small_config

pytestmark = pytest.mark.slow

NETWORKS = ("lstm", "gru", "mingru", "tcn", "transformer", "classic")
N = 150


def choices(path):
    return next(spec.metadata["choices"] for name, spec, _ in settings(RunConfig()) if name == path)


def small(**changes):
    return small_config({"model.heads": 2, "window.length": 20, "training.epochs": 1, "training.batch_size": 4, **changes})


def data_for(goal):
    """What the goal needs: two repeats, or a clean column, with a gap in the noisy series."""
    rng = np.random.default_rng(0)
    clean = 3.0 + np.sin(np.arange(N) / 6.0)
    noisy = [clean + 0.3 * rng.standard_normal(N) for _ in range(2)]
    noisy[0][40:44] = np.nan
    series = [Series.of(values, name=f"take {i}") for i, values in enumerate(noisy)]
    return TrainingSet(noisy=tuple(series if goal == "repeats" else series[:1]), clean=(clean,) if goal == "supervised" else ())


def train_and_keep_best(config, data):
    trainer = Trainer(data, config)
    for _ in trainer.run():
        pass
    return trainer.best()


def test_the_tables_hold_what_the_settings_offer():
    assert set(choices("model.backbone")) == set(NETWORKS)
    assert set(choices("objective.kind")) == set(OBJECTIVES)
    assert set(choices("objective.loss")) == set(LOSSES)
    assert set(choices("scaling.kind")) == set(SCALINGS)
    assert set(choices("training.optimizer")) == set(OPTIMIZERS)
    assert set(choices("training.schedule")) == set(SCHEDULES)


@pytest.mark.parametrize(("network", "goal"), list(product(NETWORKS, OBJECTIVES)))
def test_every_combination_trains_and_denoises_or_is_refused_with_a_remedy(network, goal):
    data = data_for(goal)
    done = 0
    for loss, scaling in product(LOSSES, SCALINGS):
        config = small(**{"model.backbone": network, "objective.kind": goal, "objective.loss": loss, "scaling.kind": scaling})
        if problems := config.problems(samples=N):
            assert network == "classic"
            assert all("choose" in problem.lower() for problem in problems)
            continue
        estimate = train_and_keep_best(config, data).denoise(data.noisy[0])
        predicted = data.noisy[0].observed & (np.arange(N) >= (19 if network == "classic" else 0))
        assert np.isfinite(estimate.values[predicted]).all()
        sd = np.full(N, np.nan) if estimate.sd is None else estimate.sd
        assert np.isnan(sd[predicted]).all() if goal == "reconstruct" else (sd[predicted] >= 0).all()
        done += 1
    assert done == {("classic", "next_step"): 12}.get((network, goal), 0 if network == "classic" else 20)


@pytest.mark.parametrize(("optimizer", "schedule"), list(product(OPTIMIZERS, SCHEDULES)))
def test_every_optimiser_and_schedule_moves_the_weights(optimizer, schedule):
    trainer = Trainer(
        data_for("blind_spot"), small(**{"training.optimizer": optimizer, "training.schedule": schedule, "model.backbone": "gru"})
    )
    before = [p.detach().clone() for p in trainer.network.parameters()]
    for _ in trainer.run():
        pass
    assert not any(torch.equal(old, new) for old, new in zip(before, trainer.network.parameters(), strict=True))


@pytest.mark.parametrize("network", NETWORKS)
def test_same_seed_same_weights_bit_for_bit_for_every_network(network):
    goal = {"classic": {"objective.kind": "next_step", "objective.loss": "mse"}}.get(network, {})
    config = small(**{"model.backbone": network, "model.dropout": 0.2, **goal})
    first, second = (train_and_keep_best(config, data_for("blind_spot")).network.state_dict() for _ in range(2))
    other = train_and_keep_best(config.replace("training.seed", 1), data_for("blind_spot")).network.state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model.gap": 10}, "hides half the window"),
        ({"model.backbone": "transformer", "model.hidden_size": 10}, "attention heads"),
        ({"model.backbone": "classic"}, 'set objective.kind to "next_step"'),
        ({"model.baseline": "linear", "objective.kind": "next_step"}, 'model.baseline to "none"'),
        ({"split.valid_share": 0.5, "split.test_share": 0.5}, "leaves too little"),
        ({"model.dropout": 0.5, "model.layers": 1}, "layers to 2"),
    ],
)
def test_wrong_combinations_say_why_and_what_to_do(changes, words):
    problems = small(**changes).problems(samples=N)
    assert any(words in problem for problem in problems)
