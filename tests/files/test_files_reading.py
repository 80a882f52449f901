"""How text files are understood: dialects met in the wild, times, units, options."""

from __future__ import annotations

import numpy as np
import pytest

from denoise_core.errors import SettingsError
from denoise_core.files.layouts import TableRegion
from denoise_core.files.options import NO_TIME, ReadOptions
from denoise_core.files.text.cells import decimal_mark, is_missing
from denoise_core.files.text.units import split_unit
from denoise_core.files.time.timestamps import detect_pattern

VALUES = [1.5, 2.25, -0.5, 3.0, 1.0, 2.0]


def with_times(times: list[str], *, header: str = "time;x\n", delimiter: str = ";") -> str:
    return header + "".join(f"{t}{delimiter}{VALUES[i % 6]}\n" for i, t in enumerate(times))


@pytest.mark.parametrize(
    ("times", "start", "rate_hz"),
    [
        ([f"2024-03-01T10:00:00.{i}00" for i in range(8)], "2024-03-01T10:00:00", 10.0),
        ([f"2024-03-01 10:00:0{i}" for i in range(8)], "2024-03-01T10:00:00", 1.0),
        ([f"2024-03-01T10:00:0{i}+02:00" for i in range(8)], "2024-03-01T08:00:00", 1.0),
        ([f"2024-03-01T10:00:0{i}Z" for i in range(8)], "2024-03-01T10:00:00", 1.0),
        ([f"01.03.2024 10:00:0{i}" for i in range(8)], "2024-03-01T10:00:00", 1.0),
        ([f"01.03.24 10:0{i}" for i in range(8)], "2024-03-01T10:00:00", 1 / 60),
        ([f"3/{i + 10}/2024" for i in range(8)], "2024-03-10", 1 / 86400),
        ([f"{i + 10}/3/2024" for i in range(8)], "2024-03-10", 1 / 86400),
        ([f"3/1/2024 1{i}:00:00 AM" for i in range(2)] + ["3/1/2024 12:00:00 PM"], "2024-03-01T10:00:00", 1 / 3600),
        ([f"0{i + 1}-Mar-2024 00:00" for i in range(8)], "2024-03-01", 1 / 86400),
        ([f"20240301T10:00:{i:02d}" for i in range(8)], "2024-03-01T10:00:00", 1.0),
        ([f"{1709287200 + i}" for i in range(8)], "2024-03-01T10:00:00", 1.0),
        ([f"{1709287200000 + 250 * i}" for i in range(8)], "2024-03-01T10:00:00", 4.0),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_calendar_times_are_read_as_people_write_them(parsed, times, start, rate_hz):
    recording = parsed(with_times(times))
    assert recording.time.calendar()[0] == np.datetime64(start)
    assert recording.time.rate_hz == pytest.approx(rate_hz, rel=1e-9)


def test_dates_that_can_be_read_in_two_ways_are_said_to_be_guessed(parsed):
    times = [f"0{i + 1}/02/2024" for i in range(8)]
    american = parsed(with_times(times))
    assert american.time.calendar()[1] == np.datetime64("2024-02-02")
    assert any("month/day/year" in note for note in american.notes)
    european = parsed(with_times(times).replace(".", ","))
    assert european.time.calendar()[1] == np.datetime64("2024-02-02")
    assert any("day/month/year" in note for note in european.notes)


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        (["28.02.2023", "29.02.2023"], "29.02.2023"),
        (["30.01.2024", "31.01.2024", "31.02.2024"], "31.02.2024"),
        (["30.04.2024", "31.04.2024"], "31.04.2024"),
        (["2024-12-01", "2024-13-01"], "2024-13-01"),
        (["2100-02-28", "2100-02-29"], "2100-02-29"),
        (["3/31/2024", "2/30/2024"], "2/30/2024"),
        (["30-Apr-2024", "31-Apr-2024"], "31-Apr-2024"),
        (["30-Apr-2024", "30-Foo-2024"], "30-Foo-2024"),
    ],
    ids=str,
)
def test_a_date_that_no_calendar_has_is_missing_and_named_by_its_row(parsed, days, wrong):
    recording = parsed(with_times(days))
    place = f"'{wrong}' (1 cell, first in column time, row {len(days) + 1})"
    assert any(f"Not a valid time, so read as missing: {place}." in note for note in recording.notes)
    assert any("The time is missing at row" in note for note in recording.notes)


