"""Spikes are counted, and the peaks of signals are not."""

import numpy as np
import pytest

from denoise_core.noise import describe
from denoise_core.noise.spikes import are_events, find_spikes, share_of
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


def test_spikes_on_steep_flanks_are_found_as_well():
    rng = np.random.default_rng(0)
    triangle = 1.5 * np.abs(np.arange(4000) % 100 - 50.0)
    made = spikes(4000, rng, share=0.02, size=12.0)
    found = find_spikes(triangle + rng.standard_normal(4000) + made)
    assert not (found & (made == 0)).any()
    assert found.sum() > 0.8 * np.count_nonzero(made)


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


@pytest.mark.parametrize("name", ["ecg_like", "pressure_steps", "bumps", "blocks"])
@pytest.mark.parametrize("share", [0.01, 0.05])
def test_disturbances_at_random_places_are_no_events(name, share):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        clean = SIGNALS[name](4096, rng)
        spiky = add_noise(clean, snr=3, rng=rng) + spikes(4096, rng, share=share, size=10 * clean.std() / 3)
        assert not are_events(spiky, find_spikes(spiky))


def knocks(n: int, *, every: float, decay: float) -> np.ndarray:
    after = np.arange(n) % every
    return 20.0 * np.exp(-after / decay) * np.cos(2.6 * after)


@pytest.mark.parametrize("places", ["even", "random"])
def test_knocks_that_ring_on_are_events(places):
    rng = np.random.default_rng(1)
    ringing = knocks(64, every=64.0, decay=1.2)
    starts = np.arange(30, 4000, 61) if places == "even" else rng.permutation(4000)[:60]
    clean = np.convolve(np.bincount(starts, minlength=4096), ringing)[:4096]
    noisy = clean + rng.standard_normal(4096)
    found = find_spikes(noisy)
    assert found.sum() > 10
    assert are_events(noisy, found)


def test_single_samples_are_events_if_they_come_at_even_intervals():
    rng = np.random.default_rng(1)
    for places, expected in ((np.arange(20, 4090, 64), True), (rng.permutation(4090)[:64], False)):
        noisy = rng.standard_normal(4096)
        noisy[places] += 20.0
        assert are_events(noisy, find_spikes(noisy)) == expected


def test_spikes_are_the_signal_where_there_is_nothing_else_but_noise():
    rng = np.random.default_rng(0)
    impulses = spikes(2000, rng, share=0.01, size=12.0)
    noise = rng.standard_normal(2000)
    alone, beside = impulses + noise, impulses + noise + 1.5 * np.sin(np.arange(2000) / 40.0)
    assert are_events(alone, find_spikes(alone))
    assert not are_events(beside, find_spikes(beside))
