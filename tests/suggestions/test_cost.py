"""The expected time: the arithmetic of its docstring, and words that fit on a button."""

import pytest

from denoise_core.config import RunConfig
from denoise_core.suggestions.cost import TARGETS_PER_S, expected_seconds, in_words


def test_default_network_takes_its_targets_at_the_measured_rate():
    config = RunConfig()
    targets = config.training.epochs * config.training.steps_per_epoch * config.training.batch_size * config.window.length
    assert expected_seconds(config) == pytest.approx(targets / TARGETS_PER_S)


def test_twice_the_epochs_take_twice_as_long():
    config = RunConfig()
    doubled = config.replace("training.epochs", 2 * config.training.epochs)
    assert expected_seconds(doubled) == pytest.approx(2 * expected_seconds(config))


@pytest.mark.parametrize(("path", "value"), [("model.hidden_size", 128), ("model.layers", 3)])
def test_larger_network_takes_longer(path, value):
    assert expected_seconds(RunConfig().replace(path, value)) > 1.4 * expected_seconds(RunConfig())


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "about 1 s"), (9.6, "about 10 s"), (89.0, "about 89 s"), (100.0, "about 2 min")]
)
def test_words_round_to_seconds_then_to_minutes(seconds, words):
    assert in_words(seconds) == words


def test_a_time_budget_is_what_it_takes():
    assert expected_seconds(RunConfig().replace("training.minutes", 1.5)) == 90.0
