"""A noise level that moves along the record is followed, and a constant one is called constant."""

import numpy as np
import pytest

from denoise_core.noise import describe
from denoise_core.noise.envelope import block_levels
from denoise_core.signals import SIGNALS, rising


def linear(n):
    levels = np.linspace(1.0, 5.0, n)
    return levels / np.sqrt(np.mean(levels**2))


@pytest.mark.parametrize("name", sorted(SIGNALS))
@pytest.mark.parametrize("shape", [linear, lambda n: rising(n, factor=5.0)])
def test_a_fivefold_growth_is_followed_within_a_quarter_nearly_everywhere(name, shape):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        clean = SIGNALS[name](4000, rng)
        truth = shape(4000) * clean.std() / 3
        noise = describe(clean + truth * rng.standard_normal(4000))
        assert noise.levels is not None
        assert np.mean(np.abs(noise.levels / truth - 1.0) < 0.25) > 0.95
        assert noise.sd == pytest.approx(clean.std() / 3, rel=0.1)
        assert noise.gap == 1


def test_the_sd_is_the_root_mean_square_of_the_levels():
    noise = describe(rising(6000, factor=8.0) * np.random.default_rng(0).standard_normal(6000))
    assert np.sqrt(np.mean(noise.along(6000) ** 2)) == pytest.approx(noise.sd, rel=0.01)


def test_along_repeats_a_constant_sd():
    noise = describe(np.random.default_rng(0).standard_normal(500))
    np.testing.assert_array_equal(noise.along(500), np.full(500, noise.sd))


def test_blocks_cover_the_record_and_leave_out_what_is_missing():
    values = np.random.default_rng(0).standard_normal(1031)
    values[:200] = np.nan
    middles, levels = block_levels(values)
    assert np.isnan(levels[0])
    assert not np.isnan(levels[2:]).any()
    np.testing.assert_allclose(np.diff(middles), 1031 / len(middles), atol=1.0)


def test_a_long_record_is_followed_too():
    n = 400_000
    truth = rising(n, factor=5.0)
    noise = describe(truth * np.random.default_rng(0).standard_normal(n))
    assert noise.levels is not None
    np.testing.assert_allclose(noise.levels / truth, 1.0, atol=0.25)
