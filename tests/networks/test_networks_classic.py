"""The classic recipe behind the face of every network: the last sample of a window from those before it."""

import pytest
import torch

from denoise_core.config import RunConfig
from denoise_core.networks import OBSERVED, VALUE, Classic, build

WINDOW = 20


@pytest.fixture
def network():
    torch.manual_seed(0)
    config = RunConfig().replace("model.backbone", "classic").replace("objective.kind", "next_step")
    config = config.replace("objective.loss", "mse").replace("window.length", WINDOW).replace("model.hidden_size", 8)
    return build(config.check()).eval()


def inputs_of(batch=3, length=WINDOW):
    values = torch.randn(batch, length)
    return torch.stack((values, torch.ones_like(values)), dim=-1)


def test_the_last_sample_alone_is_predicted_by_the_recipe(network):
    inputs = inputs_of()
    mean, log_variance = network(inputs)
    assert isinstance(network, Classic)
    assert network.first == network.span == WINDOW - 1
    assert mean[:, :-1].isnan().all()
    assert torch.equal(mean[:, -1:], network.recipe(inputs[:, :-1, :1]))
    assert torch.equal(log_variance, torch.zeros(3, WINDOW))


def test_it_sees_every_value_before_the_last_and_nothing_else(network):
    inputs = inputs_of()
    before = network(inputs)[0][:, -1]
    changed = inputs.clone()
    changed[:, -1] += 100.0
    changed[:, :, OBSERVED] = 0.0
    assert torch.equal(network(changed)[0][:, -1], before)
    for t in (0, 7, WINDOW - 2):
        changed = inputs.clone()
        changed[:, t, VALUE] += 3.0
        assert not torch.equal(network(changed)[0][:, -1], before)


def test_what_is_no_prediction_gives_no_gradient(network):
    mean, _ = network(inputs_of())
    mean[:, network.first :].square().sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters())


def test_there_is_nothing_to_prepare(network):
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    inputs = inputs_of(batch=1)[0]
    network.prepare(inputs, inputs[:, VALUE], inputs[:, OBSERVED] > 0, noise_variance=0.1)
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
