"""The files of tests/data/awkward are read right, or with at most three changes of the reading options; and come back in kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denoise_core.errors import DataError

FOLDER = Path(__file__).parents[1] / "data" / "awkward"
X = np.round(np.sin(np.arange(40) / 5) * 3, 3)
GROUPED = 1000.5 + np.arange(40)
CLICKS = 3
NO_UNIT = ("28_currency.csv", "29_percent.csv", "30_value_with_unit.csv")  # it stands in the cells there


@dataclass(frozen=True)
class Case:
    """What is in a file: `gaps` are missing samples, `options` corrects it, the results of `lost` rows are not read again."""

    values: Mapping[str, np.ndarray] = field(default_factory=lambda: {"x": X})
    units: Mapping[str, str] = field(default_factory=dict)
    rate_hz: float | None = 10.0
    gaps: tuple[int, ...] = ()
    start: str | None = None
    time: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = 0.0005
    said: str = ""
    lost: tuple[int, ...] = ()


def one(name: str, unit: str = "", values: np.ndarray = X, **more: Any) -> Case:
    return Case(values={name: values}, units={name: unit} if unit else {}, **more)


START, FANS = "2024-03-01T10:00:00", np.arange(40) / 1.0
TWO = {"Pump min": X, "Pump max": X + 1, "Fan min": X}
CASES = {
    "01_overload_words.csv": one("x", "mm", gaps=(3, 4, 9, 12, 20), said="'OVL' (2 cells, first in column x, row 5)"),
    "02_footer_mean.csv": Case(said="2 lines without samples, the first 'Mean"),
    "03_footer_prose.csv": Case(said="1 line without samples"),
    "04_bom.csv": Case(time="t"),
    "05_utf16_le.txt": one("Füllstand", "m"),
    "06_utf16_be_no_mark.txt": Case(),
    "07_semicolon_decimal_comma.csv": one("Druck", "bar"),
    "08_thousands_points.csv": one("Kraft", "N", 1000.5 + np.arange(40) + 1000 * (np.arange(40) // 10)),
    "09_thousands_quoted.csv": one("force", "N/mm²", GROUPED),
    "10_units_row.csv": Case(values={"pressure": X, "temp": 20 + X}, units={"pressure": "bar", "temp": "°C"}),
    "11_two_header_rows.csv": Case(values=TWO, time="t"),
    "12_comment_preamble.txt": Case(time="t"),
    "13_long_preamble.csv": Case(time="t"),
    "14_trailing_delimiter.csv": Case(),
    "15_ragged_short.csv": Case(said="Rows 7, 19 have fewer cells"),
    "16_ragged_remark.csv": Case(),
    "17_ragged_long.csv": Case(gaps=(8,), lost=(8,), said="Row 10 has more cells"),
    "18_quoted_numbers.csv": Case(),
    "19_am_pm.csv": Case(rate_hz=1.0, start=START),
    "20_iso_zone.csv": Case(rate_hz=1.0, start="2024-03-01T08:00:00"),
    "21_epoch_ms.csv": Case(start=START),
    "22_duplicate_names.csv": Case(values={"x": X, "x (2)": -X, "x (3)": 2 * X}),
    "23_empty_columns.csv": Case(said="Ignored (empty): spare"),
    "24_one_column_no_header.txt": one("column 1", rate_hz=10.0, options={"rate_hz": 10.0}),
    "25_three_rows.csv": Case(values={"x": np.array([1.5, 2.5, 1.0])}),
    "26_cr_line_ends.csv": Case(),
    "27_nul_bytes.csv": Case(),
    "28_currency.csv": one("price", "$", GROUPED, rate_hz=1 / 86400, start="2024-01-01"),
    "29_percent.csv": one("load", "%", np.round(50 + X, 1), tolerance=0.06),
    "30_value_with_unit.csv": one("speed", "km/h"),
    "31_labview.lvm": one("Voltage"),
    "32_fixed_width.txt": Case(time="time"),
    "33_excel_serial_dates.csv": Case(rate_hz=1 / 3600, start=START),
    "34_vibration_unit.csv": Case(
        values={"Vibration": X, "Speed": 30 + X}, units={"Vibration": "mm/s", "Speed": "km/h"}, time="t"
    ),
    "35_minutes_of_75.csv": Case(rate_hz=1.0, said="Not a valid time, so read as missing: '10:75:00'"),
    "36_time_of_1e300.csv": Case(said="Column t, row 41: the value is 1e+300, which is too large"),
    "37_gap_codes.csv": Case(gaps=(5, 6), options={"gap_words": ("-999",)}),
    "38_infinite.csv": Case(gaps=(5,), said="the value is infinite"),
    "39_date_and_time_columns.csv": one("Druck", "bar", rate_hz=1.0, start=START),
    "40_newest_first.csv": Case(rate_hz=1.0, start=START),
    "41_cp1252.csv": one("Füllhöhe", "µm"),
    "42_pipes.txt": Case(),
    "43_tildes.txt": Case(),
    "44_scientific_fortran.txt": Case(),
    "45_repeated_header.csv": Case(),
    "46_numbers_as_names.csv": Case(values={"10": X, "20": -X}, rate_hz=10.0, options={"header": 1, "rate_hz": 10.0}),
    "47_mostly_overload.csv": Case(
        gaps=tuple(i for i in range(40) if i % 3), rate_hz=10.0, options={"roles": {"x": "value"}, "rate_hz": 10.0}
    ),
    "48_mixed_dates.csv": Case(rate_hz=1.0, start=START, said="Not a valid time, so read as missing: '01.03.2024"),
    "49_time_is_second.csv": Case(),
    "50_blank_lines.csv": Case(),
    "51_info_sheet_first.xlsx": one("p", "bar", gaps=(4,), said="Read from sheet Data, the first with a table"),
    "52_merged_header.xlsx": Case(values=TWO | {"Fan max": FANS}, time="t"),
    "53_sheet_with_footer.xlsx": one("p", "bar", rate_hz=1.0, start=START, said="1 row at the end without samples"),
    "54_records.json": one("p", "bar"),
    "55_lines.json": one("p", "bar"),
    "56_struct.mat": one("p"),
    "57_groups.h5": one("p", "bar"),
    "58_run.tdms": one("p", "bar", start=START),
    "59_packed.csv.gz": Case(said="Unpacked from gz"),
    "60_packed.zip": Case(said="Unpacked from zip"),
    "61_array.npz": Case(),
    "62_table.parquet": one("p", "bar", rate_hz=1.0, start=START),
    "63_sound.wav": one("sound", values=X / 4, rate_hz=8000.0),
    "64_night.edf": one("EEG", "uV", start=START),
    "65_beam.uff": one("p", "m/s2"),
}


def test_every_file_of_the_folder_has_its_case():
    assert {path.name for path in FOLDER.iterdir() if path.suffix != ".py" and path.is_file()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_an_awkward_file_is_read_right_and_comes_back_in_kind(parsed, rewritten, name):
    case, data = CASES[name], (FOLDER / name).read_bytes()
    assert len(case.options) <= CLICKS
    recording = parsed(data, name, **case.options)
    for channel, values in case.values.items():
        expected = values.copy()
        expected[list(case.gaps)] = np.nan
        np.testing.assert_allclose(recording.channels[channel], expected, atol=case.tolerance)
        assert recording.units.get(channel, "") == case.units.get(channel, "")
    assert recording.time.rate_hz == pytest.approx(case.rate_hz)
    assert recording.time.start == (None if case.start is None else np.datetime64(case.start))
    assert case.time in ("", recording.time.name)
    assert case.said in "\n".join(recording.notes)
    _check_round_trip(recording, parsed, rewritten, name, data, case)


def _check_round_trip(recording, parsed, rewritten, name, data, case):
    """What is written is read with the same options, as before and with the results under their own names and units."""
    channel = next(iter(case.values))
    result = np.nan_to_num(recording.channels[channel]) / 2
    made = rewritten(recording, {channel: result}, data)
    again = parsed(made, name, **case.options)
    if name.endswith(".wav"):
        np.testing.assert_allclose(again.channels[channel], result, atol=1e-6)
        return
    added = list(again.channels)[-1] if channel == "column 1" else f"{channel}_denoised"  # a file without names gets none
    result[list(case.lost)] = np.nan
    np.testing.assert_allclose(again.channels[added], result, atol=case.tolerance)
    assert again.units.get(added, "") == ("" if name in NO_UNIT else case.units.get(channel, ""))
    kept = recording.channels[channel]
    np.testing.assert_array_equal(again.channels[channel], kept)


def test_without_its_correction_a_file_of_overloads_says_what_is_wrong(parsed):
    with pytest.raises(DataError, match="has no column of numbers"):
        parsed((FOLDER / "47_mostly_overload.csv").read_bytes())


def test_the_header_of_a_result_keeps_the_unit_behind_the_name(parsed, rewritten):
    data = (FOLDER / "34_vibration_unit.csv").read_bytes()
    recording = parsed(data)
    made = rewritten(recording, {"Vibration": X, "Speed": X}, data).decode().splitlines()
    assert made[0] == 't_ms,"Vibration, mm/s",Speed km/h,"Vibration_denoised, mm/s",Speed_denoised km/h'
