"""The law of the blind spot holds to the last bit, for every backbone, gap and number of layers."""

import pytest
import torch

from denoise_core.config import ModelConfig
from denoise_core.networks import BACKBONES, IN_FEATURES, TwoSided

LENGTH = 37


def outputs(network, inputs):
    with torch.inference_mode():
        return torch.stack(network(inputs))


def noisy_inputs(*, length=LENGTH, missing=0.2):
    observed = (torch.rand(1, length) > missing).float()
    return torch.stack((torch.randn(1, length) * observed, observed), dim=-1)


def network_of(**settings):
    network = TwoSided(ModelConfig(hidden_size=8, **settings)).eval()
    if network.baseline is not None:
        network.baseline.taps.normal_()
    return network


@pytest.mark.parametrize("baseline", ["none", "linear"])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("gap", [1, 2, 5])
@pytest.mark.parametrize("backbone", sorted(BACKBONES))
def test_what_lies_within_the_gap_never_reaches_a_prediction(backbone, gap, layers, baseline):
    torch.manual_seed(gap)
    network = network_of(backbone=backbone, layers=layers, gap=gap, baseline=baseline)
    inputs = noisy_inputs()
    before = outputs(network, inputs)
    for t in (0, 1, gap, 18, LENGTH - 1 - gap, LENGTH - 1):
        disturbed = inputs.clone()
        disturbed[:, max(0, t - gap + 1) : t + gap, 0] += 100.0
        disturbed[:, max(0, t - gap + 1) : t + gap, 1] = 1.0 - disturbed[:, max(0, t - gap + 1) : t + gap, 1]
        assert torch.equal(outputs(network, disturbed)[:, :, t], before[:, :, t])


@pytest.mark.parametrize("baseline", ["none", "linear"])
@pytest.mark.parametrize("gap", [1, 2, 5])
@pytest.mark.parametrize("backbone", sorted(BACKBONES))
def test_the_nearest_samples_outside_the_gap_do_reach_it_from_both_sides(backbone, gap, baseline):
    torch.manual_seed(gap)
    network = network_of(backbone=backbone, gap=gap, baseline=baseline)
    inputs = noisy_inputs(missing=0.0)
    before = outputs(network, inputs)
    for neighbour in (18 - gap, 18 + gap):
        disturbed = inputs.clone()
        disturbed[:, neighbour, 0] += 100.0
        assert not torch.equal(outputs(network, disturbed)[:, :, 18], before[:, :, 18])


@pytest.mark.parametrize("backbone", sorted(BACKBONES))
def test_a_backbone_is_causal_and_keeps_its_shape(backbone):
    torch.manual_seed(0)
    network = BACKBONES[backbone](IN_FEATURES, ModelConfig(hidden_size=8, layers=2)).eval()
    inputs = torch.randn(3, LENGTH, IN_FEATURES)
    disturbed = inputs.clone()
    disturbed[:, 20:] += 100.0
    with torch.inference_mode():
        before, after = network(inputs), network(disturbed)
    assert before.shape == (3, LENGTH, 8)
    assert torch.equal(before[:, :20], after[:, :20])
    assert not torch.equal(before[:, 20], after[:, 20])


@pytest.mark.parametrize("length", [1, 2, 5, 6])
def test_windows_shorter_than_the_gap_still_give_finite_predictions(length):
    network = network_of(gap=5, baseline="linear")
    result = outputs(network, noisy_inputs(length=length))
    assert result.shape == (2, 1, length)
    assert torch.isfinite(result).all()
