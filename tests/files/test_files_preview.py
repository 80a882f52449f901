"""The bench's view of a file: rows as parsed, what was detected, and why it cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denoise_core.errors import DataError
from denoise_core.files import Preview, ReadOptions, preview
from denoise_core.files.options import ROLES, Limits
from denoise_core.files.sandbox.look import ROWS, look

AWKWARD = sorted(path for path in (Path(__file__).parents[1] / "data" / "awkward").iterdir() if path.suffix not in (".py", ""))


@pytest.mark.parametrize("path", AWKWARD, ids=lambda path: path.name)
def test_every_awkward_file_can_be_looked_at(path):
    found = look(path, name=path.name, options=ReadOptions(), limits=Limits())
    assert 2 <= len(found.rows) <= ROWS + 1
    assert {row.use for row in found.rows} <= {"", "groups", "names", "units", "values"}
    assert {column.role for column in found.columns} <= {*ROLES, "empty"}
    assert bool(found.fault) == (path.name == "47_mostly_overload.csv")
    assert Preview.from_json(json.loads(json.dumps(found.to_json()))) == found


def looked_at(folder, data, **options):
    path = folder / "looked-at"
    path.write_bytes(data.encode())
    return look(path, name="pump.csv", options=ReadOptions(**options), limits=Limits())


def test_rows_are_numbered_as_in_the_file_and_say_what_they_were_read_as(folder):
    data = "Device 7\n\nt;p\ns;bar\n" + "".join(f"{i};{'OVL' if i == 3 else i % 5},5\n" for i in range(30)) + "Mean;2,5\n"
    found = looked_at(folder, data.replace("OVL,5", "OVL"))
    assert [(row.number, row.use) for row in found.rows[:4]] == [(1, ""), (3, "names"), (4, "units"), (5, "values")]
    assert found.rows[3].cells == ("0", "0,5")
    assert found.found == {"delimiter": ";", "decimal": ",", "header": 3, "footer": 1, "time_column": "t"}
    assert found.words == {"OVL": 1}
    assert [(column.name, column.unit, column.role) for column in found.columns] == [("t", "s", "time"), ("p", "bar", "value")]


def test_options_are_followed_and_a_wrong_one_is_told_as_the_fault(folder):
    data = "t;p\n" + "".join(f"{i};{i % 5}\n" for i in range(30))
    assert looked_at(folder, data, roles={"p": "ignore"}).columns[1].role == "ignore"
    assert "has no column of values besides the time" in looked_at(folder, data, roles={"p": "ignore"}).fault
    assert "There is no column 'q'" in looked_at(folder, data, time_column="q").fault
    assert looked_at(folder, data, header=0).found["header"] == 0


def test_words_alone_are_shown_with_the_reason_why_they_cannot_be_read(folder):
    found = looked_at(folder, "name,town\nann,rome\nbob,oslo\n")
    assert [row.cells for row in found.rows] == [("name", "town"), ("ann", "rome"), ("bob", "oslo")]
    assert "has no column of numbers" in found.fault


def test_a_file_is_looked_at_in_the_sandbox(tmp_path):
    (tmp_path / "pump.csv").write_text("t,p\n0,1\n1,2\n2,1.5\n")
    found = preview(tmp_path / "pump.csv", options=ReadOptions(gap_words=("2",)))
    assert found.fault == ""
    assert found.found["gap_words"] == ["2"] or found.found["gap_words"] == ("2",)
    with pytest.raises(DataError, match="is empty"):
        preview(b"", name="x.csv")


PIECES = st.sampled_from(
    ["1", "-2,5", "0.5", "OVL", "", " ", '"', "1e300", "inf", "10:75:00", "2024-02-30", "%", "#", "1.2.3", "NaN", "é"]
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(PIECES, min_size=1, max_size=4), min_size=1, max_size=14), mark=st.sampled_from([",", ";", "\t", " "])
)
def test_any_table_ends_in_a_recording_or_a_sentence_and_can_be_looked_at(folder, parsed, rows, mark):
    text = "\n".join(mark.join(row) for row in rows)
    fault, found = "", None
    try:
        found = looked_at(folder, text)
        fault = found.fault
    except DataError as error:
        fault = str(error)
    try:
        recording = parsed(text)
    except DataError as error:
        told = str(error)
    else:
        assert len(recording) >= 2
        told = ""
    assert told == fault
