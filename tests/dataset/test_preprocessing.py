"""What is done to a series before the network sees it can be undone, and is said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denoise_core import DataError, Estimate, RunConfig, Series, TimeAxis
from denoise_core.dataset.preprocessing import preprocess
from denoise_core.dsp.resampling import interpolate_at, resample_evenly
from denoise_core.dsp.whitening import unwhiten, unwhiten_sd, whiten
from denoise_core.signals import ar1_noise


def uneven(n=500, *, seed=0):
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.8, 1.2, n))
    return Series(values=np.sin(times / 15.0), time=TimeAxis(values=times, unit="s"), name="level")


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 300), st.floats(0.0, 0.98), st.floats(-1e3, 1e3))
def test_whitening_can_be_undone(n, rho, middle):
    values = np.random.default_rng(n).standard_normal(n) + middle
    back = unwhiten(whiten(values, rho, middle=middle), rho, middle=middle)
    np.testing.assert_allclose(back, values, atol=1e-9 * (1 + abs(middle)))


def test_whitening_makes_ar1_noise_white_and_equally_strong_from_the_first_sample():
    rng = np.random.default_rng(0)
    noises = np.array([whiten(5.0 + ar1_noise(50, rng, rho=0.8), 0.8, middle=5.0) for _ in range(4000)])
    np.testing.assert_allclose(noises.std(axis=0), 0.6, rtol=0.05)
    assert abs(np.corrcoef(noises[:, 20], noises[:, 21])[0, 1]) < 0.05


def test_equal_errors_add_up_where_whitening_is_undone():
    sd = np.full(200, 0.1)
    assert unwhiten_sd(sd, 0.75)[-1] == pytest.approx(0.4, rel=1e-6)
    np.testing.assert_array_equal(unwhiten_sd(sd, 0.0), sd)


def test_a_missing_sample_hides_itself_and_the_next():
    values = np.arange(6.0)
    values[2] = np.nan
    assert np.isnan(whiten(values, 0.5, middle=0.0)).tolist() == [False, False, True, True, False, False]


def test_even_steps_follow_a_smooth_series_and_keep_its_ends():
    series = uneven()
    new = resample_evenly(series)
    steps = np.diff(new.time.values)
    np.testing.assert_allclose(steps, series.time.step)
    assert new.time.values[0] == series.time.values[0]
    assert series.time.values[-1] - new.time.values[-1] < series.time.step
    np.testing.assert_allclose(new.values, np.sin(new.time.values / 15.0), atol=2e-3)


def test_an_even_series_stays_as_it_is():
    series = Series.of(np.random.default_rng(0).standard_normal(100), rate_hz=50.0)
    np.testing.assert_allclose(resample_evenly(series).values, series.values, atol=1e-12)


def test_a_break_in_time_becomes_a_gap_and_no_straight_line():
    times = np.r_[np.arange(50.0), np.arange(80.0, 120.0)]
    new = resample_evenly(Series(values=np.ones(90), time=TimeAxis(values=times)))
    assert np.isnan(new.values[50:80]).all()
    assert not np.isnan(new.values[:50]).any()
    assert not np.isnan(new.values[80:]).any()


@pytest.mark.parametrize(
    ("times", "words"),
    [(np.r_[0.0, 1.0, 2.0, 1.5, 3.0], "go back, so even steps"), (np.r_[np.arange(10.0), 1e6], "steps differ too much")],
)
def test_times_that_cannot_be_made_even_are_refused(times, words):
    with pytest.raises(DataError, match=words):
        resample_evenly(Series(values=np.arange(len(times)), time=TimeAxis(values=times)))


def test_values_at_other_times_are_nan_where_nothing_is_known():
    times = np.arange(5.0)
    assert np.isnan(interpolate_at(np.full(5, np.nan), times, times)).all()


def test_nothing_is_done_and_nothing_said_by_default():
    series = uneven()
    prepared = preprocess(series, RunConfig())
    assert prepared.series is series
    assert prepared.notes == ()


def test_an_estimate_is_brought_back_to_the_recorded_times_and_each_step_is_said():
    series = uneven()
    config = RunConfig().replace("input.uneven", "resample").replace("input.whiten", 0.6)
    prepared = preprocess(series, config)
    assert len(prepared.notes) == 2
    assert "even steps" in prepared.notes[0]
    assert "0.6" in prepared.notes[1]
    same = Estimate(values=prepared.series.values, sd=np.full(len(prepared.series), 0.1), method="none", noise_sd=0.4)
    back = prepared.invert(same)
    inside = series.time.values <= prepared.series.time.values[-1]
    np.testing.assert_allclose(back.values[inside], series.values[inside], atol=5e-3)
    assert back.sd[-1] == pytest.approx(0.25)
    assert back.noise_sd == pytest.approx(0.5)
    np.testing.assert_allclose(prepared.transform(series.values), prepared.series.values)
