"""The types at the hand-offs refuse what cannot be used, with words."""

import json

import numpy as np
import pytest

from denoise_core import DataError, Estimate, Recording, Series, TimeAxis


def test_evenly_gives_seconds_at_a_rate_and_samples_without():
    np.testing.assert_array_equal(TimeAxis.evenly(3, rate_hz=4.0).values, [0.0, 0.25, 0.5])
    assert TimeAxis.evenly(3, rate_hz=4.0).rate_hz == pytest.approx(4.0)
    assert (TimeAxis.evenly(3).unit, TimeAxis.evenly(3).rate_hz) == ("sample", None)


def test_uneven_share_counts_steps_more_than_one_per_cent_off():
    times = np.array([0.0, 1.0, 2.0, 3.5, 4.5, 5.5, 6.502])
    assert TimeAxis(values=times).uneven_share == pytest.approx(1 / 6)


def test_calendar_counts_from_the_start():
    axis = TimeAxis(values=np.array([0.0, 0.5]), start=np.datetime64("2024-03-01T12:00:00"))
    assert str(axis.calendar()[1]) == "2024-03-01T12:00:00.500000"
    assert TimeAxis.evenly(2).calendar() is None


@pytest.mark.parametrize(
    "start", [None, np.datetime64("2024-03-01T12:00:00.5"), np.datetime64(7, "ns"), np.datetime64("2024-02")]
)
def test_a_time_axis_survives_json_with_the_resolution_of_its_start(start):
    axis = TimeAxis(values=np.array([0.0, 0.1, 0.3]), unit="year", start=start, name="Zeit ä")
    back = TimeAxis.from_json(json.loads(json.dumps(axis.to_json())), axis.values)
    assert (back.unit, back.name, back.start) == (axis.unit, axis.name, start)
    assert back.values is axis.values
    assert start is None or back.start.dtype == start.dtype


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (1.0, "1 Hz"),
        (0.02, "50 Hz"),
        (10.0, "one sample every 10 seconds"),
        (60.0, "one sample per minute"),
        (5400.0, "one sample every 1.5 hours"),
        (86400.0, "one sample per day"),
        (7 * 86400.0, "one sample every 7 days"),
    ],
)
def test_pace_is_a_rate_or_a_distance_in_words(step, expected):
    assert TimeAxis(values=np.arange(5) * step).pace == expected


def test_a_series_refuses_infinities_and_another_length_by_place():
    with pytest.raises(DataError, match="infinite at sample 2"):
        Series.of([1.0, np.inf, 2.0])
    with pytest.raises(DataError, match="the time axis has 4 samples"):
        Series(values=np.zeros(3), time=TimeAxis.evenly(4))


@pytest.mark.parametrize(
    ("values", "words"),
    [([np.nan] * 9, "no numbers at all"), ([1.0, 2.0], "has 2 samples; at least 8"), ([4.0] * 9, "is 4 at every sample")],
)
def test_unusable_series_are_refused_with_the_remedy(values, words):
    with pytest.raises(DataError, match=words):
        Series.of(values, name="p").check_usable()


def test_blending_is_linear_and_keeps_gaps():
    noisy = Series.of([1.0, np.nan, 3.0])
    estimate = Estimate(values=np.array([0.0, 0.0, 0.0]), method="m", sd=np.ones(3))
    assert estimate.blend(noisy, strength=1.0) is estimate
    half = estimate.blend(noisy, strength=0.5)
    np.testing.assert_array_equal(half.values, [0.5, np.nan, 1.5])
    assert half.sd is None
    np.testing.assert_array_equal(estimate.blend(noisy, strength=0.0).values, noisy.values)


def test_an_unknown_channel_lists_the_known_ones():
    recording = Recording(name="a.csv", time=TimeAxis.evenly(2), channels={"p": np.zeros(2), "q": np.zeros(2)})
    with pytest.raises(DataError, match=r"no column 'x'\. It has: p, q"):
        recording["x"]