@pytest.mark.parametrize(
    ("days", "steps"),
    [
        (["28.02.2024", "29.02.2024", "01.03.2024"], [1.0, 1.0]),
        (["28.02.2000", "29.02.2000", "01.03.2000"], [1.0, 1.0]),
        (["30.04.2023", "31.05.2023", "31.12.2023"], [31.0, 214.0]),
    ],
    ids=str,
)
def test_leap_days_and_last_days_of_months_are_dates(parsed, days, steps):
    recording = parsed(with_times(days))
    assert recording.time.calendar()[0] == np.datetime64("-".join(reversed(days[0].split("."))))
    np.testing.assert_array_equal(np.diff(recording.time.values) / 86400.0, steps)


def test_separate_date_and_time_columns_make_one_axis(parsed):
    data = "Datum;Uhrzeit;Druck\n;;bar\n" + "".join(f"31.12.2023;23:59:5{i},5;1,{i}\n" for i in range(10))
    recording = parsed(data)
    assert recording.time.name == "Datum and Uhrzeit"
    assert recording.time.calendar()[0] == np.datetime64("2023-12-31T23:59:50.5")
    assert recording.time.rate_hz == 1.0
    assert recording.units == {"Druck": "bar"}


def test_times_of_day_go_on_after_midnight(parsed):
    recording = parsed(with_times(["23:59:58", "23:59:59", "00:00:00", "00:00:01", "00:00:02"]))
    np.testing.assert_array_equal(np.diff(recording.time.values), 1.0)
    assert any("cross midnight once" in note for note in recording.notes)


@pytest.mark.parametrize(
    ("header", "step", "unit", "expected"),
    [
        ("time [ms]", 5, "s", 0.005),
        ("time_us", 250, "s", 0.00025),
        ("t / min", 2, "s", 120.0),
        ("Zeit (h)", 0.5, "s", 1800.0),
        ("Year", 1, "year", 1.0),
        ("index", 1, "sample", 1.0),
        ("depth [m]", 2, "m", 2.0),
        ("time", 0.25, "s", 0.25),
    ],
)
def test_numeric_times_take_their_unit_from_the_header(parsed, header, step, unit, expected):
    recording = parsed(with_times([str(i * step) for i in range(10)], header=f"{header};x\n"))
    assert recording.time.unit == unit
    assert recording.time.step == pytest.approx(expected, rel=1e-12)


def test_a_rounded_clock_is_taken_as_even(parsed):
    recording = parsed(with_times([f"{i / 60:.3f}" for i in range(300)]))
    assert recording.time.rate_hz == pytest.approx(60, rel=1e-4)
    assert recording.time.uneven_share == 0.0
    assert any("rounded to 0.001 s" in note for note in recording.notes)


def test_midnights_are_counted_in_words(parsed):
    recording = parsed(with_times([f"{hour % 24:02d}:00:00" for hour in range(20, 80, 4)]))
    np.testing.assert_array_equal(np.diff(recording.time.values), 4 * 3600.0)
    assert any("cross midnight 3 times" in note for note in recording.notes)


def test_a_column_without_a_name_is_called_by_its_place(parsed):
    notes = parsed("".join(f"{i / 4},{VALUES[i % 6]}\n" for i in range(12))).notes
    assert "Time is in column 1, 4 Hz." in notes
    assert any("The numbers in column 1 change by 0.25" in note for note in notes)


def test_a_sampling_rate_that_was_set_is_said_to_be_so(parsed):
    data = with_times([str(i) for i in range(10)])
    assert "Sampling rate: 50 Hz (you set this)." in parsed(data, rate_hz=50.0).notes
    assert "Time is in column time, 1 Hz." in parsed(data).notes


def test_uneven_steps_are_kept_and_said(parsed):
    recording = parsed(with_times(["0", "1", "2", "3.5", "4.5", "5.5", "6.5", "7.5"]))
    assert recording.time.values[3] == 3.5
    assert any("14.3% of the steps differ from the usual 1 s" in note for note in recording.notes)


def test_a_clock_of_whole_seconds_under_fast_samples_gives_the_mean_rate(parsed):
    recording = parsed(with_times([f"2024-01-01 00:00:{i // 10:02d}" for i in range(200)]))
    assert recording.time.rate_hz == pytest.approx(10.0, rel=0.06)


def test_options_override_what_was_found(parsed):
    data = with_times([str(i) for i in range(10)])
    assert parsed(data, time_column=NO_TIME).time.unit == "sample"
    assert "time" in parsed(data, time_column=NO_TIME).channels
    assert parsed(data, rate_hz=50.0).time.rate_hz == pytest.approx(50.0)
    assert parsed(data, time_column="x", decimal=".").time.name == "x"
    assert list(parsed("1,2\n3,4\n5,6\n", header=True, time_column=NO_TIME).channels) == ["1", "2"]
    assert len(parsed("1,2\n3,4\n5,6\n", header=False, time_column=NO_TIME)) == 3


