"""The law of the blind spot holds to the last bit, for every backbone, gap, number of layers, goal and baseline."""

import pytest
import torch

from denoise_core.config import RunConfig
from denoise_core.networks import BACKBONES, OBSERVED, STEP, VALUE, TwoSided, build

LENGTH = 37
WINDOW = 16  # training windows are shorter than what is read here, so that a limited reach shows
LIMITED = {"tcn", "transformer"}  # backbones that see a limited number of samples
KINDS = [("transformer", "sinusoidal"), *((name, "rotary") for name in sorted(BACKBONES))]
each_kind = pytest.mark.parametrize(("backbone", "positions"), KINDS)
each_gap = pytest.mark.parametrize("gap", [1, 2, 5])
each_baseline = pytest.mark.parametrize("baseline", ["none", "linear"])


def outputs(network, inputs):
    with torch.inference_mode():
        return torch.stack(network(inputs))


def noisy_inputs(*, length=LENGTH, missing=0.2, features=2):
    observed = (torch.rand(1, length) > missing).float()
    steps = torch.randn(1, length)
    return torch.stack((torch.randn(1, length) * observed, observed, steps), dim=-1)[..., :features]


def network_of(*, kind="blind_spot", uneven="ignore", **model):
    torch.manual_seed(7)
    config = RunConfig().replace("window.length", WINDOW).replace("objective.kind", kind).replace("input.uneven", uneven)
    for name, value in {"hidden_size": 8, "heads": 2, **model}.items():
        config = config.replace(f"model.{name}", value)
    network = build(config.check()).eval()
    if network.baseline is not None:
        network.baseline.taps.normal_()
    return network


def disturb(inputs, where):
    """Other values there, and what was missing present."""
    changed = inputs.clone()
    changed[:, where, VALUE] += 100.0
    changed[:, where, OBSERVED] = 1.0 - changed[:, where, OBSERVED]
    return changed


def assert_blind(network, inputs, gap):
    before = outputs(network, inputs)
    for t in (0, 1, gap, 18, LENGTH - 1 - gap, LENGTH - 1):
        after = outputs(network, disturb(inputs, slice(max(0, t - gap + 1), t + gap)))
        assert torch.equal(after[:, :, t], before[:, :, t])


@each_baseline
@pytest.mark.parametrize("layers", [1, 2, 3])
@each_gap
@each_kind
def test_what_lies_within_the_gap_never_reaches_a_prediction(backbone, positions, gap, layers, baseline):
    network = network_of(backbone=backbone, positions=positions, gap=gap, layers=layers, baseline=baseline)
    assert_blind(network, noisy_inputs(), gap)


@each_gap
@each_kind
def test_nor_does_it_where_the_time_steps_are_told(backbone, positions, gap):
    network = network_of(backbone=backbone, positions=positions, gap=gap, uneven="channel")
    assert_blind(network, noisy_inputs(features=3), gap)


@pytest.mark.parametrize("layers", [1, 2, 3])
@each_gap
@each_kind
def test_predicting_from_the_past_nothing_of_the_future_or_the_gap_matters(backbone, positions, gap, layers):
    network = network_of(backbone=backbone, positions=positions, gap=gap, layers=layers, kind="next_step")
    inputs = noisy_inputs()
    before = outputs(network, inputs)
    for t in (0, gap, 18, LENGTH - 1):
        after = outputs(network, disturb(inputs, slice(max(0, t - gap + 1), LENGTH)))
        assert torch.equal(after[:, :, t], before[:, :, t])


@each_baseline
@each_gap
@each_kind
def test_the_nearest_samples_outside_the_gap_do_reach_it_from_both_sides(backbone, positions, gap, baseline):
    network = network_of(backbone=backbone, positions=positions, gap=gap, baseline=baseline)
    inputs = noisy_inputs(missing=0.0)
    before = outputs(network, inputs)
    for neighbour in (18 - gap, 18 + gap):
        after = outputs(network, disturb(inputs, neighbour))
        assert not torch.equal(after[:, :, 18], before[:, :, 18])


@each_gap
@each_kind
def test_predicting_from_the_past_the_nearest_sample_outside_the_gap_does_matter(backbone, positions, gap):
    network = network_of(backbone=backbone, positions=positions, gap=gap, kind="next_step")
    inputs = noisy_inputs(missing=0.0)
    after = outputs(network, disturb(inputs, 18 - gap))
    assert not torch.equal(after[:, :, 18], outputs(network, inputs)[:, :, 18])


