"""Makes the awkward files of this folder: ``python tests/data/awkward/make.py``. They are kept, so that a test reads bytes, not code.

All hold the same 40 values at 10 Hz where nothing else is said: ``x[i] == round(sin(i / 5) * 3, 3)``.
"""

# ruff: noqa: E501
from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyedflib
import pyuff
from nptdms import ChannelObject, TdmsWriter
from openpyxl.utils.datetime import to_excel
from scipy.io import savemat, wavfile

HERE = Path(__file__).parent
N = 40
X = np.round(np.sin(np.arange(N) / 5) * 3, 3)
T = np.arange(N) / 10
START = dt.datetime(2024, 3, 1, 10)


def comma(value: float, form: str = "{:.3f}") -> str:
    return form.format(value).replace(".", ",")


def table(header: str, row, *, n: int = N, end: str = "\n") -> str:
    return header + "".join(row(i) + end for i in range(n))


def moments(form: str) -> list[str]:
    return [(START + dt.timedelta(seconds=i)).strftime(form) for i in range(N)]


def text_files() -> dict[str, str | bytes]:
    plain = table("t,x\n", lambda i: f"{T[i]},{X[i]}")
    iso, us, dots = moments("%Y-%m-%dT%H:%M:%S"), moments("%m/%d/%Y %I:%M:%S %p"), moments("%d.%m.%Y;%H:%M:%S")
    grouped = [f"{1000 + i:,}.5" for i in range(N)]
    words = {3: "OVL", 4: "OVL", 9: "Bad", 12: "---", 20: "error 17"}
    return {
        "01_overload_words.csv": table("t,x [mm]\n", lambda i: f"{T[i]},{words.get(i, X[i])}"),
        "02_footer_mean.csv": plain + f"Mean,{X.mean():.3f}\nMax,{X.max():.3f}\n",
        "03_footer_prose.csv": plain + "\n*** end of measurement, 40 samples ***\n",
        "04_bom.csv": ("\ufeff" + plain).encode(),
        "05_utf16_le.txt": table("t\tFüllstand [m]\n", lambda i: f"{T[i]}\t{X[i]}", end="\r\n").encode("utf-16"),
        "06_utf16_be_no_mark.txt": plain.encode("utf-16-be"),
        "07_semicolon_decimal_comma.csv": table("Zeit;Druck (bar)\n", lambda i: f"{comma(T[i], '{:.1f}')};{comma(X[i])}"),
        "08_thousands_points.csv": table("t;Kraft [N]\n", lambda i: f"{comma(T[i], '{:.1f}')};{1 + i // 10}.{i:03d},5"),
        "09_thousands_quoted.csv": table("t,force N/mm²\n", lambda i: f'{T[i]},"{grouped[i]}"'),
        "10_units_row.csv": table("time;pressure;temp\ns;bar;°C\n", lambda i: f"{T[i]};{X[i]};{20 + X[i]:.3f}"),
        "11_two_header_rows.csv": table(",Pump,,Fan,\nt,min,max,min,max\n", lambda i: f"{T[i]},{X[i]},{X[i] + 1:.3f},{X[i]},7.{i}"),
        "12_comment_preamble.txt": "# Logger 7\n# started 2024-03-01\n#\n# t x\n" + table("", lambda i: f"{T[i]} {X[i]}"),
        "13_long_preamble.csv": "Device;X200\nSerial;12345\nOperator;N. N.\nRange;10\n\n" + plain.replace(",", ";"),
        "14_trailing_delimiter.csv": table("t;x;\n", lambda i: f"{T[i]};{X[i]};"),
        "15_ragged_short.csv": table("t,x,y\n", lambda i: f"{T[i]},{X[i]}" if i in (5, 17) else f"{T[i]},{X[i]},{i}"),
        "16_ragged_remark.csv": table("t,x\n", lambda i: f"{T[i]},{X[i]}{',valve opened' if i == 8 else ''}"),
        "17_ragged_long.csv": table("t,x\n", lambda i: f"{T[i]},{X[i]}{',9.5' if i == 8 else ''}"),
        "18_quoted_numbers.csv": table('"t","x"\n', lambda i: f'"{T[i]}","{X[i]}"'),
        "19_am_pm.csv": table("Time,x\n", lambda i: f"{us[i]},{X[i]}"),
        "20_iso_zone.csv": table("timestamp,x\n", lambda i: f"{iso[i]}+02:00,{X[i]}"),
        "21_epoch_ms.csv": table("ts,x\n", lambda i: f"{1709287200000 + 100 * i},{X[i]}"),
        "22_duplicate_names.csv": table("t,x,x,x\n", lambda i: f"{T[i]},{X[i]},{-X[i]},{2 * X[i]:.3f}"),
        "23_empty_columns.csv": table("t,,x,spare\n", lambda i: f"{T[i]},,{X[i]},"),
        "24_one_column_no_header.txt": table("", lambda i: f"{X[i]}"),
        "25_three_rows.csv": "t,x\n0,1.5\n0.1,2.5\n0.2,1.0\n",
        "26_cr_line_ends.csv": plain.replace("\n", "\r"),
        "27_nul_bytes.csv": plain.encode() + bytes(64),
        "28_currency.csv": table("day,price\n", lambda i: f"{dt.date(2024, 1, 1) + dt.timedelta(i)},$1,{i:03d}.50".replace("$1,", '"$1,') + '"'),
        "29_percent.csv": table("t;load\n", lambda i: f"{T[i]};{50 + X[i]:.1f} %"),
        "30_value_with_unit.csv": table("t;speed\n", lambda i: f"{comma(T[i], '{:.1f}')};{comma(X[i])} km/h"),
        "31_labview.lvm": (
            "LabVIEW Measurement\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\nDecimal_Separator\t.\nMulti_Headings\tNo\n"
            "X_Columns\tOne\nTime_Pref\tRelative\n***End_of_Header***\t\nChannels\t1\nSamples\t40\nDate\t2024/03/01\n"
            "Time\t10:00:00.000000\nY_Unit_Label\tVolts\nX_Dimension\tTime\nX0\t0.0\nDelta_X\t0.1\n***End_of_Header***\n"
            + table("X_Value\tVoltage\tComment\n", lambda i: f"{T[i]:.6f}\t{X[i]:.6f}")
        ),
        "32_fixed_width.txt": table("   time         x\n", lambda i: f"{T[i]:7.1f} {X[i]:9.3f}"),
        "33_excel_serial_dates.csv": table("Date,x\n", lambda i: f"{to_excel(START + dt.timedelta(hours=i)):.9f},{X[i]}"),
        "34_vibration_unit.csv": table('t_ms,"Vibration, mm/s",Speed km/h\n', lambda i: f"{100 * i},{X[i]},{30 + X[i]:.3f}"),
        "35_minutes_of_75.csv": table("clock,x\n", lambda i: f"{'10:75:00' if i == 7 else f'10:00:{i:02d}'},{X[i]}"),
        "36_time_of_1e300.csv": table("t,x\n", lambda i: f"{'1e300' if i == 39 else T[i]},{X[i]}"),
        "37_gap_codes.csv": table("t,x\n", lambda i: f"{T[i]},{-999 if i in (5, 6) else X[i]}"),
        "38_infinite.csv": table("t,x\n", lambda i: f"{T[i]},{'inf' if i == 5 else X[i]}"),
        "39_date_and_time_columns.csv": table("Datum;Uhrzeit;Druck\n;;bar\n", lambda i: f"{dots[i]};{comma(X[i])}"),
        "40_newest_first.csv": table("time,x\n", lambda i: f"{iso[N - 1 - i]},{X[N - 1 - i]}"),
        "41_cp1252.csv": table("Zeit;Füllhöhe [µm]\n", lambda i: f"{comma(T[i], '{:.1f}')};{comma(X[i])}").encode("cp1252"),
        "42_pipes.txt": table("t | x\n", lambda i: f"{T[i]} | {X[i]}"),
        "43_tildes.txt": table("t~x\n", lambda i: f"{T[i]}~{X[i]}"),
        "44_scientific_fortran.txt": table("t x\n", lambda i: f"{T[i]:.1f} {X[i]:.6E}".replace("E", "D")),
        "45_repeated_header.csv": table("t,x\n", lambda i: f"{T[i]},{X[i]}" + ("\nt,x" if i == 19 else "")),
        "46_numbers_as_names.csv": table("10,20,30\n", lambda i: f"{X[i]},{-X[i]},{i % 3}"),
        "47_mostly_overload.csv": table("x\n", lambda i: "OVL" if i % 3 else f"{X[i]}"),
        "48_mixed_dates.csv": table("when,x\n", lambda i: f"{iso[i] if i != 3 else '01.03.2024 10:00:03'},{X[i]}"),
        "49_time_is_second.csv": table("x,elapsed s\n", lambda i: f"{X[i]},{T[i]}"),
        "50_blank_lines.csv": table("t,x\n\n", lambda i: f"{T[i]},{X[i]}\n"),
    }  # fmt: skip


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def merged() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        [None, "Pump", None, "Fan", None],
        ["t", "min", "max", "min", "max"],
        *([T[i], X[i], X[i] + 1, X[i], i] for i in range(N)),
    ):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("D1:E1")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def binary_files() -> dict[str, bytes]:
    rows = [
        ["time [s]", "p [bar]"],
        *([float(t), "OVL" if i == 4 else float(x)] for i, (t, x) in enumerate(zip(T, X, strict=True))),
    ]
    info = [["Device", "X200"], ["Serial", 12345], ["Range", 10]]
    moments = [START + dt.timedelta(seconds=i) for i in range(N)]
    records = [{"time": float(t), "p (bar)": float(x)} for t, x in zip(T, X, strict=True)]
    npz, out, flat = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.savez(npz, x=X, fs=10.0)
    pq.write_table(pa.table({"when": pa.array(moments), "p [bar]": X}), flat)
    savemat(out, {"run": {"p": X, "fs": 10.0}, "comment": "pump"})
    hdf, tdms = io.BytesIO(), io.BytesIO()
    with h5py.File(hdf, "w") as file:
        file.create_dataset("log/p", data=X).attrs["unit"] = "bar"
        file["log"].attrs["dt"] = 0.1
    with TdmsWriter(tdms) as writer:
        told = {"wf_increment": 0.1, "wf_start_time": np.datetime64(START), "wf_start_offset": 0.0, "unit_string": "bar"}
        writer.write_segment([ChannelObject("run", "p", X, told)])
    csv = "t,x\n" + "".join(f"{t},{x}\n" for t, x in zip(T, X, strict=True))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("run.csv", csv)
    return {
        "51_info_sheet_first.xlsx": workbook({"Info": info, "Data": rows}),
        "52_merged_header.xlsx": merged(),
        "53_sheet_with_footer.xlsx": workbook({"Data": [["when", "p [bar]"], *map(list, zip(moments, map(float, X), strict=True)), ["Mean", 0.3]]}),
        "54_records.json": json.dumps(records, indent=1).encode(),
        "55_lines.json": "\n".join(map(json.dumps, records)).encode(),
        "56_struct.mat": out.getvalue(),
        "57_groups.h5": hdf.getvalue(),
        "58_run.tdms": tdms.getvalue(),
        "59_packed.csv.gz": gzip.compress(csv.encode(), mtime=0),
        "60_packed.zip": packed.getvalue(),
        "61_array.npz": npz.getvalue(),
        "62_table.parquet": flat.getvalue(),
    }  # fmt: skip


