"""Spikes are counted, and the peaks of signals are not."""

import numpy as np
import pytest

from denoise_core.noise import describe
from denoise_core.noise.spikes import find_spikes, share_of
from denoise_core.signals import SIGNALS, add_noise, spikes


@pytest.mark.parametrize("name", ["ecg_like", "vibration", "pressure_steps"])
@pytest.mark.parametrize("share", [0.005, 0.02, 0.05])
def test_their_share_is_found_within_a_factor_of_one_and_a_half(name, share):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        clean = SIGNALS[name](4000, rng)
        noisy = add_noise(clean, snr=3, rng=rng) + spikes(4000, rng, share=share, size=10 * clean.std() / 3)
        assert share / 1.5 < describe(noisy).spikes < share * 1.5


def test_found_are_the_samples_that_were_made_spikes():
    rng = np.random.default_rng(0)
    made = spikes(5000, rng, share=0.02, size=12.0)
    found = find_spikes(rng.standard_normal(5000) + made)
    assert not (found & (made == 0)).any()
    assert found.sum() > 0.85 * np.count_nonzero(made)


def test_steps_and_pairs_are_no_spikes():
    rng = np.random.default_rng(0)
    steps = np.repeat(rng.standard_normal(50) * 20.0, 20)
    pairs = np.where(np.arange(1000) % 50 < 2, 20.0, 0.0)
    for shape in (steps, pairs):
        assert not find_spikes(shape + rng.standard_normal(1000)).any()


def test_rare_counts_are_no_spikes():
    assert describe(np.random.default_rng(0).poisson(0.02, 5000).astype(float)).spikes == 0.0


def test_spikes_of_the_noisy_end_are_judged_by_its_own_level():
    rng = np.random.default_rng(0)
    levels = np.where(np.arange(6000) < 4000, 1.0, 30.0)
    assert describe(levels * rng.standard_normal(6000)).spikes < 0.001


def test_the_share_makes_up_for_spikes_side_by_side():
    made = np.random.default_rng(0).random(200_000) < 0.05
    beside = sum(np.roll(made, shift).astype(int) for shift in (-2, -1, 1, 2))
    assert share_of(made & (beside == 0)) == pytest.approx(0.05, rel=0.2)
    assert share_of(np.ones(5, dtype=bool)) == 1.0
