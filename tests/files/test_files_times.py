"""Time as it was recorded: repeated, missing and unordered times, pauses; and what is written back."""

from __future__ import annotations

import numpy as np
import pytest

from denoise_core.files.time.durations import duration
from denoise_core.series import TimeAxis

VALUES = np.round(np.sin(np.arange(3000) / 7.0), 4)


def table(times) -> str:
    return "time,x\n" + "".join(f"{time},{value}\n" for time, value in zip(times, VALUES, strict=False))


def note_with(recording, words: str) -> str:
    return next((note for note in recording.notes if words in note), f"{words!r} is not in {recording.notes}")


def test_a_pause_is_kept_and_its_place_said(parsed):
    recording = parsed(table(f"{i * 0.02 + 50 * (i >= 1000):.2f}" for i in range(2000)))
    assert recording.time.pauses.tolist() == [999]
    assert recording.time.rate_hz == pytest.approx(50.0)
    assert recording.time.uneven_share == 0.0
    assert note_with(recording, "pause").startswith("There is a 50 s pause after row 1,001.")


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        ([1], "There is a 100 s pause after row 2."),
        ([199], "There is a 100 s pause after row 200."),
        ([50, 120], "There are 2 pauses: 100 s after row 51 and 100 s after row 121."),
        ([20, 50, 90, 120], "There are 4 pauses, the first after row 21 and the longest 100 s after row 21."),
    ],
    ids=["after the first row", "before the last", "two", "four"],
)
def test_pauses_are_named_wherever_they_are(parsed, starts, words):
    recording = parsed(table(np.arange(200) + 99 * np.searchsorted(starts, np.arange(200), side="right")))
    assert recording.time.pauses.tolist() == [start - 1 for start in starts]
    assert note_with(recording, words).endswith("as missing samples.")


def test_the_newest_first_and_paused_names_the_row_that_is_older(parsed):
    recording = parsed(table([9.0, 8.0, 7.0, 3.0, 2.0, 1.0, 0.0]))
    assert "after row 5" in note_with(recording, "pause")


@pytest.mark.parametrize("unit", ["s", "m"])
def test_steps_that_are_uneven_everywhere_have_no_pause_but_a_long_one(unit):
    steps = np.random.default_rng(3).exponential(1.0, 5000)
    assert TimeAxis(values=np.cumsum(steps), unit=unit).pauses.size == 0
    steps[1234] = 300.0
    assert TimeAxis(values=np.cumsum(steps), unit=unit).pauses.tolist() == [1233]


@pytest.mark.parametrize(
    ("times", "expected", "words"),
    [
        (["0", "1", "2", "1.5", "3", "4", "5"], [0, 1, 1.5, 2, 3, 4, 5], "goes back at row 5; the rows are shown in order"),
        (["0", "1", "2", "2", "3", "4", "5"], [0, 1, 2, 2, 3, 4, 5], "repeated at row 5; the methods use the mean"),
        (["0", "1", "2", "2", "4", "5", "6"], [0, 1, 2, 3, 4, 5, 6], "repeated at row 5; these rows were spread"),
        (["0", "0", "1", "2", "3", "4", "5"], [0, 0, 1, 2, 3, 4, 5], "repeated at row 3;"),
        (["0", "1", "1", "2", "2", "3", "4"], [0, 1, 1, 2, 2, 3, 4], "repeated at row 4 and at 1 more place;"),
        (["0", "1", "2", "", "4", "5", "6"], [0, 1, 2, 3, 4, 5, 6], "missing at row 5; it was filled in"),
        (["", "1", "2", "3", "4", "5", ""], [0, 1, 2, 3, 4, 5, 6], "missing at row 2 and at 1 more place;"),
        (["5", "4", "4", "3", "2", "1", "0"], [0, 1, 2, 3, 4, 4, 5], "repeated at row 3;"),
    ],
    ids=["backwards", "twice", "room for two", "first twice", "two twice", "missing", "missing ends", "newest first"],
)
def test_every_other_time_stays_as_recorded(parsed, times, expected, words):
    recording = parsed(table(times))
    np.testing.assert_allclose(recording.time.values, expected, atol=1e-12)
    assert words in note_with(recording, words)


