"""The test signals are what they are said to be, and the same for the same seed."""

import numpy as np
import pytest

from denoise_core.signals import SIGNALS, add_noise, ar1_noise, rising, spikes


@pytest.mark.parametrize("name", sorted(SIGNALS))
@pytest.mark.parametrize("n", [1, 97, 2048])
def test_signals_are_finite_of_the_asked_length_and_repeat_by_seed(name, n):
    first, again = (SIGNALS[name](n, np.random.default_rng(5)) for _ in range(2))
    assert first.shape == (n,)
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, again)


def test_added_noise_has_the_asked_snr():
    clean = SIGNALS["ecg_like"](50_000, np.random.default_rng(0))
    noise = add_noise(clean, snr=3.0, rng=np.random.default_rng(1)) - clean
    assert clean.std() / noise.std() == pytest.approx(3.0, rel=0.02)
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.02


def test_bumps_and_blocks_are_donoho_and_johnstones():
    bumps, blocks = SIGNALS["bumps"](1023, None), SIGNALS["blocks"](1023, None)  # no jump falls on a sample
    assert np.argmax(bumps) + 1 == pytest.approx(0.13 * 1023, abs=1)
    assert bumps.max() == pytest.approx(5.0, abs=0.1)
    assert np.count_nonzero(np.diff(blocks)) == 11
    assert blocks[int(0.12 * 1023)] == pytest.approx(4.0)


def test_the_heart_beats_at_its_rate():
    n, rate_hz = 60 * 250, 250.0
    ecg = SIGNALS["ecg_like"](n, np.random.default_rng(2))
    peaks = np.flatnonzero((ecg[1:-1] > 0.6) & (ecg[1:-1] >= ecg[:-2]) & (ecg[1:-1] > ecg[2:]))
    assert len(peaks) == pytest.approx(72 * n / rate_hz / 60, abs=5)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_ar1_noise_has_sd_one_and_its_correlation_falls_as_a_power_of_rho(rho):
    noise = ar1_noise(200_000, np.random.default_rng(0), rho=rho)
    assert noise.std() == pytest.approx(1.0, rel=0.02)
    for lag in (1, 3):
        assert np.corrcoef(noise[lag:], noise[:-lag])[0, 1] == pytest.approx(rho**lag, abs=0.01)
    starts = [ar1_noise(1, np.random.default_rng(seed), rho=rho)[0] for seed in range(500)]
    assert np.std(starts) == pytest.approx(1.0, rel=0.1)


def test_spikes_are_as_many_and_as_high_as_asked():
    values = spikes(1000, np.random.default_rng(0), share=0.02, size=10.0)
    assert np.count_nonzero(values == 10.0) + np.count_nonzero(values == -10.0) == 20
    assert np.count_nonzero(values) == 20


def test_rising_noise_grows_by_its_factor_and_keeps_the_power():
    levels = rising(101, factor=5.0)
    assert levels[-1] == pytest.approx(5.0 * levels[0])
    assert levels[50] == pytest.approx(np.sqrt(levels[0] * levels[-1]))
    assert np.mean(levels**2) == pytest.approx(1.0)
