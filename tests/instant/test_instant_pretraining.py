"""Pretraining: goes on from a checkpoint as if nothing had happened, and says how it stands."""

import io

import numpy as np
import pytest
import torch

from denoise_core.instant.conditioning import CONDITIONS
from denoise_core.instant.pretraining import synthetic, trainer
from denoise_core.instant.pretraining.network import INPUTS, MULTIPLE, OUTPUTS, UNet
from denoise_core.instant.pretraining.trainer import Plan, Training

pytestmark = pytest.mark.slow


def small_plan() -> Plan:
    return Plan(seed=7, samples=256, lengths=(128, 64), steps=8)


def reloaded(state: dict) -> dict:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def test_a_resumed_training_takes_the_same_steps_to_the_last_bit(monkeypatch):
    monkeypatch.setattr(trainer, "_CHUNK", 512)
    straight = Training(small_plan())
    losses = [straight.step() for _ in range(8)]
    first = Training(small_plan())
    for _ in range(5):
        first.step()
    second = Training(small_plan())
    second.restore(reloaded(first.state()))
    assert [second.step() for _ in range(3)] == losses[5:]
    for part in ("network", "average"):
        for name, value in getattr(straight, part).state_dict().items():
            assert torch.equal(value, getattr(second, part).state_dict()[name]), name


def test_the_loss_of_a_perfect_estimate_is_less_than_that_of_the_input():
    clean = synthetic.clean_signals(np.random.default_rng(0), 8, 256)
    made = synthetic.batch(np.random.default_rng(1), clean, snr=np.full((8, 1), 2.0))
    nothing, perfect = torch.zeros(8, OUTPUTS, 256), torch.zeros(8, OUTPUTS, 256)
    perfect[:, 0] = torch.from_numpy(made.inputs[:, 0] - made.clean)
    assert trainer.loss(perfect, made) < trainer.loss(nothing, made) - 3


def test_the_loss_is_less_for_the_true_noise_level():
    clean = synthetic.clean_signals(np.random.default_rng(0), 8, 256)
    made = synthetic.batch(np.random.default_rng(1), clean)
    right, wrong = torch.zeros(8, OUTPUTS, 256), torch.zeros(8, OUTPUTS, 256)
    right[:, 2] = torch.from_numpy(made.level)
    wrong[:, 2] = right[:, 2] + 0.5
    assert trainer.loss(right, made) < trainer.loss(wrong, made)


def test_the_stated_sd_moves_no_estimate():
    clean = synthetic.clean_signals(np.random.default_rng(0), 4, 256)
    made = synthetic.batch(np.random.default_rng(1), clean, snr=np.full((4, 1), 2.0))
    gradients = []
    for spread in (-1.0, 2.0):
        outputs = torch.zeros(4, OUTPUTS, 256)
        outputs[:, 1] = spread
        outputs.requires_grad_()
        trainer.loss(outputs, made).backward()
        gradients.append(outputs.grad[:, 0])
    torch.testing.assert_close(gradients[0], gradients[1])


def test_the_rate_rises_holds_and_falls():
    assert trainer._rate(0.0, 0) == pytest.approx(0.01)
    assert trainer._rate(0.3, 1000) == 1.0
    assert trainer._rate(1.0, 1000) == pytest.approx(0.01)


def test_training_logs_the_validation_score_and_saves(monkeypatch):
    monkeypatch.setattr(trainer, "_CHUNK", 512)
    training, said, saved = Training(Plan(samples=256, lengths=(128,), steps=3)), [], []
    trainer.train(training, save=lambda: saved.append(training.done), say=said.append, every=2)
    assert saved == [2, 3]
    for step, line in zip(saved, said, strict=True):
        assert line.startswith(f"step {step}, ")
        assert "validation SNR 1: " in line
        assert "any noise: " in line


def test_the_network_sees_no_further_than_it_says():
    torch.manual_seed(0)
    network = UNet()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    series = torch.zeros(1, INPUTS, 64 * MULTIPLE)
    other = series.clone()
    other[0, 0, 0] = 5.0
    condition = torch.zeros(1, CONDITIONS)
    changed = (network(series, condition) != network(other, condition)).any(dim=1)[0].nonzero()
    assert 300 < int(changed.max()) <= 512