def test_four_repeated_times_leave_the_others_and_the_duration_as_they_were(parsed):
    times = np.cumsum(np.random.default_rng(0).uniform(0.004, 0.035, 2000)).round(3)
    times[[100, 500, 900, 1500]] = times[[99, 499, 899, 1499]]
    recording = parsed(table(times))
    assert np.ptp(recording.time.values) == pytest.approx(np.ptp(times), abs=1e-9)
    differ = np.flatnonzero(recording.time.values != times)
    assert set(differ) <= {100, 500, 900, 1500}


def test_a_coarse_clock_with_a_pause_is_spread_up_to_the_pause(parsed):
    seconds = np.arange(3, 203) // 10 + 60 * (np.arange(200) >= 97)
    recording = parsed(table(seconds))
    steps = np.diff(recording.time.values)
    np.testing.assert_allclose(np.delete(steps, 96), 0.1, atol=1e-9)
    assert recording.time.pauses.tolist() == [96]
    assert recording.time.values[0] == pytest.approx(0.3)


def test_a_clock_that_was_set_back_runs_on(parsed):
    clock = [f"2024-10-27 {hour:02d}:{minute:02d}" for hour in (0, 1, 2, 2, 3, 4) for minute in (0, 15, 30, 45)]
    recording = parsed(table(clock))
    np.testing.assert_array_equal(np.diff(recording.time.values), 900.0)
    assert "The clock goes back at row 14;" in note_with(recording, "clock")


def test_rows_that_are_not_in_order_are_shown_in_order_and_written_back_in_theirs(parsed, rewritten):
    times = [*range(100, 200), *range(100)]
    data = table(times)
    recording = parsed(data)
    np.testing.assert_array_equal(recording.time.values, np.arange(200))
    np.testing.assert_array_equal(recording.channels["x"], VALUES[:200][np.argsort(times)])
    written = rewritten(recording, {"x": recording.channels["x"] + 1.0}, data).decode().splitlines()
    assert [float(line.split(",")[2]) for line in written[1:]] == pytest.approx(VALUES[:200] + 1.0)


def test_disorder_in_a_file_with_the_newest_first_is_written_back_too(parsed, rewritten):
    data = table([9, 8, 6, 7, 5, 4, 3, 2, 1, 0.5, 0.2])
    recording = parsed(data)
    assert np.all(np.diff(recording.time.values) > 0)
    written = rewritten(recording, {"x": recording.channels["x"]}, data).decode().splitlines()
    assert all(float(x) == float(result) for _, x, result in (line.split(",") for line in written[1:]))


@pytest.mark.parametrize(
    "times",
    [["0", "1.0", "1.0", "2"], ["2", "0", "1", "3.50"], ["0", "", "2", "3"], ["0", "1", "2", "100"]],
    ids=["repeated", "unordered", "missing", "paused"],
)
def test_the_time_column_is_written_as_it_was(parsed, rewritten, times):
    times = [*times, *(str(i) for i in range(200, 240))]
    data = table(times)
    recording = parsed(data, time_column="time")
    lines = rewritten(recording, {"x": recording.channels["x"]}, data).decode().splitlines()
    assert [line.rpartition(",")[0] for line in lines] == data.splitlines()


@pytest.mark.parametrize(
    ("length", "unit", "words"),
    [
        (259200, "s", "3 days"),
        (90, "s", "90 s"),
        (0.02, "s", "20 ms"),
        (7200, "s", "2 h"),
        (2.5, "m", "2.5 m"),
        (1234, "s", "20.6 min"),
    ],
)
def test_durations_are_told_in_a_fitting_unit(length, unit, words):
    assert duration(length, unit) == words
