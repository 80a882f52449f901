"""Every backbone is causal to the last bit, reaches as far as it says, and does what its paper says."""

import pytest
import torch

from denoise_core.config import ModelConfig
from denoise_core.networks import BACKBONES
from denoise_core.networks.mingru import scan
from denoise_core.networks.tcn import CausalConvolution

LENGTH = 61
KINDS = [("transformer", "sinusoidal"), *((name, "rotary") for name in sorted(BACKBONES))]
each_kind = pytest.mark.parametrize(("backbone", "positions"), KINDS)
each_span = pytest.mark.parametrize("span", [16, 17, 40, 61, 128])


def backbone_of(backbone, positions="rotary", *, span=16, layers=2, **model):
    torch.manual_seed(1)
    config = ModelConfig(backbone=backbone, positions=positions, hidden_size=8, heads=2, layers=layers, **model)
    return BACKBONES[backbone](3, config, span=span).eval()


def features(network, inputs):
    with torch.inference_mode():
        return network(inputs)


@each_span
@pytest.mark.parametrize("layers", [1, 2, 4])
@each_kind
def test_a_backbone_is_causal_and_keeps_its_shape(backbone, positions, layers, span):
    network = backbone_of(backbone, positions, span=span, layers=layers)
    inputs = torch.randn(3, LENGTH, 3)
    before = features(network, inputs)
    assert before.shape == (3, LENGTH, 8)
    for t in (1, 20, 33, 60):
        disturbed = inputs.clone()
        disturbed[:, t:] += 100.0
        after = features(network, disturbed)
        assert torch.equal(before[:, :t], after[:, :t])
        assert not torch.equal(before[:, t], after[:, t])


def furthest(network, inputs, before, at):
    """The last sample that a change of the one at `at` reaches."""
    disturbed = inputs.clone()
    disturbed[:, at] += torch.tensor([100.0, -100.0, 30.0])
    return int((features(network, disturbed) != before).any(dim=-1)[0].nonzero()[-1, 0])


@pytest.mark.parametrize("span", [16, 17, 61])
@pytest.mark.parametrize("layers", [1, 2, 4])
@pytest.mark.parametrize(("backbone", "positions"), [("tcn", "rotary"), ("transformer", "rotary"), ("transformer", "sinusoidal")])
def test_a_limited_reach_is_the_one_it_names_and_about_a_training_window(backbone, positions, layers, span):
    network = backbone_of(backbone, positions, span=span, layers=layers).double()  # what is far away has little influence
    assert span / 3 < network.span <= span + 1
    inputs = torch.randn(1, 4 * span, 3, dtype=torch.float64)
    before = features(network, inputs)
    places = 2 if positions == "rotary" else span // 2 + 1  # sinusoidal places reach further from some samples than from others
    reached = [furthest(network, inputs, before, at) - at + 1 for at in range(span, span + places)]
    assert max(reached) == network.span
    assert positions == "sinusoidal" or min(reached) == network.span


@pytest.mark.parametrize("backbone", ["lstm", "gru", "mingru"])
def test_recurrent_backbones_remember_the_first_sample(backbone):
    network = backbone_of(backbone)
    inputs = torch.randn(1, 40, 3)
    disturbed = inputs.clone()
    disturbed[:, 0] += 3.0
    after = features(network, disturbed)
    assert not torch.equal(features(network, inputs)[:, -1], after[:, -1])


@pytest.mark.parametrize("backbone", ["tcn", "transformer"])
def test_a_limited_reach_sees_the_same_wherever_the_window_lies(backbone):
    network = backbone_of(backbone)
    inputs = torch.randn(1, 90, 3)
    whole, later = features(network, inputs), features(network, inputs[:, 23:])
    torch.testing.assert_close(whole[:, 23 + network.span :], later[:, network.span :], atol=1e-5, rtol=0)


def test_sinusoidal_places_of_a_long_window_are_those_of_windows_of_training_that_overlap_by_half():
    network = backbone_of("transformer", "sinusoidal", span=16)
    inputs = torch.randn(2, 45, 3)
    long = features(network, inputs)
    torch.testing.assert_close(long[:, :16], features(network, inputs[:, :16]))
    torch.testing.assert_close(long[:, 16:24], features(network, inputs[:, 8:24])[:, 8:])
    torch.testing.assert_close(long[:, 40:], features(network, inputs[:, 32:])[:, 8:])


@pytest.mark.parametrize("positions", ["rotary", "sinusoidal"])
def test_attention_knows_in_which_order_the_past_came(positions):
    """One causal layer without positions would see the past as a set."""
    network = backbone_of("transformer", positions, layers=1)
    inputs = torch.randn(1, 10, 3)
    swapped = inputs[:, [0, 7, 2, 3, 4, 5, 6, 1, 8, 9]]
    difference = features(network, inputs)[:, -1] - features(network, swapped)[:, -1]
    assert difference.abs().max() > 1e-4


def test_attention_in_blocks_is_attention_with_a_band_mask():
    """One layer that reaches 16 back, against the same layer over the whole window with the mask written out."""
    network = backbone_of("transformer", span=16, layers=1)
    wide = backbone_of("transformer", span=200, layers=1)
    wide.load_state_dict(network.state_dict())
    inputs = torch.randn(1, 50, 3)
    result = features(network, inputs)
    for t in (5, 16, 17, 31, 32, 49):
        alone = features(wide, inputs[:, max(0, t - 16) : t + 1])[:, -1]
        torch.testing.assert_close(result[:, t], alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("length", [1, 2, 3, 16, 17, 37])
def test_the_scan_is_the_recurrence(length):
    torch.manual_seed(length)
    decay, added = torch.rand(2, length, 3), torch.randn(2, length, 3)
    state, wanted = torch.zeros(2, 3), []
    for t in range(length):
        state = decay[:, t] * state + added[:, t]
        wanted.append(state)
    torch.testing.assert_close(scan(decay, added), torch.stack(wanted, dim=1))


def test_the_gradient_of_the_scan_is_that_of_finite_differences():
    torch.manual_seed(0)
    decay = torch.rand(2, 11, 2, dtype=torch.float64, requires_grad=True)
    added = torch.randn(2, 11, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(scan, (decay, added))


def test_the_scan_is_stable_where_everything_is_forgotten_or_kept():
    added = torch.ones(1, 3000, 1)
    torch.testing.assert_close(scan(torch.zeros_like(added), added), added)
    torch.testing.assert_close(scan(torch.ones_like(added), added)[0, :, 0], torch.arange(1.0, 3001.0))


@pytest.mark.parametrize("dilation", [1, 2, 8, 64])
def test_the_causal_convolution_is_a_convolution_padded_in_front(dilation):
    torch.manual_seed(dilation)
    layer = CausalConvolution(5, dilation)
    inputs = torch.randn(2, 37, 5)
    kernel = layer.linear.weight.view(5, 3, 5).permute(0, 2, 1).flip(-1)  # tap k looks k * dilation back
    padded = torch.nn.functional.pad(inputs.transpose(1, 2), (2 * dilation, 0))
    wanted = torch.nn.functional.conv1d(padded, kernel, layer.linear.bias, dilation=dilation).transpose(1, 2)
    torch.testing.assert_close(layer(inputs), wanted)


@each_kind
def test_dropout_acts_between_layers_in_training_alone(backbone, positions):
    network = backbone_of(backbone, positions, dropout=0.5)
    inputs = torch.randn(1, 30, 3)
    assert torch.equal(network(inputs), network(inputs))
    network.train()
    assert not torch.equal(network(inputs), network(inputs))
