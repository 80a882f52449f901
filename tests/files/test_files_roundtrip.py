"""Any dialect: the numbers that were written are read, and come back byte for byte with the result beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    decimal: str
    end: str
    codec: str
    header: bool
    units: bool
    preamble: bool
    gap: str
    trailing: bool


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    decimal = draw(st.sampled_from([".", ","])) if delimiter != "," else "."
    header = draw(st.booleans())
    gaps = ["NaN", "nan", "#N/A", "n/a"] + ([""] if delimiter != " " else [])
    return Dialect(
        delimiter=delimiter,
        decimal=decimal,
        end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        codec=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        header=header,
        units=header and draw(st.booleans()),
        preamble=header and draw(st.booleans()),
        gap=draw(st.sampled_from(gaps)),
        trailing=delimiter in ",;|" and draw(st.booleans()),
    )


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Numbers of shape (n, channels) with some gaps; the time column is not among them."""
    n, count = draw(st.integers(12, 40)), draw(st.integers(1, 4))
    flat = draw(st.lists(FINITE, min_size=n * count, max_size=n * count))
    table = np.array(flat).reshape(n, count)
    table[draw(st.integers(1, n - 1)), 0] = np.nan
    table[0] = np.where(np.isnan(table[0]), 0.5, table[0])
    return table


def number(value: float, decimal: str, gap: str) -> str:
    return gap if math.isnan(value) else repr(float(value)).replace(".", decimal)


def as_text(table: np.ndarray, dialect: Dialect) -> str:
    rows = [
        [f"{i / 4:.2f}".replace(".", dialect.decimal), *(number(v, dialect.decimal, dialect.gap) for v in row)]
        for i, row in enumerate(table)
    ]
    names = ["time"] + [f"ch{k}ü" for k in range(table.shape[1])]
    head = [["Gerät X"], ["Serial 12345"]] if dialect.preamble and dialect.delimiter != " " else []
    head += [names] if dialect.header else []
    head += [["s"] + ["bar"] * table.shape[1]] if dialect.units else []
    lines = [dialect.delimiter.join(row) for row in head + rows]
    return dialect.end.join(line + dialect.delimiter * dialect.trailing for line in lines) + dialect.end


@settings(max_examples=150, deadline=None)
@given(table=tables(), dialect=dialects())
def test_every_dialect_is_read_to_the_last_digit(parsed, table, dialect):
    recording = parsed(as_text(table, dialect).encode(dialect.codec))
    found = np.stack(list(recording.channels.values()), axis=1)
    np.testing.assert_array_equal(found, table)
    assert recording.time.rate_hz == 4.0
    if dialect.header:
        assert list(recording.channels) == [f"ch{k}ü" for k in range(table.shape[1])]
    if dialect.units:
        assert set(recording.units.values()) == {"bar"}


@settings(max_examples=150, deadline=None)
@given(table=tables(), dialect=dialects(), seed=st.integers(0, 1000))
def test_writing_keeps_every_byte_and_adds_the_result_to_seven_digits(parsed, rewritten, table, dialect, seed):
    data = as_text(table, dialect).encode(dialect.codec)
    recording = parsed(data)
    channel = next(iter(recording.channels))
    result = table[:, 0] + np.random.default_rng(seed).normal(size=len(table))
    written = rewritten(recording, {channel: result}, data)
    # The old text is what remains of each new line when as much is taken from its end as was added to it.
    codec = dialect.codec
    old, new = data.decode(codec).split(dialect.end), written.decode(codec).split(dialect.end)
    assert len(old) == len(new)
    assert all(after.startswith(before) for before, after in zip(old, new, strict=True))
    assert '"' not in written.decode(codec)
    assert written[:3] == data[:3] or dialect.codec not in ("utf-8-sig", "utf-16")
    again = parsed(written)
    name = f"{channel}_denoised" if dialect.header else list(again.channels)[-1]
    np.testing.assert_allclose(again.channels[name], result, rtol=1e-7)
    if dialect.units:
        assert again.units[name] == "bar"


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.one_of(FINITE, st.just(math.nan)), min_size=12, max_size=60), decimal=st.sampled_from(".,"))
def test_a_single_column_is_read_and_its_gaps_kept(parsed, rewritten, values, decimal):
    values = [0.25, *values, 1.5]
    data = "value\n" + "\n".join(number(v, decimal, "") for v in values) + "\n"
    recording = parsed(data, delimiter="", decimal=decimal)
    np.testing.assert_array_equal(recording.channels["value"], values)
    written = rewritten(recording, {"value": np.ones(len(values))}, data).decode()
    delimiter = ";" if decimal == "," else ","
    assert written.splitlines()[0] == f"value{delimiter}value_denoised"
    assert all(line.endswith(f"{delimiter}1") for line in written.splitlines()[1:])


