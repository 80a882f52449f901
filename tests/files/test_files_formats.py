"""Workbooks, Parquet, NumPy and sound: read, and written back as they came."""

from __future__ import annotations

import datetime as dt
import io
import wave
import zipfile

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.io import wavfile

from denoise_core.errors import DataError
from denoise_core.files.writing import denoised_name

RNG = np.random.default_rng(4)
VALUES = RNG.normal(size=200)


def workbook(rows: list[list[object]], *, before: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    if before is not None:
        book.active.title = before
        sheet = book.create_sheet("Messung")
    else:
        sheet = book.active
        sheet.title = "Messung"
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_rows(data: bytes, name: str = "Messung") -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data))[name].iter_rows(values_only=True))


START = dt.datetime(2024, 3, 1, 10)
ROWS = [
    ["Logger", None, None],
    ["time", "Druck [bar]", "state"],
    *([START + dt.timedelta(seconds=i), v, "ok"] for i, v in enumerate(VALUES)),
]


def test_a_workbook_is_read_and_gets_the_result_beside_its_table(parsed, rewritten):
    data = workbook(ROWS, before="Notes")
    recording = parsed(data, "pump.xlsx")
    np.testing.assert_allclose(recording.channels["Druck"], VALUES, rtol=1e-15)  # openpyxl writes 16 digits
    assert recording.units == {"Druck": "bar"}
    assert recording.time.calendar()[1] == np.datetime64("2024-03-01T10:00:01")
    made = sheet_rows(rewritten(recording, {"Druck": VALUES * 2}, data))
    before = sheet_rows(data)
    assert [row[:3] for row in made] == before
    assert made[1][3] == "Druck_denoised [bar]"
    np.testing.assert_allclose([row[3] for row in made[2:]], VALUES * 2, rtol=1e-15)


def test_formulas_and_formats_of_a_small_workbook_survive(parsed, rewritten):
    book = openpyxl.Workbook()
    book.active.append(["t", "x"])
    for i in range(12):
        book.active.append([i, i % 3])
    book.active["F1"] = "=1+1"
    book.active["B2"].number_format = "0.000"
    out = io.BytesIO()
    book.save(out)
    recording = parsed(out.getvalue(), time_column="t")
    made = openpyxl.load_workbook(io.BytesIO(rewritten(recording, {"x": np.ones(12)}, out.getvalue())))
    assert made.active["F1"].value == "=1+1"
    assert made.active["B2"].number_format == "0.000"


def test_a_large_workbook_is_rewritten_as_values_and_says_so(parsed, rewritten, monkeypatch):
    monkeypatch.setattr("denoise_core.files.formats.workbook.LARGE", 100)
    rows = [["t", "x", "text"], *([i, float(v), "=evil()"] for i, v in enumerate(VALUES))]
    data = workbook(rows)
    # openpyxl stored the words as formulas without values, so put plain text there.
    book = openpyxl.load_workbook(io.BytesIO(data))
    for row in book.active.iter_rows(min_row=2, min_col=3, max_col=3):
        row[0].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    recording = parsed(out.getvalue())
    assert any("large" in note for note in recording.notes)
    made = openpyxl.load_workbook(io.BytesIO(rewritten(recording, {"x": VALUES}, out.getvalue()))).active
    assert made["C2"].value == "=evil()"
    assert made["C2"].data_type == "s"
    assert made["D1"].value == "x_denoised"


def test_gaps_and_numbers_kept_as_words_are_read_from_a_sheet(parsed):
    rows = [["t", "x", "y"], *([i, None if i == 4 else i / 2, f"{i},25"] for i in range(12))]
    recording = parsed(workbook(rows))
    assert np.isnan(recording.channels["x"][4])
    np.testing.assert_array_equal(recording.channels["y"], np.arange(12) + 0.25)


def test_a_sheet_can_be_chosen_and_a_wrong_name_lists_those_there(parsed):
    data = workbook(ROWS, before="Notes")
    assert parsed(data, sheet="Messung").layout.sheet == "Messung"
    with pytest.raises(DataError, match="It has: Notes, Messung"):
        parsed(data, sheet="Data")


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Data">%s
</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(rows: list[list[object]]) -> bytes:
    def cell(value: object) -> str:
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", ODS % body)
    return out.getvalue()


def test_ods_is_read_and_written_as_xlsx(parsed, rewritten):
    data = ods([["t", "x"], *([i, i % 3] for i in range(12))])
    recording = parsed(data, "pump.ods")
    np.testing.assert_array_equal(recording.channels["x"], np.arange(12) % 3)
    assert any(".xlsx" in note for note in recording.notes)
    assert sheet_rows(rewritten(recording, {"x": np.ones(12)}, data), "Data")[0] == ("t", "x", "x_denoised")


def test_parquet_keeps_its_columns_types_and_metadata(parsed, rewritten):
    times = pa.array(np.datetime64("2024-01-01", "ms") + np.arange(200) * np.timedelta64(20, "ms"))
    table = pa.table({"when": times, "x": pa.array(VALUES.astype(np.float32)), "label": ["a"] * 200, "n": pa.array(range(200))})
    table = table.replace_schema_metadata({"made by": "test"})
    out = io.BytesIO()
    pq.write_table(table, out, compression="gzip")
    recording = parsed(out.getvalue())
    np.testing.assert_array_equal(recording.channels["x"], VALUES.astype(np.float32))
    assert recording.time.rate_hz == pytest.approx(50.0)
    made = pq.ParquetFile(io.BytesIO(rewritten(recording, {"x": VALUES}, out.getvalue())))
    back = made.read()
    assert back.select(["when", "x", "label", "n"]).equals(table)
    assert back.schema.metadata[b"made by"] == b"test"
    assert made.metadata.row_group(0).column(0).compression == "GZIP"
    np.testing.assert_array_equal(back["x_denoised"].to_numpy(), VALUES)


