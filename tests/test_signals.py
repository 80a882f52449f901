"""The test signals are what they are said to be, and the same for the same seed."""

import numpy as np
import pytest

from denoise_core.signals import SIGNALS, add_noise


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