def test_reading_options_survive_json_and_say_what_is_wrong():
    options = ReadOptions(delimiter="", decimal=",", header=0, footer=2, sheet="A", time_column=NO_TIME, rate_hz=48000.0)
    assert ReadOptions.from_json(options.to_json()) == options
    options = ReadOptions(gap_words=("-999", "OVL"), units={"x": "bar"}, roles={"t": "time", "x": "value"})
    assert ReadOptions.from_json(options.to_json()) == options
    assert ReadOptions.from_json('{"header": false, "time_column": null}') == ReadOptions(header=0)  # as version 0.2 wrote it
    assert ReadOptions.from_json("{}") == ReadOptions()
    for text, words in (
        ('{"decimal": ";"}', "must be a point or a comma"),
        ('{"rate_hz": -1}', "positive"),
        ('{"header": "first"}', "should be a whole number"),
        ('{"header": -1}', "0 or more rows"),
        ('{"gap_words": "OVL"}', "a list of texts"),
        ('{"units": {"x": 1}}', "a text for each column"),
        ('{"roles": {"x": "times"}}', "did you mean 'time'"),
        ('{"delimeter": ","}', "not a reading option"),
        ("[]", "JSON object"),
        ("{", "not valid JSON"),
    ):
        with pytest.raises(SettingsError, match=words):
            ReadOptions.from_json(text)


def test_a_logger_header_with_units_and_kinds_of_value_is_understood(parsed):
    head = '"TOA5","CR1000","40817"\n"TIMESTAMP","RECORD","BattV","Temp"\n"TS","RN","Volts","Deg C"\n"","","Min","Avg"\n'
    body = "".join(f'"2024-01-01 00:0{i}:00",{i},12.{i},20.{i}\n' for i in range(10))
    recording = parsed(head + body)
    assert {"BattV", "Temp"} <= set(recording.channels)
    assert recording.units["BattV"] == "Volts"
    assert recording.time.step == 60.0


def test_names_in_a_comment_line_are_used(parsed):
    recording = parsed("# saved by a script\n# time pressure\n" + "".join(f"{i / 2:.3e} {i % 4:.3e}\n" for i in range(12)))
    assert list(recording.channels) == ["pressure"]
    assert recording.time.rate_hz == 2.0


def test_thousands_separators_are_taken_out_and_said(parsed):
    data = "t;Kraft [N]\n" + "".join(f"{i};{1 + i}.234,5\n" for i in range(9))
    recording = parsed(data)
    assert recording.channels["Kraft"][2] == 3234.5
    assert any("thousands" in note and "Kraft" in note for note in recording.notes)


def test_aligned_columns_between_spaces_are_read(parsed):
    data = "   time      x\n" + "".join(f"{i:7.2f} {i * 1.5:9.3f}  \r\n" for i in range(20))
    np.testing.assert_allclose(parsed(data).channels["x"], 1.5 * np.arange(20))


def test_equal_names_are_told_apart(parsed):
    recording = parsed("t,x,x,\n" + "".join(f"{i},{i % 2},{i % 3},{i % 5}\n" for i in range(9)))
    assert list(recording.channels) == ["x", "x (2)", "column 4"]


def test_a_pandas_index_is_no_channel(parsed):
    recording = parsed(",x\n" + "".join(f"{i},{VALUES[i % 6]}\n" for i in range(9)))
    assert list(recording.channels) == ["x"]
    assert recording.time.unit == "sample"


def test_a_single_column_with_decimal_comma_is_not_two_columns(parsed):
    recording = parsed("Druck\n" + "".join(f"1,{i}\n" for i in range(10, 30)))
    np.testing.assert_allclose(recording.channels["Druck"], 1 + np.arange(10, 30) / 100)


def test_a_rare_delimiter_is_found(parsed):
    assert list(parsed("t~x\n" + "".join(f"{i}~{i % 3}.5\n" for i in range(20))).channels) == ["x"]


def test_rows_beyond_the_first_block_are_numbered_right(parsed, monkeypatch):
    monkeypatch.setattr("denoise_core.files.text.rows.BLOCK", 64)
    lines = [f"{i},{i * 2}" for i in range(400)]
    np.testing.assert_array_equal(parsed("t,x\n" + "\n".join(lines)).channels["x"], 2.0 * np.arange(400))
    lines[300] = "300,oops"
    lines[10] = "# a remark"
    notes = parsed("t,x\n" + "\n".join(lines)).notes
    assert any("'oops' (1 cell, first in column x, row 302)" in note for note in notes)