@pytest.mark.parametrize("kind", ["supervised", "repeats", "reconstruct"])
@each_kind
def test_a_sample_sees_itself_where_the_goal_is_another_one(backbone, positions, kind):
    network = network_of(backbone=backbone, positions=positions, kind=kind, gap=5)
    inputs = noisy_inputs(missing=0.0)
    after = outputs(network, disturb(inputs, 18))
    assert not torch.equal(after[:, :, 18], outputs(network, inputs)[:, :, 18])


def reach(network, *, length, at):
    """First and last prediction that a change of the sample at `at` moves; in float64, where little influence is not lost."""
    network, inputs = network.double(), noisy_inputs(length=length, missing=0.0).double()
    changed = inputs.clone()
    changed[:, at, VALUE] += 100.0
    differs = (outputs(network, inputs) != outputs(network, changed)).any(dim=0)[0].nonzero()[:, 0]
    return int(differs.min()), int(differs.max())


@each_baseline
@each_gap
@pytest.mark.parametrize(("backbone", "positions"), [kind for kind in KINDS if kind[0] in LIMITED])
def test_the_span_of_a_network_is_how_far_its_predictions_reach(backbone, positions, gap, baseline):
    network = network_of(backbone=backbone, positions=positions, gap=gap, baseline=baseline)
    at = network.span + 3
    first, last = reach(network, length=3 * network.span, at=at)
    assert at - network.span <= first < last <= at + network.span
    if positions == "rotary":  # sinusoidal places reach less far, or as far, by where the sample stands
        assert (first, last) == (at - network.span, at + network.span)


@each_baseline
@each_gap
@pytest.mark.parametrize("backbone", sorted(set(BACKBONES) - LIMITED))
def test_a_network_without_a_span_sees_the_whole_window_from_either_side(backbone, gap, baseline):
    network = network_of(backbone=backbone, gap=gap, baseline=baseline)
    assert network.span is None
    assert reach(network, length=5 * WINDOW, at=2 * WINDOW) == (0, 5 * WINDOW - 1)


@each_kind
@pytest.mark.parametrize("length", [1, 2, 5, 6])
def test_windows_shorter_than_the_gap_still_give_finite_predictions(backbone, positions, length):
    network = network_of(backbone=backbone, positions=positions, gap=5, baseline="linear")
    result = outputs(network, noisy_inputs(length=length))
    assert result.shape == (2, 1, length)
    assert torch.isfinite(result).all()


def test_in_both_directions_a_sample_comes_with_the_time_step_to_the_next_one_read():
    """Samples at times 0, 1, 3 and 7: forwards steps of 1, 2, 4 lead on from the first three, backwards 4, 2, 1 do."""
    network = network_of(backbone="gru", uneven="channel")
    read = []
    network.backbone.register_forward_pre_hook(lambda _, arguments: read.append(arguments[0]))
    inputs = torch.tensor([[[10.0, 1, 0], [11, 1, 1], [13, 1, 2], [17, 1, 4]]])
    outputs(network, inputs)
    forwards, backwards = read[0]
    assert forwards[:, VALUE].tolist() == [10, 11, 13, 17]
    assert forwards[:, STEP].tolist() == [1, 2, 4, 0]
    assert backwards[:, VALUE].tolist() == [17, 13, 11, 10]
    assert backwards[:, STEP].tolist() == [4, 2, 1, 0]


def test_changes_count_in_units_of_their_sd_and_not_at_all_beside_a_missing_sample():
    network = network_of(backbone="gru", kind="next_step")
    read = []
    network.backbone.register_forward_pre_hook(lambda _, arguments: read.append(arguments[0]))
    inputs = torch.tensor([[[1.0, 1], [3, 1], [0, 0], [4, 1], [3, 1], [4, 1]]])
    network.prepare(inputs[0], inputs[0, :, VALUE], inputs[0, :, OBSERVED] > 0, noise_variance=0.1)
    outputs(network, inputs)
    sd = torch.tensor([2.0, -1.0, 1.0]).std()
    torch.testing.assert_close(read[0][0, :, -1], torch.tensor([0, 2, 0, 0, -1, 1]) / sd)


def test_the_network_of_a_configuration_is_two_sided_unless_it_is_the_classic_recipe():
    assert isinstance(network_of(backbone="gru"), TwoSided)
