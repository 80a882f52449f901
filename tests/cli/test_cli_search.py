"""`search` on the command line: a settings file that `train` reads, or one line that says what is wrong."""

import json

import numpy as np
import pandas as pd
import pytest

from denoise_core.cli import main
from denoise_core.config import RunConfig

SMALL = ["model.hidden_size=8", "model.start=random", "window.length=32", "training.steps_per_epoch=3", "training.batch_size=8"]


@pytest.fixture
def noisy(tmp_path):
    rng = np.random.default_rng(2)
    path = tmp_path / "noisy.csv"
    pd.DataFrame({"flow": np.sin(np.arange(400) / 7.0) + 0.4 * rng.standard_normal(400)}).to_csv(path, index=False)
    return path


@pytest.mark.slow
def test_a_search_writes_settings_that_can_be_read_and_says_what_it_found(noisy, tmp_path, capsys):
    target = tmp_path / "best.json"
    words = ["search", str(noisy), "-o", str(target), "--trials", "2", "--workers", "1", "--vary", "training.epochs=2,3"]
    for change in SMALL:
        words += ["--set", change]
    assert main([*words, "--set", "training.epochs=1"]) == 0
    config = RunConfig.from_json(target.read_text())
    assert config.model.hidden_size == 8
    assert config.training.epochs in (1, 2, 3)
    said = capsys.readouterr().err
    assert "2 trials" in said
    assert f"Wrote {target}." in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--vary", "training.epochs=9:2"], "is empty"),
        (["--vary", "training.epoch"], "did you mean 'training.epochs'"),
        (["--vary", "training.learning_rate", "--sampler", "grid"], "A grid needs values"),
        (["--minutes", "-1"], "out of range"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_one_line(noisy, tmp_path, capsys, options, words):
    target = tmp_path / "best.json"
    assert main(["search", str(noisy), "-o", str(target), "--quiet", *options]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert words in line
    assert not target.exists()


def test_the_suggested_settings_are_what_a_search_starts_from(noisy, tmp_path, capsys, monkeypatch):
    from denoise_core import tuning
    from denoise_core.cli import progress

    asked = []

    def remember(data, plan, *, workers, say, quiet):
        del data, workers, say, quiet
        asked.append(plan)
        raise KeyboardInterrupt

    monkeypatch.setattr(progress, "search", remember)
    assert main(["search", str(noisy), "-o", str(tmp_path / "best.json"), "--preset", "quick", "--minutes", "3"]) == 130
    assert main(["suggest", str(noisy)]) == 0
    suggested = RunConfig.from_json(capsys.readouterr().out)
    (plan,) = asked
    assert plan.start == suggested
    assert plan.budget == tuning.Budget(minutes=3.0)
    assert json.loads(plan.start.to_json()) == json.loads(suggested.to_json())