def test_layout_holds_what_was_found(parsed):
    layout = parsed("t;x\n" + "".join(f"{i};1,{i}\n" for i in range(9))).layout
    assert (layout.format, layout.delimiter, layout.decimal, layout.names) == ("text", ";", ",", ("t", "x"))
    assert layout.region == TableRegion(width=2, first=1, header=0)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("pressure [bar]", ("pressure", "bar")),
        ("Druck (bar)", ("Druck", "bar")),
        ("Sensor (left)", ("Sensor (left)", "")),
        ("x[0]", ("x[0]", "")),
        ("Time/s", ("Time", "s")),
        ("m/s", ("m/s", "")),
        ("flow [-]", ("flow", "")),
        ("Temp., °C", ("Temp.", "°C")),
        ("Vibration, mm/s", ("Vibration", "mm/s")),
        ("Speed km/h", ("Speed", "km/h")),
        ("Weg in mm", ("Weg", "mm")),
        ("Current mA", ("Current", "mA")),
        ("Battery %", ("Battery", "%")),
        ("Pressure min", ("Pressure min", "")),
        ("Motor A", ("Motor A", "")),
        ("step in", ("step in", "")),
        ("in/out ratio", ("in/out ratio", "")),
    ],
)
def test_split_unit(header, expected):
    assert split_unit(header) == expected


@pytest.mark.parametrize(
    ("cells", "mark"),
    [(["1,5", "2,25"], ","), (["1.5"], "."), (["1,234", "0.5"], "."), (["1.234,5"], ","), (["1,234,567"], "."), (["12"], ".")],
)
def test_decimal_mark(cells, mark):
    assert decimal_mark(cells) == mark


def test_words_are_neither_times_nor_gaps():
    assert detect_pattern(["sensor 1"]) is None
    assert detect_pattern(["1.5"]) is None
    assert not is_missing("off")


def test_a_table_of_r_names_no_row_numbers_and_stays_so(parsed, rewritten):
    data = "t\tx\n" + "".join(f"{i + 1}\t{i / 2}\t{i % 3}.5\n" for i in range(12))
    recording = parsed(data)
    np.testing.assert_array_equal(recording.channels["x"], np.arange(12) % 3 + 0.5)
    assert recording.time.step == 0.5
    written = rewritten(recording, {"x": np.ones(12)}, data).decode().splitlines()
    assert written[:2] == ["t\tx\tx_denoised", "1\t0.0\t0.5\t1"]


@pytest.mark.parametrize(
    ("pattern", "step", "start"),
    [
        ("202401{:02d}", 86400, "2024-01-01"),
        ("20240101{:02d}", 3600, "2024-01-01T01"),
        ("2024010112{:02d}", 60, "2024-01-01T12:01"),
        ("202401011200{:02d}", 1, "2024-01-01T12:00:01"),
    ],
)
def test_dates_written_as_one_number_are_calendar_times(parsed, pattern, step, start):
    rows = "".join(f"44;{pattern.format(i + 1)};{VALUES[i % 6]}\n" for i in range(20))
    recording = parsed("STATION;MESS_DATUM;TT\n" + rows)
    assert recording.time.step == step
    assert recording.time.calendar()[0] == np.datetime64(start)


@pytest.mark.parametrize(
    ("days", "is_calendar"),
    [
        ((20240228, 20240229, 20240301), True),
        ((20230228, 20230229, 20230301), False),
        ((20240430, 20240431, 20240501), False),
        ((20241201, 20241301, 20241401), False),
    ],
    ids=str,
)
def test_numbers_are_dates_only_if_a_calendar_has_each_of_them(parsed, days, is_calendar):
    recording = parsed("STATION;MESS_DATUM;TT\n" + "".join(f"44;{day};{VALUES[i]}\n" for i, day in enumerate(days)))
    assert (recording.time.start is not None) == is_calendar
    assert ("MESS_DATUM" in recording.channels) == (not is_calendar)


def test_a_code_for_gaps_is_pointed_out_but_not_changed(parsed):
    recording = parsed("t;x\n" + "".join(f"{i};{-999 if i in (3, 7) else VALUES[i % 6]}\n" for i in range(20)))
    assert recording.channels["x"][3] == -999
    assert any("x is -999 in 2 rows" in note for note in recording.notes)


@pytest.mark.parametrize("header", ["p [bar];T [°C]\n", "p;T\n"])
def test_a_temperature_called_t_is_no_time(parsed, header):
    recording = parsed(header + "".join(f"{VALUES[i % 6]};{20 + (i * 7) % 5}\n" for i in range(30)))
    assert list(recording.channels) == ["p", "T"]
    assert recording.time.unit == "sample"
