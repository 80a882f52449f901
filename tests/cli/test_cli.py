"""The command line: the same results as from Python, sentences on stderr, one clear line for each error."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import denoise_core as dc
from denoise_core import methods, signals
from denoise_core.cli import main
from tests.common import with_settings

SHORT = [
    "--set",
    "model.hidden_size=8",
    "--set",
    "training.epochs=2",
    "--set",
    "training.steps_per_epoch=2",
    "--set",
    "window.length=32",
]


@pytest.fixture
def noisy_csv(tmp_path) -> Path:
    rng = np.random.default_rng(0)
    values = signals.add_noise(signals.ecg_like(600, rng), snr=3.0, rng=rng)
    path = tmp_path / "noisy.csv"
    pd.DataFrame({"time": np.arange(600) / 250.0, "lead": values, "other": values[::-1]}).to_csv(path, index=False)
    return path


def run(*words) -> int:
    return main([str(word) for word in words])


def test_denoise_writes_the_numbers_of_the_core(noisy_csv, tmp_path, capsys):
    clean = tmp_path / "clean.csv"
    assert run("denoise", noisy_csv, "-o", clean, "--method", "wavelet") == 0
    expected = dc.denoise(dc.read(noisy_csv)["lead"], method="wavelet").values
    table = pd.read_csv(clean)
    assert list(table) == ["time", "lead", "other", "lead_denoised"]
    np.testing.assert_allclose(table["lead_denoised"], expected, atol=1e-6)
    told = capsys.readouterr()
    assert told.out == ""
    assert "Using column 'lead'; choose another with --column: other." in told.err
    assert "Removed about" in told.err
    assert f"Wrote {clean}." in told.err


def test_columns_settings_and_additions_are_heeded(noisy_csv, tmp_path, capsys):
    words = ["--column", "other", "--column", "lead", "--method", "median", "--set", "window=7", "--residual", "--quiet"]
    assert run("denoise", noisy_csv, *words) == 0
    table = pd.read_csv(tmp_path / "noisy_denoised.csv")
    for name in ("lead", "other"):
        expected = dc.denoise(dc.read(noisy_csv)[name], method="median", window=7).values
        np.testing.assert_allclose(table[f"{name}_denoised"], expected, atol=1e-6)
        np.testing.assert_allclose(table[f"{name}_residual"], table[name] - expected, atol=1e-6)
    assert capsys.readouterr().err == ""


def test_time_column_and_rate_are_heeded(noisy_csv, tmp_path, capsys):
    assert run("denoise", noisy_csv, "--method", "lowpass", "--rate", "1000", "-o", tmp_path / "a.csv") == 0
    assert "1000 Hz" in capsys.readouterr().err
    assert (
        run("denoise", noisy_csv, "--method", "lowpass", "--time-column", "", "--column", "lead", "-o", tmp_path / "b.csv") == 0
    )
    assert list(pd.read_csv(tmp_path / "b.csv"))[-1] == "lead_denoised"


@pytest.mark.slow
def test_what_is_said_of_the_reading_is_heeded(tmp_path, capsys):
    rows = "".join(f"{i}~{'-999' if i == 5 else i % 7}~{i % 3}\n" for i in range(60))
    (tmp_path / "odd.csv").write_text(f"made by hand~~\na~b~c\n{rows}Total~9~9\n")
    words = ["--delimiter", "~", "--header", "2", "--footer", "1", "--gap-words=-999", "--unit", "b=bar", "--role", "c=ignore"]
    assert (
        run("denoise", tmp_path / "odd.csv", "-o", tmp_path / "out.csv", "--method", "median", "--time-column", "a", *words) == 0
    )
    told = capsys.readouterr().err
    assert "Ignored (you set this): c." in told
    assert "1 in b" in told
    assert "bar RMS" in told
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[1] == "a~b~c~b_denoised"
    assert lines[-1] == "Total~9~9"


def test_a_unit_without_a_name_is_one_clear_line(noisy_csv, capsys):
    with pytest.raises(SystemExit):
        run("denoise", noisy_csv, "--unit", "bar")
    assert "'bar' should be NAME=VALUE" in capsys.readouterr().err


def test_lstm_trains_with_a_bar_on_stderr_and_gives_the_result_of_the_core(noisy_csv, tmp_path, capsys):
    assert run("denoise", noisy_csv, "-o", tmp_path / "clean.csv", "--method", "lstm", "--device", "cpu", *SHORT) == 0
    told = capsys.readouterr().err
    assert "Training on cpu" in told
    assert "2/2" in told
    assert "valid_loss" in told
    series = dc.read(noisy_csv)["lead"]
    changes = {"model.hidden_size": 8, "training.epochs": 2, "training.steps_per_epoch": 2, "window.length": 32}
    config = with_settings(dc.suggest(series), changes)
    expected = dc.denoise(series, method="lstm", config=config.replace("training.device", "cpu")).values
    np.testing.assert_allclose(pd.read_csv(tmp_path / "clean.csv")["lead_denoised"], expected, atol=1e-6)


@pytest.mark.slow
def test_a_trained_model_is_saved_and_used_again(noisy_csv, tmp_path):
    config = tmp_path / "run.json"
    changed = dc.suggest(dc.read(noisy_csv)["lead"]).replace("training.epochs", 1).replace("model.hidden_size", 8)
    config.write_text(changed.to_json())
    model = tmp_path / "lead.denoiser"
    assert run("train", noisy_csv, "-o", model, "--config", config, "--quiet") == 0
    assert run("denoise", noisy_csv, "-o", tmp_path / "clean.csv", "--model", model) == 0
    expected = dc.load(model).denoise(dc.read(noisy_csv)["lead"]).values
    np.testing.assert_allclose(pd.read_csv(tmp_path / "clean.csv")["lead_denoised"], expected, atol=1e-6)


@pytest.mark.slow
def test_one_network_for_two_columns_is_saved_and_used_by_their_names(noisy_csv, tmp_path, capsys):
    model = tmp_path / "both.denoiser"
    assert run("train", noisy_csv, "-o", model, "--column", "lead", "--column", "other", *SHORT) == 0
    assert run("denoise", noisy_csv, "-o", tmp_path / "clean.csv", "--model", model) == 0
    table, trained = pd.read_csv(tmp_path / "clean.csv"), dc.load(model)
    for name in ("lead", "other"):
        expected = trained.denoise(dc.read(noisy_csv)[name]).values
        np.testing.assert_allclose(table[f"{name}_denoised"], expected, atol=1e-6)
    assert run("denoise", noisy_csv, "--model", model, "--column", "time") == 2
    assert "both.denoiser was trained on the channels lead, other, but not on time." in capsys.readouterr().err


def test_a_network_taught_with_added_noise_denoises_a_noisy_column(noisy_csv, tmp_path):
    model = tmp_path / "taught.denoiser"
    words = ["--add-noise", "coloured", "--snr", "2", *SHORT]
    assert run("train", noisy_csv, "-o", model, *words) == 0
    assert dc.load(model).config.objective.kind == "supervised"
    assert run("denoise", noisy_csv, "-o", tmp_path / "clean.csv", "--model", model, "--column", "other") == 0
    assert pd.read_csv(tmp_path / "clean.csv")["other_denoised"].notna().all()


def test_a_model_that_cannot_be_written_is_said_so(noisy_csv, capsys):
    assert run("train", noisy_csv, "-o", "/proc/lead.denoiser", "--quiet", *SHORT) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_suggest_prints_settings_that_can_be_loaded_again(noisy_csv, capsys):
    assert run("suggest", noisy_csv) == 0
    printed = capsys.readouterr().out
    assert dc.RunConfig.from_json(printed) == dc.suggest(dc.read(noisy_csv)["lead"])
    assert json.loads(printed)["reasons"]


def test_methods_lists_every_method_with_its_sentence(capsys):
    assert run("methods") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(methods.METHODS)
    assert all(method.help in line for method, line in zip(methods.METHODS.values(), lines, strict=True))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["INPUT", "--method", "wavlet"], "'wavlet' is not a method; did you mean 'wavelet'?"),
        (["INPUT", "--method", "median", "--device", "cpu"], "--device cannot be used with --method median"),
        (["INPUT", "--model", "m", "--set", "window=3"], "--set cannot be used with --model"),
        (["INPUT", "-o", "INPUT"], "is the input file itself. Choose another name with -o"),
        (["INPUT", "-o", "clean.xlsx"], "clean.xlsx should end in .csv, because the result has the format of the input."),
        (["INPUT", "-o", "/no/such/folder/clean.csv"], "There is no folder /no/such/folder to write clean.csv to."),
        (["missing.csv"], "There is no file missing.csv."),
        (["INPUT", "--rate", "-3"], "rate_hz = -3.0 must be a positive number"),
        (["INPUT", "--method", "median", "--column", "leed"], "noisy.csv has no column 'leed'. It has: lead, other."),
        (["INPUT", "--method", "median", "--set", "window"], "--set window has no value"),
        (["INPUT", "--method", "median", "--set", "window=601"], "window = 601 exceeds the 600 samples of the series"),
        (
            ["INPUT", "--method", "lstm", "--set", "training.epoch=3"],
            "'training.epoch' is not a setting; did you mean 'training.epochs'?",
        ),
        (["INPUT", "--method", "lstm", "--set", "training.epochs=0"], "training.epochs = 0 is below 1"),
        (
            ["INPUT", "--method", "lstm", "--set", "window.length=1000"],
            "window.length = 1000 exceeds the 600 samples of the series",
        ),
        (["INPUT", "--method", "lstm", "--config", "missing.json"], "missing.json cannot be read as a settings file"),
        (["INPUT", "--method", "lstm", "--device", "gpu"], "training.device = 'gpu' is not one of auto, cuda, mps, cpu."),
    ],
)
def test_each_fault_is_one_clear_line_and_exit_code_2(words, message, noisy_csv, capsys):
    assert run("denoise", *[noisy_csv if word == "INPUT" else word for word in words]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("denoise: ")
    assert message in last


def test_the_input_stays_as_it_was_when_asked_to_overwrite_it(noisy_csv):
    before = noisy_csv.read_bytes()
    assert run("denoise", noisy_csv, "-o", noisy_csv, "--method", "median") == 2
    assert noisy_csv.read_bytes() == before


@pytest.mark.slow
def test_ctrl_c_keeps_the_best_epoch_and_writes_the_result(noisy_csv, tmp_path):
    clean = tmp_path / "clean.csv"
    words = [
        "denoise",
        noisy_csv,
        "-o",
        clean,
        "--method",
        "lstm",
        *SHORT,
        "--set",
        "training.epochs=2000",
        "--set",
        "training.patience=2000",
    ]
    program = subprocess.Popen(
        [sys.executable, "-m", "denoise_core", *map(str, words)],
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    told = b""
    for _ in range(10_000):
        told += os.read(program.stderr.fileno(), 4096)
        if b"best=" in told:
            break
    program.send_signal(signal.SIGINT)
    rest = program.communicate(timeout=60)[1]
    assert program.returncode == 0
    assert b"The best epoch so far" in rest
    assert len(pd.read_csv(clean)["lead_denoised"]) == 600


def test_a_fault_shows_no_traceback_to_the_shell(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.touch()
    done = subprocess.run(
        [sys.executable, "-m", "denoise_core", "denoise", str(empty)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("denoise: ")


@pytest.mark.parametrize(("started", "name"), [("/bin/denoise", "denoise"), ("/x/__main__.py", "python -m denoise_core")])
def test_help_names_the_program_as_it_was_started(started, name, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", [started])
    with pytest.raises(SystemExit):
        run("--help")
    assert capsys.readouterr().out.startswith(f"usage: {name} [-h] COMMAND")