def test_quoted_cells_with_decimal_commas_between_commas_stay_quoted(parsed, rewritten):
    data = '"t [s]","Druck [bar]"\r\n' + "".join(f'"0,{i}","1,{i}"\r\n' for i in range(10, 30))
    recording = parsed(data)
    np.testing.assert_allclose(recording.channels["Druck"], 1 + np.arange(10, 30) / 100)
    lines = rewritten(recording, {"Druck": recording.channels["Druck"]}, data).decode().split("\r\n")
    assert lines[0] == '"t [s]","Druck [bar]","Druck_denoised [bar]"'
    assert lines[1] == '"0,10","1,10","1,1"'


def test_newest_first_is_turned_round_and_written_back_in_file_order(parsed, rewritten):
    data = "time,x\n" + "".join(f"{(50 - i) / 10},{i}\n" for i in range(20))
    recording = parsed(data)
    np.testing.assert_allclose(recording.time.values, 3.1 + np.arange(20) / 10, rtol=1e-12)
    np.testing.assert_array_equal(recording.channels["x"], np.arange(20)[::-1])
    assert any("newest" in note for note in recording.notes)
    written = rewritten(recording, {"x": recording.channels["x"] + 100}, data).decode().splitlines()
    assert written[1] == "5.0,0,100"
    assert written[-1] == "3.1,19,119"


def test_comments_and_blank_lines_stay_where_they_are(parsed, rewritten):
    data = "# made by hand\nt,x\n0,1.5\n\n# pause\n1,2.5\n2,3.5\n3,1.5\n"
    recording = parsed(data)
    np.testing.assert_array_equal(recording.channels["x"], [1.5, 2.5, 3.5, 1.5])
    written = rewritten(recording, {"x": np.array([1.0, 2, 3, 4])}, data).decode()
    assert written == "# made by hand\nt,x,x_denoised\n0,1.5,1\n\n# pause\n1,2.5,2\n2,3.5,3\n3,1.5,4\n"


def test_gaps_of_a_result_are_written_as_the_file_writes_its_own(parsed, rewritten):
    data = "t;x\n" + "".join(f"{i};{'---' if i == 5 else i / 2}\n" for i in range(12))
    recording = parsed(data)
    written = rewritten(recording, {"x": recording.channels["x"]}, data).decode().splitlines()
    assert written[6] == "5;---;---"


def test_a_cut_off_last_row_is_a_gap_and_keeps_the_columns_aligned(parsed, rewritten):
    data = "t,a,b\n" + "".join(f"{i},{i / 2},{i / 4}\n" for i in range(10)) + "10,5"
    recording = parsed(data)
    assert np.isnan(recording.channels["b"][-1])
    assert any("cut off" in note and "12" in note for note in recording.notes)
    assert rewritten(recording, {"a": np.ones(11)}, data).decode().splitlines()[-1] == "10,5,,1"


def test_names_that_a_spreadsheet_would_run_are_escaped(parsed, rewritten):
    data = "t,=cmd\n" + "".join(f"{i},{i % 3}\n" for i in range(10))
    written = rewritten(parsed(data), {"=cmd": np.ones(10)}, data).decode()
    assert written.splitlines()[0] == "t,=cmd,'=cmd_denoised"


def test_residual_is_noisy_less_denoised(parsed, rewritten):
    data = "t,x\n" + "".join(f"{i},{i % 3}\n" for i in range(10))
    lines = rewritten(parsed(data), {"x": np.full(10, 0.5)}, data, residual=True).decode().splitlines()
    assert lines[0] == "t,x,x_denoised,x_residual"
    assert lines[3] == "2,2,0.5,1.5"


def test_numbers_keep_the_digits_of_the_input(parsed, rewritten):
    data = "t,x\n" + "".join(f"{i},{1 + i / 1e11:.11f}\n" for i in range(10))
    recording = parsed(data)
    written = rewritten(recording, {"x": recording.channels["x"]}, data)
    np.testing.assert_allclose(parsed(written).channels["x_denoised"], recording.channels["x"], rtol=1e-12)
