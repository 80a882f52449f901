"""What the command line gives a network to learn from, and what it writes; the training itself is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import denoise_core as dc
import denoise_core.model
from denoise_core.assess import on_test_part
from denoise_core.cli import main, progress
from denoise_core.config import NoiseConfig, RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.series import Estimate, Series
from denoise_core.suggestions import RECIPES
from tests.models import model_bytes

pytestmark = pytest.mark.slow

N = 600


class Half:
    """Stands for a trained network: half of whatever it is given, gaps filled with zero."""

    def with_noise(self, noise: NoiseConfig) -> Half:
        del noise
        return self

    def denoise(self, series: Series) -> Estimate:
        half = np.nan_to_num(series.values / 2)
        return Estimate(values=half, sd=np.full(N, 0.1), method="half", noise_sd=0.3, notes=(f"{series.name} was halved.",))

    def save(self, path: Path) -> None:
        Path(path).write_bytes(b"a model")


class Trainings(list[tuple[TrainingSet, RunConfig]]):
    """Every training that was asked for."""

    def train(self, data: TrainingSet, config: RunConfig, **_: Any) -> Half:
        self.append((data, config))
        return Half()


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> Trainings:
    asked = Trainings()
    monkeypatch.setattr(progress, "train", asked.train)
    return asked


def table(seed: int) -> pd.DataFrame:
    """Two noisy columns that show the same thing, the first with a gap, and that thing."""
    rng = np.random.default_rng(seed)
    clean = np.sin(np.arange(N) / 9.0)
    flow, pressure = (clean + 0.3 * rng.normal(size=N) for _ in range(2))
    flow[100:120] = np.nan
    return pd.DataFrame({"flow": flow, "pressure": pressure, "true": clean})


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    table(0).to_csv(tmp_path / "pump.csv", index=False)
    return tmp_path / "pump.csv"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    table(1)[:-7].to_csv(tmp_path / "other.csv", index=False)
    return tmp_path / "other.csv"


def run(*words: object) -> int:
    return main([str(word) for word in words])


def names(data: TrainingSet) -> list[str]:
    return [series.name for series in data.noisy]


BOTH = ("--column", "pressure", "--column", "flow")


def test_each_column_has_a_network_of_its_own_or_all_have_one_together(csv: Path, trainings: Trainings) -> None:
    assert run("denoise", csv, "--method", "lstm", *BOTH) == 0
    assert [names(data) for data, _ in trainings] == [["pressure"], ["flow"]]
    alone = pd.read_csv(csv.with_name("pump_denoised.csv"))
    assert run("denoise", csv, "--method", "lstm", *BOTH, "--together") == 0
    assert names(trainings[-1][0]) == ["pressure", "flow"]
    together = pd.read_csv(csv.with_name("pump_denoised.csv"))
    assert list(together) == ["flow", "pressure", "true", "pressure_denoised", "flow_denoised"]
    np.testing.assert_allclose(together["pressure_denoised"], together["pressure"] / 2, atol=1e-6)
    pd.testing.assert_frame_equal(alone, together)


def test_repeats_are_always_learnt_from_together(csv: Path, trainings: Trainings) -> None:
    assert run("denoise", csv, "--method", "lstm", *BOTH, "--set", "objective.kind=repeats") == 0
    ((data, config),) = trainings
    assert (names(data), config.objective.kind) == (["pressure", "flow"], "repeats")


def test_what_was_done_to_the_data_is_said(csv: Path, trainings: Trainings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("denoise", csv, "--method", "lstm", *BOTH) == 0
    told = capsys.readouterr().err
    assert "pressure was halved." in told
    assert "flow was halved." in told
    assert len(trainings) == 2


def test_gaps_are_filled_or_kept_in_the_written_result(csv: Path, trainings: Trainings) -> None:
    written = csv.with_name("pump_denoised.csv")
    for words, missing in (([], 0), (["--keep-gaps"], 20)):
        assert run("denoise", csv, "--method", "lstm", "--column", "flow", "--sd", *words) == 0
        result = pd.read_csv(written)
        assert [int(result[f"flow_{suffix}"].isna().sum()) for suffix in ("denoised", "sd")] == [missing, missing]
    assert result["flow"].isna().equals(result["flow_denoised"].isna())
    assert len(trainings) == 2


def test_a_clean_column_makes_the_goal_supervised_unless_another_is_asked_for(csv: Path, trainings: Trainings) -> None:
    words = [*BOTH, "--clean", "true", "--clean", "true"]
    assert run("train", csv, "-o", csv.with_name("m.denoiser"), *words) == 0
    assert run("denoise", csv, "--method", "lstm", *words, "--set", "objective.kind=blind_spot") == 0
    clean = dc.read(csv)["true"].values
    assert [(names(data), config.objective.kind) for data, config in trainings] == [
        (["pressure", "flow"], "supervised"),
        (["pressure"], "blind_spot"),
        (["flow"], "blind_spot"),
    ]
    assert all(np.array_equal(values, clean) for data, _ in trainings for values in data.clean)
    assert [len(data.clean) for data, _ in trainings] == [2, 1, 1]
    assert csv.with_name("m.denoiser").read_bytes() == b"a model"


def test_further_files_only_teach(csv: Path, other: Path, trainings: Trainings) -> None:
    assert (
        run("denoise", csv, "--method", "lstm", *BOTH, "--together", "--more", other, "--clean", "true", "--clean", "true") == 0
    )
    ((data, _),) = trainings
    assert names(data) == ["pressure", "flow", "pressure", "flow"]
    assert [len(series) for series in data.noisy] == [len(values) for values in data.clean] == [N, N, N - 7, N - 7]
    assert [series.name for series in data.to_denoise] == ["pressure", "flow"]
    assert np.array_equal(data.to_denoise[1].values, dc.read(csv)["flow"].values, equal_nan=True)


@pytest.mark.parametrize(("colour", "rho"), [("white", 0.0), ("coloured", 0.8)])
def test_noise_is_added_to_a_clean_recording_to_learn_from(csv: Path, trainings: Trainings, colour: str, rho: float) -> None:
    words = ["train", csv, "-o", csv.with_name("m.denoiser"), "--column", "true", "--add-noise", colour, "--snr", 4]
    for seed in (0, 5):
        assert run(*words, "--set", f"training.seed={seed}") == 0
    clean = dc.read(csv)["true"]
    for (data, config), seed in zip(trainings, (0, 5), strict=True):
        expected = TrainingSet.with_added_noise(clean, snr=4.0, seed=seed, colour=colour)
        assert [series.values.tobytes() for series in data.noisy] == [series.values.tobytes() for series in expected.noisy]
        assert (config.objective.kind, len(data.clean), len(data.to_denoise)) == ("supervised", len(data.noisy), 1)
    noise = trainings[0][0].noisy[0].values - clean.values
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1] - rho) < 0.15


def test_the_gain_on_the_test_part_is_said_where_the_truth_is_known(
    csv: Path, trainings: Trainings, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", csv, "-o", csv.with_name("m.denoiser"), "--column", "pressure"]
    assert run(*words, "--clean", "true", "--set", "split.test_share=0.2") == 0
    ((data, config),) = trainings
    gain_db = on_test_part(Half().denoise(data.noisy[0]), data.clean[0], data=data, config=config)
    assert f"pressure: gain on the test samples: {gain_db:.1f} dB." in capsys.readouterr().err
    assert run(*words, "--clean", "true") == run(*words, "--set", "split.test_share=0.2") == 0
    assert "test part" not in capsys.readouterr().err


def test_a_recipe_or_a_file_is_where_the_settings_start(
    csv: Path, trainings: Trainings, capsys: pytest.CaptureFixture[str]
) -> None:
    series = dc.read(csv)["pressure"]
    for name in RECIPES:
        assert (
            run("denoise", csv, "--method", "lstm", "--column", "pressure", "--recipe", name, "--set", "training.epochs=3") == 0
        )
        assert trainings[-1][1] == RECIPES[name].fill(series).replace("training.epochs", 3)
    capsys.readouterr()
    assert run("suggest", csv, "--column", "pressure", "--recipe", "classic") == 0
    assert RunConfig.from_json(capsys.readouterr().out) == RECIPES["classic"].fill(series)
    assert run("denoise", csv, "--method", "lstm", "--column", "pressure") == 0
    assert trainings[-1][1] == dc.suggest(series)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(vars(denoise_core.model), "load", lambda _: Half())  # as if it had been looked up before
    (tmp_path / "pump.denoiser").write_bytes(model_bytes("pressure", "flow"))
    return tmp_path / "pump.denoiser"


def test_a_model_of_several_channels_takes_the_columns_of_their_names(csv: Path, model: Path) -> None:
    assert run("denoise", csv, "--model", model) == 0
    assert list(pd.read_csv(csv.with_name("pump_denoised.csv")))[3:] == ["pressure_denoised", "flow_denoised"]


@pytest.mark.parametrize(("channel", "column"), [("true", "true"), ("heat", "flow")])
def test_a_model_of_one_channel_takes_its_own_column_or_the_first(csv: Path, model: Path, channel: str, column: str) -> None:
    model.write_bytes(model_bytes(channel))
    assert run("denoise", csv, "--model", model) == 0
    assert list(pd.read_csv(csv.with_name("pump_denoised.csv")))[3:] == [f"{column}_denoised"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["denoise", "--method", "lstm", "--recipe", "classical"],
            "'classical' is not a recipe; did you mean 'classic'? The recipes are: ",
        ),
        (
            ["denoise", "--method", "lstm", "--recipe", "classic", "--config", "run.json"],
            "--config and --recipe both choose the settings",
        ),
        (
            ["denoise", "--method", "median", "--together", "--more", "x.csv"],
            "--together and --more cannot be used with --method",
        ),
        (["denoise", "--model", "MODEL", "--clean", "true"], "--clean cannot be used with --model"),
        (
            ["denoise", "--model", "MODEL", "--column", "true"],
            "pump.denoiser was trained on the channels pressure, flow, but not on true.",
        ),
        (["denoise", "--model", "INPUT"], "pump.csv is not a model file"),
        (
            ["denoise", "--method", "lstm", *BOTH, "--clean", "true"],
            "--clean names 1 column for 2 noisy ones (pressure, flow): name one for each.",
        ),
        (["denoise", "--method", "lstm", "--column", "flow", "--more", "none.csv"], "There is no file none.csv."),
        (["denoise", "--method", "lstm", "--column", "flow", "--clean", "truth"], "pump.csv has no column 'truth'."),
        (["train", "--add-noise", "white"], "--add-noise and --snr belong together"),
        (["train", "--snr", "3"], "--add-noise and --snr belong together"),
        (["train", "--add-noise", "white", "--snr", "-3"], "--snr -3 must be above 0"),
        (["train", "--add-noise", "white", "--snr", "nan"], "--snr nan must be above 0"),
        (["train", "--add-noise", "white", "--snr", "3", *BOTH], "--add-noise works on one clean column of one file"),
    ],
)
def test_each_fault_is_one_clear_line_and_trains_nothing(
    words: list[str], message: str, csv: Path, model: Path, trainings: Trainings, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"INPUT": csv, "MODEL": model}
    command, *rest = [str(places.get(word, word)) for word in words]
    output = ["-o", csv.with_name("m.denoiser")] if command == "train" else []
    assert run(command, csv, *rest, *output) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert trainings == []
