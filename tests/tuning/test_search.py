"""`dc.search`: real trainings of small networks."""

import math
import threading

import numpy as np
import optuna
import pytest

import denoise_core as dc
from denoise_core.errors import DataError, SettingsError
from denoise_core.tuning.events import SearchEnded, TrialEnded, TrialStarted
from denoise_core.tuning.proposals import export
from denoise_core.tuning.space import Space
from tests.common import small_config

pytestmark = pytest.mark.slow

SPACE = {"training.learning_rate": (1e-3, 5e-2), "training.epochs": (3, 8)}


def noisy(n=500):
    rng = np.random.default_rng(1)
    clean = np.sin(np.arange(n) / 7.0)
    return dc.Series.of(clean + 0.4 * rng.standard_normal(n)), clean


def test_a_search_ends_with_settings_their_networks_result_and_a_sentence():
    series, clean = noisy()
    config = small_config({"training.learning_rate": 1e-4})  # so poor that almost any trial is better
    events = list(dc.search(series, SPACE, dc.Budget(trials=6), config=config, pruner="none"))
    ended = events[-1]
    assert isinstance(ended, SearchEnded)
    assert sum(isinstance(event, TrialStarted) for event in events) == len(ended.records)
    assert ended.conclusion.recommended
    assert ended.conclusion.gain.db > 1.0
    assert "6 trials" in ended.conclusion.sentence
    assert ended.config.training.learning_rate > config.training.learning_rate
    start = dc.fit(series, config).denoise(series)
    errors = [np.mean((estimate.values - clean) ** 2) for estimate in (start, ended.estimates[0])]
    assert 10.0 * math.log10(errors[0] / errors[1]) > 1.0
    shares = [event.share for event in events if isinstance(event, TrialEnded)]
    assert shares == sorted(shares)


def test_a_halted_search_keeps_the_best_so_far():
    series, _ = noisy()
    halt = threading.Event()
    for event in dc.search(series, SPACE, dc.Budget(trials=500), config=small_config(), halt=halt):
        if isinstance(event, TrialEnded) and event.record.number == 2:
            halt.set()
    assert isinstance(event, SearchEnded)
    assert len(event.records) == 3


def test_a_grid_search_on_two_processes_gives_the_same_as_on_one_and_can_be_opened_in_optuna(tmp_path):
    series, clean = noisy()
    data = dc.TrainingSet.of(series, clean=clean)
    config = small_config({"objective.kind": "supervised", "training.epochs": 2})
    space = {"training.learning_rate": [1e-3, 3e-3, 1e-2]}

    def gains(workers):
        options = {"sampler": "grid", "pruner": "none", "config": config, "repeats": 0}
        (*_, ended) = dc.search(data, space, dc.Budget(), workers=workers, **options)
        return ended, {record.key: record.gain_db for record in ended.records}

    ended, one = gains(1)
    assert len(one) == 4
    assert gains(2)[1] == one
    path = tmp_path / "study.sqlite"
    plan = dc.tuning.PRESETS["quick"].plan(config, space=Space.of(space, config))
    export(plan, ended.records, path, name="a search")
    study = optuna.load_study(study_name="a search", storage=f"sqlite:///{path}")
    assert study.best_value == pytest.approx(max(record.gain_db for record in ended.records if record.number))


@pytest.mark.parametrize(
    ("n", "space", "error", "words"),
    [
        (40, SPACE, DataError, "at least 64"),
        (500, {"training.epochs": (9, 3)}, SettingsError, "empty"),
        (500, {"window.length": [512]}, SettingsError, "None of the 1 combinations"),
    ],
)
def test_bad_input_is_refused_before_anything_is_trained(n, space, error, words):
    series, _ = noisy(n)
    sampler = "grid" if "window.length" in space else "tpe"
    with pytest.raises(error, match=words):
        dc.search(series, space, dc.Budget(trials=3), config=small_config(), sampler=sampler)
