"""Which epoch is kept, and where random numbers come from."""

from contextlib import nullcontext

import pytest
import torch

from denoise_core.training.progress import Progress
from denoise_core.training.seeding import temporary_seed


@pytest.mark.parametrize(("shift", "spread", "kept"), [(0.5, 0.1, 1), (0.001, 1.0, 2), (-0.1, 0.1, 2)])
def test_a_later_epoch_is_kept_unless_it_is_worse_beyond_chance(shift, spread, kept):
    first = torch.randn(200, generator=torch.Generator().manual_seed(0))
    noise = torch.randn(200, generator=torch.Generator().manual_seed(1))
    second = first + shift + spread * (noise - noise.mean())
    progress = Progress()
    for epoch, losses in enumerate((first, second), 1):
        progress.epoch = epoch
        progress.keep_if_best({"w": torch.full((1,), float(epoch))}, losses, 0.5 * epoch)
    assert (progress.best_epoch, progress.best_calibration) == (kept, 0.5 * kept)
    assert progress.best_weights["w"].item() == kept


def test_kept_weights_are_copies():
    progress, weights = Progress(epoch=1), {"w": torch.zeros(1)}
    progress.keep_if_best(weights, torch.ones(3), 0.0)
    weights["w"] += 1.0
    assert progress.best_weights["w"].item() == 0.0


@pytest.mark.parametrize("patience", [1, 3])
def test_patience_counts_epochs_since_the_best(patience):
    progress = Progress(epoch=7 + patience, best_epoch=7)
    assert progress.out_of_patience(patience)
    assert not progress.out_of_patience(patience + 1)


def test_a_seed_draws_the_same_and_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    draws = []
    for seed in ((1, 2), (1, 2), (1, 3)):
        with temporary_seed(torch.device("cpu"), *seed):
            draws.append(torch.rand(3))
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize(("device", "touched"), [("cpu", []), ("cuda:1", [torch.device("cuda:1")])])
def test_of_several_gpus_only_the_one_in_use_is_touched(device, touched, monkeypatch):
    before = torch.get_rng_state()
    forked, seeded = [], []
    monkeypatch.setattr(torch.random, "fork_rng", lambda devices: forked.append(devices) or nullcontext())
    monkeypatch.setattr(torch.cuda, "device", lambda used: seeded.append(used) or nullcontext())
    monkeypatch.setattr(torch.cuda, "manual_seed", lambda _: None)
    with temporary_seed(torch.device(device), 3):
        torch.set_rng_state(before)
    assert forked == [touched]
    assert seeded == touched
