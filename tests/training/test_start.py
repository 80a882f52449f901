"""The pretrained start: used where it fits, blind to the last bit, and nothing else changes."""

import numpy as np
import pytest
import torch

from denoise_core import RunConfig, Series
from denoise_core.networks import build
from denoise_core.networks.two_sided import LEAST_UNIT, unit_of_change
from denoise_core.training import Trainer
from denoise_core.training.start import RATE_SHARE, build_start, learning_rate, pretrained_weights

PRETRAINED = RunConfig().replace("model.start", "pretrained")


def noisy_sine(n=600):
    rng = np.random.default_rng(0)
    return Series.of(np.sin(np.arange(n) / 9.0) + 0.3 * rng.standard_normal(n))


def same_bits(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_the_default_lstm_starts_with_the_pretrained_weights():
    assert PRETRAINED.starts_pretrained
    assert same_bits(build_start(PRETRAINED, channels=1).state_dict(), pretrained_weights())


def test_settings_that_name_no_start_are_those_of_before_and_start_at_random():
    config = RunConfig.from_json('{"model": {"hidden_size": 64}}')
    assert config.model.start == "random"
    assert (config.training.minutes, config.training.averaging) == (0.0, 0)
    torch.manual_seed(3)
    expected = build(config).state_dict()
    torch.manual_seed(3)
    assert same_bits(build_start(config, channels=1).state_dict(), expected)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("model.hidden_size", 32),
        ("model.layers", 1),
        ("model.backbone", "gru"),
        ("model.baseline", "linear"),
        ("objective.kind", "next_step"),
        ("objective.kind", "supervised"),
        ("model.start", "random"),
    ],
)
def test_any_other_network_starts_at_random_and_learns_at_the_full_rate(path, value):
    config = PRETRAINED.replace(path, value)
    assert not config.starts_pretrained
    assert learning_rate(config) == config.training.learning_rate == learning_rate(PRETRAINED) / RATE_SHARE
    weights = build_start(config, channels=1).state_dict()
    given = pretrained_weights()
    assert not any(torch.equal(weights[name], given[name]) for name in weights if name in given and "weight" in name)


def test_time_steps_and_channels_count_for_nothing_at_first():
    torch.manual_seed(0)
    plain = build_start(PRETRAINED, channels=1)
    more = build_start(PRETRAINED.replace("input.uneven", "channel"), channels=3)
    values = torch.randn(2, 50, 2)
    told = torch.cat((values, torch.randn(2, 50, 4)), dim=-1)
    for expected, got in zip(plain(values), more(told), strict=True):
        torch.testing.assert_close(got, expected)


@pytest.mark.parametrize("gap", [1, 3])
def test_no_prediction_of_the_pretrained_network_depends_on_samples_within_the_gap(gap):
    network = build_start(PRETRAINED.replace("model.gap", gap), channels=1).eval()
    torch.manual_seed(1)
    inputs = torch.randn(1, 101, 2)
    before = [output[0, 50].clone() for output in network(inputs)]
    hidden, seen = inputs.clone(), inputs.clone()
    hidden[0, 50 - gap + 1 : 50 + gap] += 7.0
    seen[0, 50 - gap] += 7.0
    assert all(torch.equal(old, new[0, 50]) for old, new in zip(before, network(hidden), strict=True))
    assert not torch.equal(before[0], network(seen)[0][0, 50])


def test_changes_come_in_units_of_the_noise_but_not_of_much_less_than_they_are():
    assert unit_of_change(5.0, 2.0) == 2.0
    assert unit_of_change(5.0, 0.0) == pytest.approx(5.0 * LEAST_UNIT)
    trainer = Trainer(noisy_sine(), PRETRAINED.replace("training.device", "cpu"))
    variance = float(trainer.sampler.samples.noise_variance.mean())
    assert float(trainer.network.step_sd) == pytest.approx(np.sqrt(2 * variance), rel=1e-5)
