"""A result in a few numbers: what they are, and that they come back from JSON."""

import json

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.assess.result_words import age_in_words, error_in_words, gain_over_db, seconds_in_words
from denoise_core.assess.risk import Judged
from denoise_core.assess.summary import Summary, summarise
from denoise_core.errors import DataError


@pytest.fixture
def series():
    """1,000 samples with a gap of fifty."""
    values = np.sin(np.arange(1000) / 40) + 0.2 * np.random.default_rng(0).standard_normal(1000)
    values[400:450] = np.nan
    return dc.Series.of(values, rate_hz=100.0, unit="bar")


@pytest.fixture
def estimate(series):
    return dc.denoise(series, method="savgol")


JUDGED = Judged(method="savgol", risk=0.0004, interval=(0.0001, 0.0009), weight=0.0, seconds=0.5)


def test_the_numbers_are_those_of_residual_truth_and_judgement(series, estimate):
    truth = np.sin(np.arange(1000) / 40)
    found = summarise(series, estimate, truth=truth, judged=JUDGED)
    residual = (series.values - estimate.values)[series.observed]
    assert found.removed_rms == pytest.approx(np.sqrt(np.mean(residual**2)))
    assert found.gain_db == pytest.approx(dc.score(estimate, truth, noisy=series)["snr_gain_db"])
    assert (found.error, found.error_interval, found.seconds) == (pytest.approx(0.02), pytest.approx((0.01, 0.03)), 0.5)
    assert found.settings == estimate.settings


def test_a_summary_comes_back_from_json(series, estimate):
    found = summarise(series, estimate, judged=JUDGED)
    assert Summary.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False))) == found


def test_what_later_versions_add_is_left_out(series, estimate):
    found = summarise(series, estimate)
    assert Summary.from_json({**found.to_json(), "taste": "sour"}) == found


def test_the_sparkline_keeps_extremes_and_shows_gaps(series, estimate):
    values = estimate.values.copy()
    values[123] = 99.0
    found = summarise(series, dc.Estimate(values=values, method="made")).sparkline
    assert len(found) == 100
    assert max(value for value in found if value is not None) == 99.0
    assert found[40:44] == (None, None, None, None)


def test_a_result_that_removes_nothing_has_no_autocorrelation(series):
    unchanged = dc.Estimate(values=series.values, method="none")
    found = summarise(series, unchanged)
    assert (found.removed_rms, found.autocorrelation) == (0.0, None)


def test_an_estimate_of_another_length_is_refused(series):
    with pytest.raises(DataError, match="999 samples"):
        summarise(series, dc.Estimate(values=np.zeros(999), method="made"))


def test_the_error_is_told_with_its_range_or_why_it_is_not_known(series, estimate):
    assert error_in_words(summarise(series, estimate, judged=JUDGED), "bar") == (
        "Estimated error of the result: 0.02 bar RMS (probably 0.01 to 0.03 bar)."
    )
    assert error_in_words(summarise(series, estimate, judged=JUDGED, doubt="Look."), "bar").endswith("0.03 bar). Look.")
    assert error_in_words(summarise(series, estimate, doubt="Too short."), "bar") == "Too short."


def test_the_gain_over_another_result_is_the_true_one_where_the_truth_is_known():
    better, worse = (Summary(method="m", removed_rms=1.0, error=error, gain_db=gain) for error, gain in ((0.1, 12.0), (0.2, 9.5)))
    assert gain_over_db(better, worse) == (2.5, True)
    better, worse = (Summary(method="m", removed_rms=1.0, error=error) for error in (0.1, 0.2))
    assert gain_over_db(better, worse) == (pytest.approx(6.02, abs=0.01), False)
    assert gain_over_db(better, Summary(method="m", removed_rms=1.0)) == (None, False)


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.002, "< 0.01 s"), (0.4, "0.4 s"), (12.3, "12 s"), (200.0, "3 min 20 s")]
)
def test_durations_are_written_as_people_do(seconds, words):
    assert seconds_in_words(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(5, "now"), (61, "1 min"), (7300, "2 h"), (90_000, "1 day"), (200_000, "2 days")])
def test_ages_are_written_as_people_do(seconds, words):
    assert age_in_words(seconds) == words
