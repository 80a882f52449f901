"""What was removed, in numbers: each against a residual made to have it, with and without gaps."""

import numpy as np
import pytest
from scipy import signal

from denoise_core.assess import Residual, diagnose
from denoise_core.errors import DataError
from denoise_core.series import Estimate, Series

RATE_HZ = 250.0
N = 5000
TIME = np.arange(N) / RATE_HZ
SMOOTH = np.sin(2 * np.pi * 0.5 * TIME)


def white(seed: int = 0, n: int = N):
    return np.random.default_rng(seed).standard_normal(n)


def of_residual(removed, estimate=SMOOTH, **known) -> Residual:
    return diagnose(Series.of(estimate + removed, rate_hz=RATE_HZ), Estimate(values=estimate, method="given", **known))


@pytest.mark.parametrize("lag", [1, 2, 17, 400])
def test_the_largest_autocorrelation_is_found_at_its_lag_with_its_sign(lag):
    noise = white(n=N + lag)
    for sign in (1, -1):
        found = of_residual(noise[lag:] + sign * 0.5 * noise[:-lag])
        assert found.lag == lag
        assert found.autocorrelation == pytest.approx(sign * 0.4, abs=0.05)


@pytest.mark.parametrize("hz", [50.0, 3.1, 118.0])
def test_a_rhythm_is_found_at_its_frequency(hz):
    found = of_residual(white() + 0.7 * np.sin(2 * np.pi * hz * TIME))
    assert found.peak_frequency == pytest.approx(hz, abs=0.3)
    assert found.peak_db > 10.0


def test_levels_and_share_are_those_that_were_put_in():
    found = of_residual(0.2 * white(), noise_sd=0.1)
    assert found.sd == pytest.approx(0.2, rel=0.03)
    assert found.noise_sd == 0.1
    assert found.removed_share == pytest.approx(0.04 / 0.54, rel=0.05)
    assert of_residual(0.2 * white()).noise_sd == pytest.approx(0.2, rel=0.05)


def test_tail_weight_is_that_of_the_distribution():
    rng = np.random.default_rng(0)
    assert of_residual(rng.standard_normal(N)).tail_weight == pytest.approx(0.0, abs=0.2)
    assert of_residual(rng.laplace(size=N)).tail_weight == pytest.approx(3.0, abs=1.0)
    assert of_residual(rng.uniform(size=N)).tail_weight == pytest.approx(-1.2, abs=0.1)


def test_level_ratio_sees_a_louder_stretch_but_not_a_spike():
    louder = np.where(np.arange(N) < N // 4, 3.0, 1.0) * white()
    assert of_residual(louder).level_ratio == pytest.approx(3.0, rel=0.25)
    spiked = white()
    spiked[100] = 1e4
    assert of_residual(spiked).level_ratio < 1.2


def test_correlation_with_the_estimate_shows_signal_that_went_too():
    assert abs(of_residual(0.3 * white()).correlation) < 0.05
    assert of_residual(0.3 * white() + 0.4 * SMOOTH).correlation == pytest.approx(0.68, abs=0.05)


def test_a_bump_at_the_bottom_of_a_spectral_hole_is_no_rhythm():
    sos = signal.butter(6, 0.4, btype="high", output="sos")
    removed = signal.sosfiltfilt(sos, white()) + 1e-3 * np.sin(2 * np.pi * 5.0 * TIME)
    assert of_residual(removed).peak_db < 10.0


@pytest.mark.parametrize("delay", [-3, -1, 0, 1, 2])
def test_delay_is_how_late_the_estimate_comes(delay):
    fast = np.sin(2 * np.pi * 9.0 * TIME)
    found = diagnose(Series.of(fast + 0.1 * white()), Estimate(values=np.roll(fast, delay), method="given"))
    assert found.delay == delay


def test_gaps_change_the_numbers_little():
    removed = white() + 0.7 * np.sin(2 * np.pi * 50.0 * TIME)
    whole = of_residual(removed)
    removed[np.random.default_rng(1).random(N) < 0.05] = np.nan
    removed[900:1000] = np.nan
    gappy = of_residual(removed)
    assert gappy.samples == np.count_nonzero(~np.isnan(removed))
    assert gappy.sd == pytest.approx(whole.sd, rel=0.03)
    assert gappy.peak_frequency == pytest.approx(50.0, abs=0.3)
    assert abs(gappy.autocorrelation) == pytest.approx(abs(whole.autocorrelation), abs=0.03)


def test_a_residual_of_zeros_gives_nan_where_nothing_can_be_said():
    found = of_residual(np.zeros(N), noise_sd=0.1)
    assert found.sd == 0.0
    assert np.isnan([found.autocorrelation, found.peak_db, found.correlation, found.tail_weight, found.level_ratio]).all()


@pytest.mark.parametrize("n", [8, 9, 11, 31, 101])
def test_short_series_are_diagnosed_too(n):
    found = diagnose(Series.of(white(n=n)), Estimate(values=np.zeros(n), method="given"))
    assert np.isfinite([found.sd, found.autocorrelation, found.chance]).all()


def test_too_few_samples_and_other_lengths_are_refused():
    with pytest.raises(DataError, match="Only 7 samples of value are present; at least 8 are needed"):
        diagnose(Series.of(white(n=7)), Estimate(values=np.zeros(7), method="given"))
    with pytest.raises(DataError, match="The estimate has 8 samples, but value has 9"):
        diagnose(Series.of(white(n=9)), Estimate(values=np.zeros(8), method="given"))
