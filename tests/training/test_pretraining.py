"""Pretraining of the LSTM: its records are as a training presents them, and it goes on as if nothing had happened."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch

from denoise_core.instant.pretraining import synthetic
from denoise_core.instant.pretraining import trainer as machinery
from denoise_core.instant.pretraining.trainer import Plan
from denoise_core.training.pretraining import trainer
from denoise_core.training.pretraining.examples import WINDOW, draw_examples
from denoise_core.training.pretraining.trainer import LSTMTraining

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clean():
    return synthetic.clean_signals(np.random.default_rng(0), 24, 1024)


def test_records_come_in_windows_in_scaled_units_with_known_noise(clean):
    made = draw_examples(np.random.default_rng(1), clean, snr=2.0)
    assert made.inputs.shape == (48, WINDOW, 2)
    values, observed = made.inputs[..., 0], made.inputs[..., 1]
    assert (observed == 1.0).all()
    np.testing.assert_allclose(values.reshape(24, 1024).std(axis=1), 1.0, rtol=1e-4)
    noise = values - made.clean
    np.testing.assert_allclose((noise**2 / made.noise_variance).mean(), 1.0, rtol=0.05)
    np.testing.assert_allclose(made.change_unit[:, 0] ** 2, 2 * made.noise_variance[:, 0], rtol=1e-4)


def test_any_noise_is_finite_and_missing_samples_are_zero(clean):
    for seed in range(6):
        made = draw_examples(np.random.default_rng(seed), clean)
        assert all(np.isfinite(part).all() for part in vars(made).values())
        assert (made.inputs[..., 0][made.inputs[..., 1] == 0.0] == 0.0).all()
        assert (made.noise_variance > 0).all()
        assert (made.change_unit > 0).all()


def test_the_loss_is_least_for_the_truth_with_its_variance_and_finite_in_a_gap(clean):
    made = draw_examples(np.random.default_rng(1), clean, snr=2.0)
    truth = torch.from_numpy(made.clean)
    error = 0.3 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(0))
    right = torch.full_like(truth, float(np.log(0.09)))
    best = trainer.loss(truth + error, right, made)
    assert best < trainer.loss(truth + error, right + 1.5, made)
    assert best < trainer.loss(truth + error, right - 1.5, made)
    assert best < trainer.loss(truth + 2.0 * error, right, made)
    gone = replace(made, inputs=np.zeros_like(made.inputs))
    mean = (truth + error).requires_grad_()
    trainer.loss(mean, right, gone).backward()
    assert torch.isfinite(mean.grad).all()


def test_a_resumed_pretraining_takes_the_same_steps_to_the_last_bit(monkeypatch):
    monkeypatch.setattr(machinery, "_CHUNK", 2048)
    plan = Plan(seed=7, samples=1024, lengths=(1024, 512), steps=6)
    straight = LSTMTraining(plan)
    losses = [straight.step() for _ in range(6)]
    first = LSTMTraining(plan)
    for _ in range(4):
        first.step()
    file = io.BytesIO()
    torch.save(first.state(), file)
    file.seek(0)
    second = LSTMTraining(plan)
    second.restore(torch.load(file, weights_only=True))
    assert [second.step() for _ in range(2)] == losses[4:]
    for name, value in straight.average.state_dict().items():
        assert torch.equal(value, second.average.state_dict()[name]), name


def test_the_command_leaves_weights_that_a_training_can_start_from(monkeypatch, tmp_path):
    monkeypatch.setattr(machinery, "_CHUNK", 2048)
    monkeypatch.setattr(trainer, "PLAN", Plan(samples=1024, lengths=(1024,)))
    monkeypatch.setattr(trainer, "validation_examples", lambda: {})
    trainer.main(["--out", str(tmp_path), "--steps", "2"])
    trainer.main(["--out", str(tmp_path), "--steps", "3", "--resume"])
    assert len((tmp_path / "log.txt").read_text().splitlines()) == 2
    monkeypatch.setattr("denoise_core.training.start.PRETRAINED", tmp_path / "pretrained.safetensors")
    from denoise_core import RunConfig
    from denoise_core.training import start

    start.pretrained_weights.cache_clear()
    start.build_start(RunConfig().replace("model.start", "pretrained"), channels=1)
    start.pretrained_weights.cache_clear()
