"""The sample data: all are there, readable, documented, and made again bit for bit."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from denoise_core.errors import DataError
from denoise_core.files import SAMPLES, sample_path

FOLDER = sample_path("ecg").parent


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_is_read_with_a_usable_first_channel(parsed, name):
    recording = parsed(sample_path(name).read_bytes())
    recording[next(iter(recording.channels))].check_usable()
    assert len(recording) >= 300
    assert recording.time.uneven_share == 0.0
    assert f"`{SAMPLES[name].file}`" in (FOLDER / "README.md").read_text()


@pytest.mark.parametrize(("name", "channel", "sd"), [("vibration", "vibration", 0.4), ("pressure_steps", "pressure", 0.15)])
def test_the_true_noise_is_as_documented(parsed, name, channel, sd):
    recording = parsed(sample_path(name).read_bytes())
    noise = recording.channels[channel] - recording.channels[f"{channel}_true"]
    assert np.std(noise) == pytest.approx(sd, rel=0.05)
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.05


def test_the_awkward_logger_has_units_calendar_and_gaps(parsed):
    recording = parsed(sample_path("logger_awkward").read_bytes())
    assert dict(recording.units) == {"Temperatur": "°C", "Füllstand": "m"}
    assert recording.time.calendar()[0] == np.datetime64("2024-03-11T23:30")
    assert np.isnan(recording.channels["Temperatur"][700:712]).all()


def test_an_unknown_sample_lists_the_known_ones():
    with pytest.raises(DataError, match=r"did you mean 'vibration'\? The samples are: pressure_steps"):
        sample_path("vibrations")


@pytest.mark.parametrize("file", ["ecg.csv", "vibration.csv", "pressure_steps.csv", "logger_awkward.csv"])
def test_samples_are_made_again_bit_for_bit(file):
    spec = importlib.util.spec_from_file_location("make_samples", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make, encoding = module.MADE[file]
    assert make().encode(encoding) == (FOLDER / file).read_bytes()
