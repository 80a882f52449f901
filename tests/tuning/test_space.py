"""What can be varied is declared with the settings; everything else is refused, all faults at once."""

import json

import pytest

from denoise_core.config import RunConfig, settings
from denoise_core.errors import SettingsError
from denoise_core.tuning.plan import PRESETS, Budget, Plan
from denoise_core.tuning.space import MOST_POINTS, Range, Space, Values, apply, nearest, searchable


def problems_of(given):
    with pytest.raises(SettingsError) as caught:
        Space.of(given, RunConfig())
    return caught.value.problems


def test_every_declared_range_lies_within_the_limits_of_its_setting():
    declared = searchable(RunConfig())
    assert len(declared) > 10
    for path, spec, _ in settings(RunConfig()):
        if (one := declared.get(path)) is None:
            continue
        tried = one.values if isinstance(one, Values) else (one.low, one.high)
        for value in tried:
            assert RunConfig().replace(path, value).problems() == [] or spec.metadata["choices"], path


def test_a_relative_range_follows_the_settings_that_are_varied():
    start = RunConfig().replace("training.epochs", 100)
    assert Space.of(["training.epochs"], start).dimensions["training.epochs"] == Range(low=50, high=400, log=True, whole=True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"training.epochs": (40, 40)}, "empty"),
        ({"training.epochs": (40, 10)}, "smaller number first"),
        ({"training.learning_rate": []}, "no value to try"),
        ({"window.length": [64, 4]}, "below 16"),
        ({"window.length": (1, 64)}, "below 16"),
        ({"window.length": [64.5]}, "not a value that this setting can have"),
        ({"objective.loss": ["gauss"]}, "not one of"),
        ({"objective.loss": (1, 2)}, "has no range"),
        ({"window.lenght": [64]}, "did you mean 'window.length'"),
        ({"training.seed": [1, 2]}, "cannot be varied"),
        ({}, "Nothing is to be varied"),
    ],
)
def test_a_bad_space_is_refused_with_its_reason(given, words):
    assert words in " ".join(problems_of(given))


def test_all_faults_are_told_at_once():
    assert len(problems_of({"training.epochs": (5, 1), "window.length": [1], "nothing": [1]})) == 3


def test_a_grid_has_every_combination_once():
    space = Space.of({"window.length": [32, 64], "model.layers": [1, 2, 3]}, RunConfig())
    points = list(space.grid())
    assert len(points) == space.points == 6
    assert len({tuple(point.values()) for point in points}) == 6


def test_a_grid_of_a_hundred_thousand_points_is_refused_before_it_is_made():
    rates = [k * 1e-4 for k in range(1, 318)]
    space = Space.of({"training.learning_rate": rates, "training.weight_decay": rates}, RunConfig())
    assert space.points > 100_000 > MOST_POINTS
    with pytest.raises(SettingsError, match="more than 1,000"):
        Plan(start=RunConfig(), space=space, budget=Budget(), sampler="grid").check(samples=5000)


def test_a_grid_needs_values():
    space = Space.of({"training.epochs": (5, 10)}, RunConfig())
    with pytest.raises(SettingsError, match=r"list those of training\.epochs"):
        space.grid()


def test_a_search_without_an_end_and_with_unknown_names_is_refused():
    plan = Plan(start=RunConfig(), space=Space.of(["window.length"], RunConfig()), budget=Budget(), sampler="guess", pruner="no")
    with pytest.raises(SettingsError) as caught:
        plan.check(samples=5000)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("budget", [Budget(minutes=-1), Budget(minutes=float("nan")), Budget(trials=-1), Budget(minutes=1e9)])
def test_a_budget_out_of_range_is_refused(budget):
    assert budget.problems()


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_plans_are_json_both_ways(preset):
    plan = preset.plan(RunConfig(), seed=3)
    raw = json.loads(json.dumps(plan.to_json()))
    start = RunConfig.from_json(json.dumps(raw.pop("start")))
    assert Plan.from_json(raw, start) == plan


def test_what_depends_on_a_varied_setting_follows_unless_it_is_varied_too():
    start = RunConfig().replace("window.length", 128).replace("training.batch_size", 32).replace("training.patience", 28)
    shorter = apply(start, {"window.length": 64, "training.epochs": 56})
    assert (shorter.training.batch_size, shorter.training.patience) == (64, 56)
    assert apply(start, {"window.length": 64, "training.batch_size": 5}).training.batch_size == 5


def test_the_nearest_point_of_a_space_lies_in_it():
    space = Space.of({"window.length": [64, 256], "training.epochs": (20, 40), "model.start": ["pretrained"]}, RunConfig())
    config = RunConfig().replace("window.length", 100).replace("training.epochs", 7)
    assert nearest(space, config) == {"window.length": 64, "training.epochs": 20, "model.start": "pretrained"}
