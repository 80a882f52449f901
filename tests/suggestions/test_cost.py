"""The expected time: the arithmetic of its docstring, and words that fit on a button."""

import pytest

from denoise_core.config import RunConfig
from denoise_core.suggestions.cost import STARTING_S, TARGETS_PER_S, expected_seconds, in_words, targets_per_s


def test_default_network_and_its_check_take_their_targets_at_the_measured_rate():
    config = RunConfig()
    targets = config.training.epochs * config.training.steps_per_epoch * config.training.batch_size * config.window.length
    assert expected_seconds(config) == pytest.approx(STARTING_S + 2 * targets / TARGETS_PER_S)


def test_twice_the_epochs_take_twice_as_long():
    config = RunConfig()
    doubled = config.replace("training.epochs", 2 * config.training.epochs)
    assert expected_seconds(doubled) - STARTING_S == pytest.approx(2 * (expected_seconds(config) - STARTING_S))


@pytest.mark.parametrize(("path", "value"), [("model.hidden_size", 128), ("model.layers", 3)])
def test_larger_network_takes_longer(path, value):
    assert expected_seconds(RunConfig().replace(path, value)) > 1.4 * expected_seconds(RunConfig())


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "about 1 s"), (9.6, "about 10 s"), (89.0, "about 89 s"), (100.0, "about 2 min")]
)
def test_words_round_to_seconds_then_to_minutes(seconds, words):
    assert in_words(seconds) == words


def test_a_time_budget_is_what_each_of_the_two_networks_takes():
    assert expected_seconds(RunConfig().replace("training.minutes", 1.5)) == STARTING_S + 180.0


def test_a_goal_that_allows_no_check_takes_one_network():
    config = RunConfig()
    alone = expected_seconds(config.replace("objective.kind", "reconstruct"))
    assert alone - STARTING_S == pytest.approx((expected_seconds(config) - STARTING_S) / 2)


@pytest.mark.parametrize("seconds", [5.0, 300.0])
def test_the_rate_that_was_measured_gives_the_time_that_was_measured(seconds):
    config = RunConfig().replace("model.hidden_size", 100).replace("window.length", 200)
    rate = targets_per_s(config, epochs=config.training.epochs, seconds=seconds)
    assert expected_seconds(config, targets_per_s=rate) == pytest.approx(seconds)


def test_a_run_shorter_than_its_start_has_a_rate():
    assert targets_per_s(RunConfig(), epochs=1, seconds=0.5) > 0.0
