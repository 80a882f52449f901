"""The synthetic signals of the pretraining, and the benchmark that is excluded from them."""

import numpy as np
import pytest

from denoise_core.instant.nonlocal_features import FEATURES
from denoise_core.instant.pretraining import excluded_benchmark, synthetic
from denoise_core.signals import blocks, bumps

pytestmark = pytest.mark.slow

LENGTH = 1024
T = np.arange(1, LENGTH + 1) / LENGTH


@pytest.mark.parametrize("seed", range(10))
def test_none_of_a_thousand_signals_resembles_a_benchmark_function_at_any_scale_or_shift(seed):
    signals = synthetic.clean_signals(np.random.default_rng([90, seed]), 1000, LENGTH)
    assert excluded_benchmark.resemblance(signals).max() <= 0.98


@pytest.mark.parametrize("name", excluded_benchmark.FUNCTIONS)
@pytest.mark.parametrize("turn", [1, -1])
def test_a_benchmark_function_is_recognised_scaled_shifted_turned_over_and_backwards(name, turn):
    function = excluded_benchmark.FUNCTIONS[name](T)
    copies = np.stack([3.0 * function, -np.roll(function, 300)])[:, ::turn]
    np.testing.assert_allclose(excluded_benchmark.resemblance(copies - copies.mean(axis=1, keepdims=True)), 1.0, atol=1e-9)


def test_noise_resembles_no_benchmark_function():
    assert excluded_benchmark.resemblance(np.random.default_rng(0).standard_normal((20, LENGTH))).max() < 0.3


@pytest.mark.parametrize(("name", "oracle"), [("bumps", bumps), ("blocks", blocks)])
def test_the_functions_are_those_of_donoho_and_johnstone(name, oracle):
    assert np.corrcoef(excluded_benchmark.FUNCTIONS[name](T), oracle(LENGTH))[0, 1] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("name", synthetic.KINDS)
@pytest.mark.parametrize("length", [256, 1024])
def test_every_kind_gives_finite_signals_of_the_asked_shape_that_mostly_vary(name, length):
    values = synthetic.KINDS[name](np.random.default_rng(5), 40, length)
    assert values.shape == (40, length)
    assert np.isfinite(values).all()
    assert np.mean(np.ptp(values, axis=1) > 0) > 0.6


def test_signals_have_mean_0_and_sd_1_and_the_same_seed_gives_the_same():
    first, again = (synthetic.clean_signals(np.random.default_rng(3), 64, LENGTH) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_allclose(first.mean(axis=1), 0.0, atol=1e-9)
    np.testing.assert_allclose(first.std(axis=1), 1.0, atol=1e-9)


def test_a_plain_batch_is_the_signal_at_the_asked_snr_in_units_of_its_noise():
    clean = synthetic.clean_signals(np.random.default_rng(3), 64, LENGTH)
    made = synthetic.batch(np.random.default_rng(4), clean, snr=np.full((64, 1), 3.0))
    noise = made.inputs[:, 0] - made.clean
    assert noise.std() == pytest.approx(1.0, abs=0.02)
    np.testing.assert_allclose(made.clean.std(axis=1), 3.0, rtol=1e-5)
    np.testing.assert_allclose(np.median(made.inputs[:, 0], axis=1), 0.0, atol=1e-5)
    assert (made.inputs[:, 1] == 1).all()
    assert (made.inputs[:, 2] == 0).all()


def test_in_a_batch_for_training_noise_moves_and_samples_miss_in_some_rows():
    clean = synthetic.clean_signals(np.random.default_rng(3), 400, LENGTH)
    made = synthetic.batch(np.random.default_rng(4), clean)
    moves, misses = np.ptp(made.level, axis=1) > 0, (made.inputs[:, 1] == 0).any(axis=1)
    assert 0.17 < moves.mean() < 0.34
    assert 0.04 < misses.mean() < 0.16
    standard = (made.inputs[:, 0] - made.clean) / np.exp(made.level)
    assert standard[made.inputs[:, 1] > 0].std() == pytest.approx(1.0, abs=0.03)


def test_the_stated_level_is_at_times_right_wrong_or_constant_where_noise_moves():
    clean = synthetic.clean_signals(np.random.default_rng(3), 400, LENGTH)
    made = synthetic.batch(np.random.default_rng(4), clean)
    stated, true = made.inputs[:, 2], made.level - np.log(np.mean(np.exp(2 * made.level), axis=1, keepdims=True)) / 2
    np.testing.assert_allclose(np.mean(np.exp(2 * stated), axis=1), 1.0, rtol=1e-4)
    moves = np.ptp(made.level, axis=1) > 0
    right = np.abs(stated - true).max(axis=1) < 1e-3
    constant = np.ptp(stated, axis=1) == 0
    for share in (right[moves].mean(), constant[moves].mean(), (~right & ~constant)[moves].mean()):
        assert 0.15 < share < 0.55
    assert constant[~moves].mean() > 0.8


def test_most_rows_have_nonlocal_features():
    clean = synthetic.clean_signals(np.random.default_rng(3), 100, LENGTH)
    given = synthetic.batch(np.random.default_rng(4), clean).inputs[:, 3 : 3 + FEATURES].any(axis=(1, 2))
    assert 0.5 < given.mean() < 0.8
