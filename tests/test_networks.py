"""The law of the blind spot holds to the last bit, for every backbone, gap and number of layers."""

import pytest
import torch

from denoise_core.config import ModelConfig
from denoise_core.networks import BACKBONES, IN_FEATURES, TwoSided

LENGTH = 37


def outputs(network, inputs):
    with torch.inference_mode():
        return torch.stack(network(inputs))


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("gap", [1, 2, 5])
@pytest.mark.parametrize("backbone", sorted(BACKBONES))
def test_what_lies_within_the_gap_never_reaches_a_prediction(backbone, gap, layers):
    torch.manual_seed(gap)
    network = TwoSided(ModelConfig(backbone=backbone, hidden_size=8, layers=layers, gap=gap)).eval()
    inputs = torch.randn(1, LENGTH, IN_FEATURES)
    before = outputs(network, inputs)
    for t in (0, 1, gap, 18, LENGTH - 1 - gap, LENGTH - 1):
        disturbed = inputs.clone()
        disturbed[:, max(0, t - gap + 1) : t + gap] += 100.0
        assert torch.equal(outputs(network, disturbed)[:, :, t], before[:, :, t])


@pytest.mark.parametrize("gap", [1, 2, 5])
@pytest.mark.parametrize("backbone", sorted(BACKBONES))
def test_the_nearest_samples_outside_the_gap_do_reach_it_from_both_sides(backbone, gap):
    torch.manual_seed(gap)
    network = TwoSided(ModelConfig(backbone=backbone, hidden_size=8, layers=2, gap=gap)).eval()
    inputs = torch.randn(1, LENGTH, IN_FEATURES)
    before = outputs(network, inputs)
    for neighbour in (18 - gap, 18 + gap):
        disturbed = inputs.clone()
        disturbed[:, neighbour] += 100.0
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
    network = TwoSided(ModelConfig(hidden_size=8, gap=5)).eval()
    result = outputs(network, torch.randn(2, length, IN_FEATURES))
    assert result.shape == (2, 2, length)
    assert torch.isfinite(result).all()