def by_path(folder: Path) -> None:
    """Files that their libraries only write to a path."""
    wavfile.write(folder / "63_sound.wav", 8000, (X / 4).astype(np.float32))
    writer = pyedflib.EdfWriter(str(folder / "64_night.edf"), 1, file_type=pyedflib.FILETYPE_EDFPLUS)
    writer.setStartdatetime(START)
    told = {"label": "EEG", "dimension": "uV", "sample_frequency": 10, "physical_max": 4.0, "physical_min": -4.0}
    writer.setSignalHeader(0, told | {"digital_max": 32767, "digital_min": -32768, "prefilter": "", "transducer": ""})
    writer.writeSamples([X])
    writer.close()
    path = folder / "65_beam.uff"
    path.unlink(missing_ok=True)
    told = {"binary": 0, "id1": "p", "func_type": 1, "rsp_node": 1, "rsp_dir": 3, "ref_node": 1, "ref_dir": 1, "data": X, "x": T}
    told |= {"num_pts": N, "abscissa_spacing": 1, "abscissa_inc": 0.1, "abscissa_min": 0.0, "abscissa_spec_data_type": 17}
    told |= {"ord_data_type": 4, "ordinate_spec_data_type": 12, "orddenom_spec_data_type": 0, "z_axis_spec_data_type": 0}
    pyuff.UFF(str(path)).write_sets(
        pyuff.prepare_58(**told, abscissa_axis_units_lab="s", ordinate_axis_units_lab="m/s2"), mode="overwrite"
    )


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, content in (text_files() | binary_files()).items():
        (target / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    by_path(target)