def test_parquet_nulls_are_gaps(parsed):
    out = io.BytesIO()
    pq.write_table(pa.table({"x": [1, None, 3, 4]}), out)
    np.testing.assert_array_equal(parsed(out.getvalue()).channels["x"], [1, np.nan, 3, 4])


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "expected"), [("f4", "f4"), ("f8", "f8"), ("i2", "f8"), ("u1", "f8"), (">f8", ">f8")])
def test_npy_of_one_axis_becomes_the_denoised_array(parsed, rewritten, kind, expected):
    array = (10 * np.abs(VALUES)).astype(kind)
    recording = parsed(npy(array))
    np.testing.assert_array_equal(recording.channels["value"], array)
    made = np.load(io.BytesIO(rewritten(recording, {"value": VALUES}, npy(array))))
    assert made.dtype == np.dtype(expected)
    np.testing.assert_array_equal(made, VALUES.astype(expected))


@pytest.mark.parametrize("across", [False, True])
def test_npy_of_two_axes_keeps_its_orientation(parsed, rewritten, across):
    table = np.stack([np.arange(200) / 50, VALUES, VALUES**2], axis=0 if across else 1)
    recording = parsed(npy(table))
    assert recording.time.rate_hz == pytest.approx(50.0)
    np.testing.assert_array_equal(recording.channels["column 2"], VALUES)
    made = np.load(io.BytesIO(rewritten(recording, {"column 2": VALUES + 1}, npy(table))))
    assert made.shape == ((4, 200) if across else (200, 4))
    np.testing.assert_array_equal(made[-1] if across else made[:, -1], VALUES + 1)
    np.testing.assert_array_equal(made[:3] if across else made[:, :3], table)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_keeps_its_arrays_and_takes_its_rate(parsed, rewritten, save):
    out = io.BytesIO()
    save(out, x=VALUES.astype("f4"), y=VALUES, fs=250, other=np.ones(3))
    recording = parsed(out.getvalue())
    assert list(recording.channels) == ["x", "y"]
    assert recording.time.rate_hz == pytest.approx(250.0)
    assert any("other" in note for note in recording.notes)
    with np.load(io.BytesIO(rewritten(recording, {"x": VALUES}, out.getvalue()))) as made:
        assert set(made.files) == {"x", "y", "fs", "other", "x_denoised"}
        assert made["x_denoised"].dtype == np.float32
        np.testing.assert_array_equal(made["y"], VALUES)


def test_npz_takes_its_time_array(parsed):
    out = io.BytesIO()
    np.savez(out, t=np.arange(200) / 4, x=VALUES)
    recording = parsed(out.getvalue())
    assert recording.time.rate_hz == 4.0
    assert list(recording.channels) == ["x"]


def pcm(bits: int, channels: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(8000)
        file.writeframes(RNG.integers(0, 256, size=500 * channels * bits // 8, dtype=np.uint8).tobytes())
    return out.getvalue()


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
@pytest.mark.parametrize("channels", [1, 2])
def test_writing_what_was_read_gives_the_same_sound(parsed, rewritten, bits, channels):
    data = pcm(bits, channels)
    recording = parsed(data)
    assert recording.time.rate_hz == pytest.approx(8000.0)
    assert max(np.abs(values).max() for values in recording.channels.values()) <= 1.0
    name = list(recording.channels)[-1]
    assert rewritten(recording, {name: recording.channels[name]}, data) == data


def test_sound_of_floats_keeps_its_format_and_replaces_the_channel(parsed, rewritten):
    out = io.BytesIO()
    wavfile.write(out, 44100, (VALUES / 4).astype(np.float32))
    recording = parsed(out.getvalue())
    rate, made = wavfile.read(io.BytesIO(rewritten(recording, {"sound": VALUES / 8}, out.getvalue())))
    assert (rate, made.dtype) == (44100, np.float32)
    np.testing.assert_array_equal(made, (VALUES / 8).astype(np.float32))


def test_too_loud_a_result_is_held_at_full_scale(parsed, rewritten):
    data = pcm(16, 1)
    recording = parsed(data)
    _, made = wavfile.read(io.BytesIO(rewritten(recording, {"sound": np.full(500, 1.5)}, data)))
    assert made.max() == made.min() == 32767


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pump.csv", "pump_denoised.csv"),
        ("a.b.txt", "a.b_denoised.txt"),
        ("series", "series_denoised"),
        ("pump.ods", "pump_denoised.xlsx"),
        ("../../etc/passwd", "passwd_denoised"),
        ("C:\\data\\pump.wav", "pump_denoised.wav"),
        ("a\x00b\n.csv", "ab_denoised.csv"),
        ("", "series_denoised.csv"),
    ],
)
def test_denoised_name_is_a_plain_file_name(name, expected):
    assert denoised_name(name) == expected
