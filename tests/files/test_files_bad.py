"""Every bad input gets a sentence that says what is wrong, where, and what to do."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from denoise_core.errors import DataError
from denoise_core.files.options import Limits

NOISE = bytes(np.random.default_rng(0).integers(128, 256, size=400).tolist())
ROWS = "".join(f"{i},{i * 0.5}\n" for i in range(20))
REMEDIES = ("Upload", "Save", "Correct", "Replace", "Choose", "Open it", "Remove", "Export", "remove", "Unpack", "save it")


def npy(array: np.ndarray, *, pickled: bool = False) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=pickled)
    return out.getvalue()


def bomb(member: str, size: int) -> bytes:
    """A zip archive of a few kilobytes that unpacks to `size` zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open(member, "w") as file:
            for _ in range(size // 2**20):
                file.write(bytes(2**20))
        archive.writestr("xl/workbook.xml" if not member.endswith(".npy") else "other.npy", b"")
    return out.getvalue()


BAD = {
    "empty file": (b"", "is empty"),
    "only blanks": (b" \n\n\t\n", "is empty"),
    "only a header": (b"time,pressure\n", "holds only a header (time, pressure)"),
    "text where numbers should be": (b"time,pressure\n0,low\n1,high\n2,low\n", None),
    "words alone": (b"name,town\nann,rome\nbob,oslo\n", "has no column of numbers: row 2 reads 'ann, rome'"),
    "one row": (b"time,pressure\n0,1.5\n", "only one row"),
    "all NaN": (b"a,b\n" + b"NaN,NaN\n" * 12, None),
    "empty column beside the time": (b"time,x\n" + b"".join(b"%d,NaN\n" % i for i in range(12)), "no column of values besides"),
    "unknown encoding": (b"t,x\n" + NOISE + b"\n" + ROWS.encode(), "unknown encoding (row 2)"),
    "binary renamed to .csv": (bytes(range(256)) * 40, "control bytes"),
    "a few bytes of no encoding": (b"\xac0?\xf3\xd9\xf3", None),
    "picture renamed to .csv": (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a PNG picture"),
    "500 columns": (
        (",".join(f"c{k}" for k in range(500)) + "\n" + (",".join("1" * 500) + "\n") * 5).encode(),
        "500 columns; at most 256",
    ),
    "corrupt workbook": (b"PK\x03\x04" + bytes(200), "damaged workbook"),
    "protected workbook": (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel"),
    "other archive": (bomb("notes.txt", 2**20).replace(b"xl/workbook.xml", b"xl/somewhat.xml"), "zip archive"),
    "npy of objects": (npy(np.array([{}, 1], dtype=object), pickled=True), "Python objects, which are never loaded"),
    "npy of words": (npy(np.array(["a", "b"])), "not real numbers"),
    "complex npy": (npy(np.ones(9, dtype=complex)), "not real numbers"),
    "npy with three axes": (npy(np.ones((3, 4, 5))), "3 axes"),
    "npy cut off": (npy(np.ones(1000))[:-100], "cut off"),
    "npy with a lying header": (npy(np.ones(10)).replace(b"(10,)", b"(9999999,)")[:200], None),
    "npz bomb": (bomb("x.npy", 40 * 2**20), "times its size"),
    "xlsx bomb": (bomb("xl/worksheets/sheet1.xml", 40 * 2**20), "times its size"),
    "parquet cut off": (b"PAR1" + bytes(100), "damaged Parquet"),
    "sound cut off": (b"RIFF\x24\x00\x00\x00WAVEfmt ", "cannot be read"),
}


MENDED = {
    "one wrong cell": (
        "t,x\n" + ROWS.replace("7,3.5", "7,3.5volt"),
        "Not a number, so read as missing: '3.5volt' (1 cell, first in column x, row 9).",
    ),
    "wrong cell in the first row": ("t,x\n0,abc\n" + ROWS, "'abc' (1 cell, first in column x, row 2)"),
    "wrong cells in the first rows": ("t,x\n0,OVL\n0,OVL\n" + ROWS, "'OVL' (2 cells, first in column x, row 2)"),
    "two wrong cells": (
        "t,x\n" + ROWS.replace("7,3.5", "7,a").replace("9,4.5", "9,b"),
        "'a' (1 cell, first in column x, row 9), 'b' (1",
    ),
    "infinity": ("t,x\n" + ROWS.replace("7,3.5", "7,inf"), "Column x, row 9: the value is infinite, so it counts as missing."),
    "overflow": ("t,x\n" + ROWS.replace("7,3.5", "7,1e999"), "Column x, row 9: the value is infinite, so it counts as missing."),
    "long row": ("t,x\n" + ROWS.replace("7,3.5", "7,3.5,9"), "Row 9 has more cells than the table"),
    "short row": ("t,x\n" + ROWS.replace("7,3.5", "7"), "Row 9 has fewer cells than the table"),
    "wrong time": (
        "".join(f"2024-01-01 00:00:{i:02d};{i}\n" for i in range(20)) + "noon;3\n",
        "Not a valid time, so read as missing: 'noon' (1 cell, first in column 1, row 21).",
    ),
}


@pytest.mark.parametrize("case", MENDED, ids=str)
def test_a_cell_that_does_not_fit_counts_as_missing_and_is_named(parsed, case):
    data, words = MENDED[case]
    notes = parsed(data).notes
    assert any(words in note for note in notes), notes


def test_words_behind_the_last_column_are_left_out_and_the_row_stays(parsed):
    recording = parsed("t,x\n" + ROWS.replace("7,3.5", "7,3.5,valve opened"))
    assert recording.channels["x"][7] == 3.5


@pytest.mark.parametrize("case", BAD, ids=str)
def test_bad_input_gets_a_sentence_with_place_and_remedy(parsed, case):
    data, words = BAD[case]
    with pytest.raises(DataError) as caught:
        parsed(data)
    message = str(caught.value)
    assert words is None or words in message, message
    assert any(remedy in message for remedy in REMEDIES), message
    assert "Error" not in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        ("время;давление", "cp1251"),
        ("時間;圧力", "cp932"),
        ("t;Füllstand °C", "cp1252"),
        ("t;χρόνος", "utf-16-le"),
        ("t;χ", "utf-16-be"),
    ],
)
def test_encodings_of_the_world_are_read(parsed, words, codec):
    recording = parsed((words + "\n" + "".join(f"{i};{i % 3}.5\n" for i in range(30))).encode(codec))
    assert list(recording.channels) == [words.split(";")[1].removesuffix(" °C")]


def test_a_file_over_a_small_limit_of_values_is_refused(parsed):
    with pytest.raises(DataError, match="more than 30 values"):
        parsed("t,x\n" + ROWS, limits=Limits(samples=30))


def test_an_archive_that_unpacks_to_too_much_is_refused(parsed):
    out = io.BytesIO()
    np.savez_compressed(out, x=np.random.default_rng(0).normal(size=1000))
    with pytest.raises(DataError, match="would unpack to"):
        parsed(out.getvalue(), limits=Limits(unpacked_bytes=4000))


def test_dates_that_nanoseconds_cannot_count_are_refused(parsed):
    out = io.BytesIO()
    days = np.datetime64("3000-01-01", "ms") + np.arange(20) * np.timedelta64(1, "D")
    pq.write_table(pa.table({"when": days, "x": np.arange(20.0)}), out)
    with pytest.raises(DataError, match="after 2261 in column when"):
        parsed(out.getvalue())


def test_a_sheet_of_words_names_the_row(parsed):
    book = openpyxl.Workbook()
    for row in (["name", "town"], ["ann", "rome"], ["bob", "oslo"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(DataError, match="row 2 reads 'ann, rome'"):
        parsed(out.getvalue())


def test_a_wrong_cell_in_a_sheet_is_named(parsed):
    book = openpyxl.Workbook()
    book.active.append(["t", "x"])
    for i in range(12):
        book.active.append([i, "broken" if i == 7 else i / 2])
    out = io.BytesIO()
    book.save(out)
    recording = parsed(out.getvalue())
    assert any("'broken' (1 cell, first in column x, row 9)" in note for note in recording.notes)
    assert np.isnan(recording.channels["x"][7])


def test_a_constant_or_empty_column_does_not_spoil_the_others(parsed):
    recording = parsed("t,a,b,c\n" + "".join(f"{i},{i % 3},7,\n" for i in range(12)))
    assert list(recording.channels) == ["a", "b"]
    assert any("Ignored (empty): c" in note for note in recording.notes)


def test_a_column_of_words_is_left_out_and_said(parsed):
    recording = parsed("t,a,state\n" + "".join(f"{i},{i % 3},{'on' if i % 2 else 'off'}\n" for i in range(12)))
    assert list(recording.channels) == ["a"]
    assert any("Ignored (not numbers): state" in note for note in recording.notes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"time_column": "hour"}, "no column 'hour'.* t, a, state"),
        ({"time_column": "state"}, "no times in column state"),
        ({"decimal": ","}, "no column of values besides the time"),
    ],
    ids=["no such column", "no times in it", "wrong decimal mark"],
)
def test_options_that_do_not_fit_are_explained(parsed, options, words):
    with pytest.raises(DataError, match=words):
        parsed("t;a;state\n" + "".join(f"{i};{i + 0.5};on\n" for i in range(12)), **options)


def test_a_file_that_is_marked_as_utf8_and_is_not_is_told_with_its_row(parsed):
    with pytest.raises(DataError, match=r"pump.csv is marked as UTF-8, but row 3 holds other bytes. Save it as UTF-8"):
        parsed(b"\xef\xbb\xbfa,b\n1,2\n3,\xff4\n5,6\n")


def test_names_are_cut_and_an_archive_of_thousands_of_arrays_is_refused(parsed, tmp_path):
    recording = parsed("t," + "x" * 5000 + "\n" + "\n".join(f"{k},{k % 3}" for k in range(20)))
    assert [len(name) for name in recording.channels] == [200]
    np.savez(tmp_path / "many.npz", **{f"a{k}": np.zeros(3) for k in range(300)})
    with pytest.raises(DataError, match="300 columns; at most 256 can be read"):
        parsed((tmp_path / "many.npz").read_bytes(), "many.npz")
    np.savez(tmp_path / "long.npz", **{"a" * 300: np.zeros(3)})
    with pytest.raises(DataError, match=r"has a name of 304 characters. Give it a shorter one"):
        parsed((tmp_path / "long.npz").read_bytes(), "long.npz")
