"""Hum, drift and what is known of the noise, on the command line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import denoise_core as dc
from denoise_core import signals
from denoise_core.cli import main
from denoise_core.config import NoiseConfig

N, RATE = 3000, 500.0
REMOVE = ("--remove-hum", "--remove-drift")


@pytest.fixture
def humming(tmp_path) -> Path:
    rng, time = np.random.default_rng(0), np.arange(N) / RATE
    values = signals.ecg_like(N, rng, rate_hz=RATE)
    values[:700] = 0.0
    values += 0.1 * rng.standard_normal(N) + 0.2 * np.sin(2 * np.pi * 50.0 * time) + 0.3 * time
    pd.DataFrame({"time (s)": time, "lead (mV)": values}).to_csv(tmp_path / "lead.csv", index=False)
    return tmp_path / "lead.csv"


def run(*words) -> int:
    return main([str(word) for word in words])


def test_what_is_found_is_named_with_its_size_and_the_way_to_remove_it(humming, capsys):
    assert run("denoise", humming, "--method", "wavelet") == 0
    told = capsys.readouterr().err
    assert "50 Hz hum of 0.2 mV found. Remove it with --remove-hum?" in told
    assert "Remove it with --remove-drift?" in told
    assert list(pd.read_csv(humming.with_name("lead_denoised.csv"))) == ["time (s)", "lead (mV)", "lead_denoised (mV)"]


def test_removal_is_said_and_each_part_is_a_column_on_request(humming, capsys):
    assert run("denoise", humming, "--method", "wavelet", *REMOVE, "--residual") == 0
    told = capsys.readouterr().err
    assert "lead: 50 Hz hum of 0.2 mV was removed before denoising." in told
    assert "RMS besides the hum and the drift." in told
    assert "Remove it" not in told
    table = pd.read_csv(humming.with_name("lead_denoised.csv"))
    assert list(table)[3:] == ["lead_residual (mV)", "lead_hum (mV)", "lead_drift (mV)"]
    expected = dc.denoise(dc.read(humming)["lead"], method="wavelet", remove=("hum", "drift"))
    np.testing.assert_allclose(table["lead_hum (mV)"], expected.removed["hum"], atol=1e-6)
    np.testing.assert_allclose(table["lead_denoised (mV)"], expected.values, atol=1e-6)


def test_a_marked_stretch_and_a_stated_level_are_believed(humming, capsys):
    series = dc.read(humming)["lead"]
    cases = {"--noise-from 0:1.3": NoiseConfig(start=0.0, stop=1.3), "--noise-level 0.3": NoiseConfig(level=0.3)}
    for words, stated in cases.items():
        assert run("denoise", humming, "--method", "savgol", *words.split()) == 0
        table = pd.read_csv(humming.with_name("lead_denoised.csv"))
        np.testing.assert_allclose(
            table["lead_denoised (mV)"], dc.denoise(series, method="savgol", noise=stated).values, atol=1e-6
        )
    assert run("denoise", humming, "--method", "savgol", "--noise-from", "2:5") == 0
    assert "This stretch does not look like noise alone: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("--noise-from 1:1", "is empty: START must lie before STOP"),
        ("--noise-from here", "is no stretch: write START:STOP"),
        ("--noise-from 20:30", "lies outside the recording"),
        ("--noise-from 0:0.01", "at least 32 are needed"),
        ("--noise-level 0", "must be above 0"),
        ("--noise-level 1e300", "more than all of the recording varies"),
    ],
)
def test_what_cannot_be_right_is_refused_in_one_line(humming, capsys, words, fault):
    assert run("denoise", humming, "--method", "wavelet", *words.split()) == 2
    assert fault in capsys.readouterr().err.splitlines()[-1]


def test_suggested_settings_carry_it(humming, capsys):
    assert run("suggest", humming, *REMOVE, "--noise-from", "0:1.3") == 0
    config = dc.RunConfig.from_json(capsys.readouterr().out)
    assert config.noise == NoiseConfig(remove_hum=True, remove_drift=True, stop=1.3)


def test_known_noise_turns_a_clean_column_into_a_test_with_its_true_gain(tmp_path, capsys):
    clean = np.sin(np.arange(2000) / 40)
    pd.DataFrame({"time (s)": np.arange(2000) / RATE, "level (m)": clean}).to_csv(tmp_path / "tank.csv", index=False)
    assert (
        run("denoise", tmp_path / "tank.csv", "-o", tmp_path / "out.csv", "--method", "savgol", "--known-noise", "white:10") == 0
    )
    series = dc.read(tmp_path / "tank.csv")["level"]
    noisy = dc.AddedNoise(kind="white", snr_db=10.0).add_to(series)
    expected = dc.score(dc.denoise(noisy, method="savgol"), series, noisy=noisy)["snr_gain_db"]
    assert f"the error against the series as recorded fell by {expected:.1f} dB." in capsys.readouterr().err
    written = pd.read_csv(tmp_path / "out.csv")
    assert list(written.columns) == ["time (s)", "level (m)", "level_noisy (m)", "level_denoised (m)"]
    assert np.array_equal(written["level (m)"], clean)
    assert np.allclose(written["level_noisy (m)"], noisy.values, rtol=1e-9)


@pytest.mark.parametrize(("word", "fault"), [("pink", "such as white:10"), ("brown:3", "Noise of kind 'brown' is not known")])
def test_known_noise_that_cannot_be_is_refused(humming, capsys, word, fault):
    assert run("denoise", humming, "--method", "savgol", "--known-noise", word) == 2
    assert fault in capsys.readouterr().err
