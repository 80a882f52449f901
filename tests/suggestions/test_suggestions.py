"""Suggested settings are always valid, follow the data, and say why."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denoise_core import DataError, Series, TimeAxis, suggest
from denoise_core.config import RunConfig
from denoise_core.config import settings as all_settings
from denoise_core.dsp.periodicity import strongest_period
from denoise_core.signals import ar1_noise, spikes
from denoise_core.suggestions import RECIPES, for_channels, for_goal


@settings(max_examples=60, deadline=None)
@given(st.integers(64, 3000), st.integers(0, 2**32 - 1), st.sampled_from(["noise", "walk", "sine", "counts"]))
def test_suggestions_are_in_range_and_trainable_for_every_series(n, seed, kind):
    rng = np.random.default_rng(seed)
    values = {
        "noise": rng.standard_normal(n),
        "walk": rng.standard_normal(n).cumsum(),
        "sine": np.sin(np.arange(n) * rng.uniform(0.001, 3)) + 0.1 * rng.standard_normal(n),
        "counts": rng.poisson(1.0, n).astype(float),
    }[kind]
    config = suggest(Series.of(values))
    assert config.problems(samples=n) == []
    assert 2 * config.window.length <= n
    assert set(config.reasons) <= {path for path, _, _ in all_settings(config)}
    assert all(reason.endswith(".") for reason in config.reasons.values())


@pytest.mark.parametrize("period", [40, 90, 203])
def test_the_strongest_period_is_found(period):
    rng = np.random.default_rng(0)
    values = np.sin(2 * np.pi * np.arange(3000) / period) + 0.3 * rng.standard_normal(3000)
    assert strongest_period(values) == pytest.approx(period, abs=1)


def test_noise_and_trends_have_no_period():
    rng = np.random.default_rng(0)
    assert strongest_period(rng.standard_normal(3000)) is None
    assert strongest_period(np.exp(np.arange(100) / 500.0)) is None


def test_another_goal_changes_only_what_was_suggested_and_does_not_go_with_it():
    values = np.sin(np.arange(2000) / 20) + 0.01 * np.random.default_rng(0).standard_normal(2000)
    config = suggest(Series.of(values))
    config = suggest(Series.of(values))
    assert config.model.baseline == "linear"
    assert not config.starts_pretrained
    for goal in ("supervised", "repeats", "reconstruct"):
        assert for_goal(config, goal) == config.replace("objective.kind", goal)
    past = for_goal(config, "next_step")
    assert past == config.replace("objective.kind", "next_step").replace("model.baseline", "none")
    assert past.problems() == []
    assert "only the past" in past.reasons["model.baseline"]
    chosen = RunConfig().replace("model.baseline", "linear")
    assert for_goal(chosen, "next_step").model.baseline == "linear"


def test_spikes_ask_for_robust_scaling():
    values = np.sin(np.arange(2000) / 20) + 0.1 * np.random.default_rng(0).standard_normal(2000)
    assert suggest(Series.of(values)).scaling.kind == "standard"
    values[::80] += 4.0
    config = suggest(Series.of(values))
    assert config.scaling.kind == "robust"
    assert "spikes" in config.reasons["scaling.kind"]


def test_two_million_samples_are_no_special_case():
    values = np.tile(np.sin(np.arange(1000.0)), 2000)
    config = suggest(Series.of(values))
    assert config.problems(samples=len(values)) == []


def test_too_short_a_series_is_refused():
    with pytest.raises(DataError, match="has 20 samples; at least 32"):
        suggest(Series.of(np.arange(20.0)))


def test_more_channels_get_more_epochs_but_not_in_proportion_and_a_choice_of_ones_own_stays():
    config = suggest(Series.of(np.sin(np.arange(500) / 9)))
    assert for_channels(config, 1) is config
    assert config.training.epochs < for_channels(config, 3).training.epochs < 2 * config.training.epochs
    assert "3 channels" in for_channels(config, 3).reasons["training.epochs"]
    assert for_channels(config, 10**6).problems() == []
    assert for_channels(RunConfig(), 3) == RunConfig()


def test_coloured_noise_asks_for_less_whitening_than_is_there_and_a_small_gap():
    rng = np.random.default_rng(0)
    config = suggest(Series.of(np.sin(np.arange(4000) / 40) + 0.3 * ar1_noise(4000, rng, rho=0.8)))
    assert 0.4 < config.input.whiten < 0.8
    assert 1 < config.model.gap <= 4
    assert config.split.guard == config.model.gap
    assert "autocorrelated (lag 1: 0." in config.reasons["input.whiten"]
    assert config.problems(samples=4000) == []


def test_white_noise_asks_for_neither():
    rng = np.random.default_rng(0)
    config = suggest(Series.of(np.sin(np.arange(4000) / 40) + 0.3 * rng.standard_normal(4000)))
    assert (config.input.whiten, config.model.gap) == (0.0, 1)


def test_spikes_ask_for_a_loss_that_forgives_them():
    rng = np.random.default_rng(0)
    values = np.sin(np.arange(4000) / 40) + 0.1 * rng.standard_normal(4000)
    assert suggest(Series.of(values)).objective.loss == "gaussian"
    assert suggest(Series.of(values + spikes(4000, rng, share=0.02, size=1.0))).objective.loss == "student_t"


@pytest.mark.parametrize("name", sorted(RECIPES))
@pytest.mark.parametrize("n", [64, 1000])
def test_every_recipe_fills_a_valid_form_and_gives_its_reasons(name, n):
    config = RECIPES[name].fill(Series.of(np.random.default_rng(0).standard_normal(n)))
    assert config.problems(samples=n) == []
    assert config.model.backbone == {"suggested": "lstm"}.get(name, name)
    assert all(reason.endswith(".") for reason in config.reasons.values())


def test_the_classic_recipe_is_that_of_the_tutorials():
    config = RECIPES["classic"].fill(Series.of(np.random.default_rng(0).standard_normal(1000)))
    model, training = config.model, config.training
    assert (model.backbone, model.layers, model.hidden_size, config.window.length) == ("classic", 2, 64, 20)
    assert (config.objective.kind, config.objective.loss, config.scaling.kind) == ("next_step", "mse", "minmax")
    assert (training.optimizer, training.schedule) == ("adam", "constant")


@pytest.mark.parametrize("n", [64, 100, 20_000_000])
def test_the_shortest_and_the_longest_series_are_no_special_case(n):
    values = np.resize(np.random.default_rng(0).standard_normal(100_003), n)
    config = suggest(Series(values=values, time=TimeAxis(values=np.arange(n, dtype=np.float64))))
    assert config.problems(samples=n) == []
    assert 2 * config.window.length <= n


def test_longer_records_are_trained_on_longer():
    epochs = []
    for n in (600, 2048, 20_000, 300_000):
        config = suggest(Series.of(np.sin(np.arange(n) / 9) + np.random.default_rng(0).standard_normal(n)))
        assert config.starts_pretrained
        assert config.window.length == min(256, 16 * (n // 64))
        assert config.training.patience == config.training.epochs
        epochs.append(config.training.epochs)
    assert epochs == sorted(epochs)
    assert epochs[0] == epochs[1] < epochs[2] < epochs[3] <= 200


def test_recipes_with_other_networks_start_at_random_with_the_settings_that_suit_them():
    series = Series.of(np.sin(np.arange(2048) / 9) + np.random.default_rng(0).standard_normal(2048))
    for name in RECIPES.keys() - {"suggested"}:
        config = RECIPES[name].fill(series)
        assert not config.starts_pretrained
        assert config.window.length <= 128


@pytest.mark.parametrize("goal", ["supervised", "next_step"])
def test_a_goal_that_the_pretrained_network_does_not_know_is_learned_from_random_weights_for_long_enough(goal):
    config = suggest(Series.of(np.sin(np.arange(2048) / 9) + np.random.default_rng(0).standard_normal(2048)))
    assert config.starts_pretrained
    other, usual = for_goal(config, goal), RunConfig()
    assert (other.model.start, other.training.epochs, other.training.averaging) == ("random", usual.training.epochs, 0)
    assert (other.window.length, other.training.batch_size) == (128, 32)
    assert other.training.learning_rate == usual.training.learning_rate
    assert "another goal" in other.reasons["training.epochs"]
    assert for_goal(config, "blind_spot") == config


def test_noise_that_comes_and_goes_is_neither_weak_nor_spiky_nor_autocorrelated():
    rng = np.random.default_rng(3)
    place = np.arange(1024)
    values = np.sin(place / 40.0) + np.where((place // 50) % 3 == 0, 0.5, 0.01) * rng.standard_normal(1024)
    config = suggest(Series.of(values))
    assert config.starts_pretrained
    assert (config.model.gap, config.input.whiten, config.objective.loss) == (1, 0.0, "gaussian")
