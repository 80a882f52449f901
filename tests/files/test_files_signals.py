"""MATLAB, HDF5, TDMS, EDF, UFF, JSON and packed files: read with rates, units and starts, and written back in kind."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import os
import zipfile

import h5py
import numpy as np
import pyedflib
import pytest
import pyuff
from hypothesis import given, settings
from hypothesis import strategies as st
from nptdms import ChannelObject, RootObject, TdmsFile, TdmsWriter
from scipy.io import loadmat, savemat

from denoise_core.errors import DataError
from denoise_core.files.options import Limits
from denoise_core.files.writing import denoised_name

RNG = np.random.default_rng(11)
VALUES = RNG.normal(size=300)
START = np.datetime64("2024-03-01T10:00:00")


def mat(variables, **options):
    out = io.BytesIO()
    savemat(out, variables, **options)
    return out.getvalue()


def hdf5(fill, **options):
    out = io.BytesIO()
    with h5py.File(out, "w", **options) as file:
        fill(file)
    return out.getvalue()


def tdms(*channels):
    out = io.BytesIO()
    with TdmsWriter(out) as writer:
        writer.write_segment([RootObject({"operator": "N.N."}), *channels])
    return out.getvalue()


WAVE = {"wf_increment": 0.01, "wf_start_offset": 0.0, "wf_start_time": START, "unit_string": "bar"}


def edf(folder, signals, *, rate=100.0, unit="uV", kind=pyedflib.FILETYPE_EDFPLUS):
    path = str(folder / "made.edf")
    writer = pyedflib.EdfWriter(path, len(signals), file_type=kind)
    writer.setStartdatetime(dt.datetime(2024, 3, 1, 10))
    for k, (label, _) in enumerate(signals.items()):
        header = {"label": label, "dimension": unit, "sample_frequency": rate, "physical_max": 5.0, "physical_min": -5.0}
        bits = 23 if kind == pyedflib.FILETYPE_BDFPLUS else 15
        more = {"digital_max": 2**bits - 1, "digital_min": -(2**bits), "prefilter": "", "transducer": ""}
        writer.setSignalHeader(k, header | more)
    writer.writeSamples(list(signals.values()))
    writer.close()
    return open(path, "rb").read()


def uff(folder, records):
    path = str(folder / "made.uff")
    if os.path.exists(path):
        os.remove(path)
    file = pyuff.UFF(path)
    for k, (name, values) in enumerate(records.items()):
        x = np.arange(values.size) * 0.01
        data = pyuff.prepare_58(
            binary=k % 2,
            id1=name,
            func_type=1,
            rsp_node=k + 1,
            rsp_dir=3,
            ref_node=1,
            ref_dir=1,
            data=values,
            x=x,
            num_pts=values.size,
            abscissa_spacing=1,
            abscissa_inc=0.01,
            abscissa_min=0.0,
            abscissa_spec_data_type=17,
            abscissa_axis_units_lab="s",
            ord_data_type=4,
            ordinate_spec_data_type=12,
            ordinate_axis_units_lab="m/s2",
            orddenom_spec_data_type=0,
            z_axis_spec_data_type=0,
        )
        file.write_sets(data, mode="overwrite" if k == 0 else "add")
    return open(path, "rb").read()


def check(recording, unit, *, rate=100.0, start=START, channel="p", tolerance=0.0):
    np.testing.assert_allclose(recording.channels[channel], VALUES, atol=tolerance)
    assert recording.units.get(channel, "") == unit
    assert recording.time.rate_hz == pytest.approx(rate)
    assert recording.time.start == start


def test_matlab_variables_and_structs_are_read_with_their_rate(parsed, rewritten):
    data = mat(
        {"p": VALUES, "p_units": "bar", "fs": 100.0, "note": "a pump", "odd": np.ones(7), "start_time": "2024-03-01 10:00:00"}
    )
    recording = parsed(data, "pump.mat")
    check(recording, "bar")
    made = loadmat(io.BytesIO(rewritten(recording, {"p": VALUES * 2}, data)))
    np.testing.assert_array_equal(made["p_denoised"].ravel(), VALUES * 2)
    np.testing.assert_array_equal(made["p"].ravel(), VALUES)
    assert made["note"][0] == "a pump"
    recording = parsed(mat({"run": {"t": np.arange(300) / 50, "x": np.stack([VALUES, -VALUES], axis=1)}}), "run.mat")
    assert list(recording.channels) == ["x 1", "x 2"]
    assert recording.time.rate_hz == pytest.approx(50.0)
    np.testing.assert_array_equal(recording.channels["x 2"], -VALUES)


def test_hdf5_datasets_keep_rate_unit_and_start(parsed, rewritten):
    def fill(file):
        group = file.create_group("logger")
        group.attrs["sampling_rate"] = 100.0
        group.attrs["start_time"] = "2024-03-01T10:00:00Z"
        group.create_dataset("p", data=VALUES, compression="gzip").attrs["units"] = "bar"
        group.create_dataset("q", data=-VALUES)
        file["other"] = np.arange(5.0)

    data = hdf5(fill)
    recording = parsed(data, "pump.h5")
    check(recording, "bar")
    assert list(recording.channels) == ["p", "q"]
    with h5py.File(io.BytesIO(rewritten(recording, {"p": VALUES * 2}, data))) as made:
        np.testing.assert_array_equal(made["logger/p_denoised"][()], VALUES * 2)
        assert made["logger/p_denoised"].attrs["units"] == "bar"
        np.testing.assert_array_equal(made["logger/p"][()], VALUES)
    assert "other" not in recording.channels
    assert list(parsed(data, "pump.h5", sheet="All signals").channels) == ["other"]


def test_matlab_7_3_is_read_and_written_as_hdf5(parsed, rewritten):
    def fill(file):
        for name, array in {"p": VALUES[None, :], "fs": np.array([[100.0]])}.items():
            file.create_dataset(name, data=array).attrs["MATLAB_class"] = np.bytes_("double")
        file.create_dataset("title", data=np.array([[80, 81]], dtype=np.uint16)).attrs["MATLAB_class"] = np.bytes_("char")

    data = hdf5(fill, userblock_size=512)
    data = b"MATLAB 7.3 MAT-file".ljust(512, b" ") + data[512:]
    recording = parsed(data, "pump.mat")
    check(recording, "", start=None)
    made = rewritten(recording, {"p": VALUES * 2}, data)
    assert made[:19] == b"MATLAB 7.3 MAT-file"
    with h5py.File(io.BytesIO(made)) as file:
        np.testing.assert_array_equal(file["p_denoised"][()], VALUES[None, :] * 2)
        assert file["p_denoised"].attrs["MATLAB_class"] == b"double"


def test_a_table_of_hdf5_is_read_by_its_fields(parsed, rewritten):
    rows = np.array(list(zip(np.arange(300) / 100, VALUES, strict=True)), dtype=[("time", "f8"), ("p [bar]", "f4")])
    data = hdf5(lambda file: file.create_dataset("run/table", data=rows))
    recording = parsed(data, "run.h5")
    np.testing.assert_allclose(recording.channels["p"], VALUES, rtol=1e-6)
    assert recording.units == {"p": "bar"}
    assert recording.time.rate_hz == pytest.approx(100.0)
    with h5py.File(io.BytesIO(rewritten(recording, {"p": VALUES}, data))) as made:
        assert len(made["run"]) == 2


def test_hdf5_never_reads_another_file(parsed, tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["key"] = np.arange(50.0)
    raw = tmp_path / "secret.bin"
    raw.write_bytes(bytes(800))

    def fill(file):
        file["p"] = VALUES
        file["link"] = h5py.ExternalLink(str(secret), "key")
        file.create_dataset("outside", shape=(100,), dtype="f8", external=[(str(raw), 0, 800)])
        virtual = h5py.VirtualLayout(shape=(50,), dtype="f8")
        virtual[:] = h5py.VirtualSource(str(secret), "key", shape=(50,))
        file.create_virtual_dataset("virtual", virtual)

    assert [*parsed(hdf5(fill), "x.h5").channels] == ["p"]

    def fill_without_own_data(file):
        fill(file)
        del file["p"]

    with pytest.raises(DataError, match="without any series"):
        parsed(hdf5(fill_without_own_data), "x.h5")


def test_tdms_channels_keep_rate_unit_and_start(parsed, rewritten, tmp_path):
    data = tdms(
        ChannelObject("run", "p", VALUES, WAVE), ChannelObject("run", "q", -VALUES, WAVE), ChannelObject("log", "w", ["a", "b"])
    )
    recording = parsed(data, "pump.tdms")
    check(recording, "bar")
    assert list(recording.channels) == ["p", "q"]
    made = rewritten(recording, {"q": VALUES * 2}, data)
    assert made[: len(data)] == data
    (tmp_path / "made.tdms").write_bytes(made)
    back = TdmsFile.read(str(tmp_path / "made.tdms"))["run"]["q_denoised"]
    np.testing.assert_array_equal(back[:], VALUES * 2)
    assert back.properties["unit_string"] == "bar"
    check(parsed(made, "pump.tdms"), "bar")


@pytest.mark.parametrize("kind", [pyedflib.FILETYPE_EDFPLUS, pyedflib.FILETYPE_BDFPLUS], ids=["EDF", "BDF"])
def test_edf_signals_keep_rate_unit_start_and_bits(parsed, rewritten, folder, kind):
    data = edf(folder, {"p": VALUES, "q": -VALUES}, kind=kind)
    recording = parsed(data, "night.edf")
    check(recording, "uV", tolerance=2e-4)
    made = rewritten(recording, {"p": recording.channels["p"] / 2}, data)
    again = parsed(made, "night.edf")
    np.testing.assert_allclose(again.channels["p_denoised"], recording.channels["p"] / 2, atol=2e-4)
    for name in ("p", "q"):
        np.testing.assert_array_equal(again.channels[name], recording.channels[name])
    assert (again.time.rate_hz, again.time.start) == (recording.time.rate_hz, recording.time.start)


def test_uff_records_keep_rate_and_unit(parsed, rewritten, folder):
    data = uff(folder, {"p": VALUES, "q": -VALUES})
    recording = parsed(data, "beam.uff")
    check(recording, "m/s2", start=None, tolerance=1e-12)
    again = parsed(rewritten(recording, {"q": VALUES * 2}, data), "beam.uff")
    np.testing.assert_allclose(again.channels["q_denoised"], VALUES * 2, rtol=1e-9)
    assert again.units["q_denoised"] == "m/s2"
    check(again, "m/s2", start=None, tolerance=1e-12)


RECORDS = [{"time": i / 100, "p (bar)": float(v), "state": "on"} for i, v in enumerate(VALUES)]
JSON = {
    "records": json.dumps(RECORDS, indent=2),
    "lines": "\n".join(map(json.dumps, RECORDS)) + "\n",
    "nested": json.dumps({"device": "x", "runs": {"data": RECORDS}}),
    "columns": json.dumps({"fs": 100, "p (bar)": VALUES.tolist(), "q": [None] * 4 + VALUES.tolist()[4:]}),
    "rows": json.dumps([[i / 100, float(v)] for i, v in enumerate(VALUES)]),
    "values": json.dumps({"fs": 100, "p": VALUES.tolist()}),
}


@pytest.mark.parametrize("case", JSON)
def test_json_is_read_and_written_in_its_own_shape(parsed, rewritten, case):
    recording = parsed(JSON[case], "pump.json")
    channel = "column 2" if case == "rows" else "p"
    np.testing.assert_array_equal(recording.channels[channel], VALUES)
    assert recording.time.rate_hz == pytest.approx(100.0)
    made = rewritten(recording, {channel: VALUES * 2}, JSON[case]).decode()
    again = parsed(made, "pump.json")
    found = again.channels[{"rows": "column 3", "values": "p"}.get(case, "p_denoised")]
    np.testing.assert_array_equal(found, VALUES * 2)
    if case != "values":
        np.testing.assert_array_equal(again.channels[channel], VALUES)
    assert made.count("\n") == (JSON[case].count("\n") + 300 if case == "records" else JSON[case].count("\n"))


CSV = "t,x\n" + "".join(f"{i},{v:.6f}\n" for i, v in enumerate(VALUES))


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_packed_files_are_read_and_packed_again(parsed, rewritten):
    for data, unpack in (
        (gzip.compress(CSV.encode()), gzip.decompress),
        (zipped({"run.csv": CSV, "__MACOSX/run.csv": "x"}), None),
    ):
        recording = parsed(data, "run.csv.gz")
        np.testing.assert_allclose(recording.channels["x"], VALUES, atol=1e-6)
        made = rewritten(recording, {"x": VALUES}, data)
        text = unpack(made) if unpack else zipfile.ZipFile(io.BytesIO(made)).read("run.csv")
        assert text.splitlines()[0] == b"t,x,x_denoised"
    assert denoised_name("run.csv.gz") == "run_denoised.csv.gz"
    assert denoised_name("run.zip") == "run_denoised.zip"


def test_what_unpacks_to_too_much_is_refused_whatever_packs_it(parsed):
    zeros = bytes(40 * 2**20)
    flood = np.zeros(5 * 2**20)
    for name, data in {
        "x.csv.gz": gzip.compress(zeros),
        "x.zip": zipped({"x.csv": zeros}),
        "x.mat": mat({"x": flood}, do_compression=True),
        "x.h5": hdf5(lambda file: file.create_dataset("x", data=flood, compression="gzip", shuffle=True)),
    }.items():
        assert len(data) < 10**6
        with pytest.raises(DataError, match=r"times (?:its|of its) size|times its size"):
            parsed(data, name)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("two.zip", zipped({"a.csv": CSV, "b.csv": CSV}), "2 files"),
        ("cut.csv.gz", gzip.compress(CSV.encode())[:-400], "cannot be unpacked"),
        ("deep.json", b"[" * 100_000, "not valid JSON|too deeply"),
        ("cut.json", b'[{"a": 1}, {"a"', "not valid JSON"),
        ("none.json", b'{"a": "b"}', "without a table"),
        ("cut.mat", mat({"x": VALUES})[:900], "MATLAB file that is damaged"),
        ("none.mat", mat({"x": "words"}), "without any series"),
        ("cut.h5", hdf5(lambda file: file.create_dataset("x", data=VALUES))[:1500], "HDF5 file that is damaged"),
        ("cut.tdms", tdms(ChannelObject("g", "x", VALUES))[:60], "TDMS file"),
        ("cut.uff", b"    -1\n    58\n1\n2\n    -1\n", "UFF file"),
    ],
)
def test_a_broken_or_empty_file_ends_in_a_sentence(parsed, name, data, words):
    with pytest.raises(DataError, match=words):
        parsed(data, name)


BROKEN = {
    "x.mat": mat({"x": VALUES, "s": {"y": VALUES}}),
    "x.h5": hdf5(lambda file: file.create_dataset("x", data=VALUES, compression="gzip")),
    "x.tdms": tdms(ChannelObject("g", "x", VALUES, WAVE)),
    "x.json": json.dumps(RECORDS[:40]).encode(),
    "x.csv.gz": gzip.compress(CSV.encode()),
}


@settings(max_examples=60, deadline=None)
@given(case=st.sampled_from(sorted(BROKEN)), place=st.floats(0, 1), byte=st.integers(0, 255), cut=st.floats(0.2, 1.5))
def test_bytes_turned_at_random_end_in_a_recording_or_a_sentence(parsed, case, place, byte, cut):
    data = bytearray(BROKEN[case])
    data[int(place * (len(data) - 1))] = byte
    try:
        recording = parsed(bytes(data[: int(cut * len(data)) + 1]), case, limits=Limits(samples=10**6, unpacked_bytes=10**8))
    except (DataError, MemoryError):
        return
    assert len(recording) > 1
