"""A model file is looked at without torch: its settings and channels are told, and what is wrong with it is said in words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from denoise_core.config import RunConfig
from denoise_core.errors import DataError
from denoise_core.model import about
from tests.models import NUMBERS, model_bytes

WHOLE = model_bytes("flow", "pressure")


def rewrite(**changes: object) -> bytes:
    """WHOLE with other entries in its JSON header."""
    length = int.from_bytes(WHOLE[:8], "little")
    header = json.loads(WHOLE[8 : 8 + length])
    raw = json.dumps(header | changes).encode()
    return len(raw).to_bytes(8, "little") + raw + WHOLE[8 + length :]


def test_the_files_of_these_tests_are_whole() -> None:
    assert load(WHOLE)["weight"].shape == (3, 4)


def test_the_header_tells_settings_and_channels_of_bytes_and_of_a_path_alike(tmp_path: Path) -> None:
    config = RunConfig().replace("window.length", 64)
    data = model_bytes("flow", "pressure", config=config, best_epoch=7)
    (tmp_path / "pump.denoiser").write_bytes(data)
    for header in (about(data, name="pump.denoiser"), about(tmp_path / "pump.denoiser")):
        assert (header.name, header.config, header.channels) == ("pump.denoiser", config, ("flow", "pressure"))
        assert (header.about["best_epoch"], header.about["channels"]["flow"]) == (7, NUMBERS)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", r"is not a model file \(usually \*.denoiser\). Choose one that this program saved."),
        (b"hello", "is not a model file"),
        (b"a;b\n1;2\n" * 100, "is not a model file"),
        ((2).to_bytes(8, "little") + b"{}", "is not a model file"),
        ((2).to_bytes(8, "little") + b"{]", "is not a model file"),
        ((2).to_bytes(8, "little") + b"{\xff", "is not a model file"),
        ((60_000).to_bytes(8, "little") + b'{"a":' + b"[" * 59_995, "is not a model file"),
        ((1 << 62).to_bytes(8, "little") + b"{}" * 50, "is not a model file"),
        (WHOLE[:4], "is not a model file"),
        (WHOLE[:100], "incomplete: it ends [0-9,]+ bytes too early. Copy or upload the model again."),
        (WHOLE[:-1], "incomplete: it ends 1 byte too early"),
        (WHOLE + b"!", "edited: its parts do not fit together .it is 1 byte too long"),
        (
            model_bytes("flow", format="denoise-model-0"),
            "has the format denoise-model-0, but this version reads .*Train and save",
        ),
        (rewrite(weight={"dtype": "F32", "shape": [3, 5], "data_offsets": [24, 72]}), "weight is not where it should be"),
        (rewrite(weight={"dtype": "F32", "shape": [-3, -4], "data_offsets": [24, 72]}), "weight is not where it should be"),
        (rewrite(weight={"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]}), "is not where it should be"),
        (rewrite(weight={"dtype": "F31", "shape": [3, 4], "data_offsets": [24, 72]}), "do not fit together"),
        (rewrite(weight=7), "do not fit together"),
        (rewrite(__metadata__=7), "is not a model file"),
        (model_bytes("flow", config=RunConfig().replace("model.hidden_size", 10**9)), "hidden_size = 1000000000 is above 512"),
        (model_bytes("flow", channels={"flow": NUMBERS | {"scale": float("nan")}}), "it holds nan, which is not a number"),
        (model_bytes("flow", channels={"flow": NUMBERS | {"scale": 0}}), "flow has offset 1.5, scale 0 "),
        (model_bytes("flow", channels={"flow": NUMBERS | {"offset": float("inf")}}), "it holds inf"),
        (model_bytes("flow", channels={"flow": {"offset": 1.0}}), "do not fit together .'scale'"),
        (model_bytes("flow", channels=["flow"]), "do not fit together"),
        (model_bytes(), "it lists no channels"),
        (model_bytes("flow", channels={"flow": NUMBERS | {"scale": "2"}}), "flow has offset 1.5, scale 2"),
        (model_bytes("flow", channels={"flow": NUMBERS | {"scale": 1e-200}}), "flow has offset 1.5, scale 1e-200"),
        (model_bytes("flow", channels={"flow": NUMBERS | {"unit": 7}}), "flow has the unit 7"),
        (model_bytes("flow", channels={"flow": NUMBERS | {"rate_hz": -1.0}}), "the sampling rate -1.0"),
        (model_bytes("flow", calibration=float("nan")), "it holds nan"),
        (model_bytes("flow", best_epoch=float("inf")), "it holds inf"),
        (model_bytes("flow", best_epoch=10**400), "whole number of more than 64 bits"),
        (model_bytes("flow", history=[[1.0, "x"]]), "what it says of its training is not numbers"),
        (model_bytes("flow", history=[[1.0, 2.0, 3.0]]), "do not fit together"),
        (
            rewrite(weight={"dtype": "F32", "shape": [2**62] * 100_000, "data_offsets": [24, 72]}),
            "weight is not where it should be",
        ),
    ],
)
def test_each_fault_is_said_in_words_with_a_remedy(data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "pump.denoiser").write_bytes(data)
    for source in (data, tmp_path / "pump.denoiser"):
        with pytest.raises(DataError, match=f"pump.denoiser .*{words}"):
            about(source, name="pump.denoiser")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none.denoiser cannot be read as a model file \(No such file"):
        about(tmp_path / "none.denoiser")


@settings(deadline=None, max_examples=300)
@given(place=st.integers(0, len(WHOLE) - 73), bit=st.integers(0, 7))
def test_a_flipped_bit_before_the_weights_is_told_or_harmless(place: int, bit: int) -> None:
    data = bytearray(WHOLE)
    data[place] ^= 1 << bit
    try:
        header = about(bytes(data))
    except DataError:
        return
    assert all(np.isfinite(list(numbers.values())).all() for numbers in header.about["channels"].values())


def test_one_channel_fits_any_one_column_and_several_fit_columns_of_their_names() -> None:
    one, two = about(model_bytes("flow"), name="m"), about(WHOLE, name="m")
    one.check_fits(["anything"])
    two.check_fits(["pressure", "flow"])
    two.check_fits(["pressure"])
    with pytest.raises(DataError, match=r"m was trained on one channel \(flow\), but 2 columns are chosen. Choose one."):
        one.check_fits(["flow", "pressure"])
    with pytest.raises(
        DataError, match=r"m was trained on the channels flow, pressure, but not on heat\. Choose columns with these names"
    ):
        two.check_fits(["flow", "heat"])


def test_looking_at_a_model_imports_no_torch() -> None:
    code = "from denoise_core.model import about; import sys; print({'torch', 'safetensors'} & set(sys.modules))"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert asked.stdout.strip() == "set()"
