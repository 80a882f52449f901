"""Every setting is declared once; every fault is named with value, limit and remedy."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoise_core.config import GROUPS, RunConfig, settings
from denoise_core.errors import SettingsError


def test_defaults_are_in_range_and_every_setting_says_what_it_is():
    config = RunConfig()
    assert config.problems() == []
    for path, item, value in settings(config):
        assert item.metadata["label"], path
        assert item.metadata["help"].endswith("."), path
        assert item.metadata["choices"] or item.metadata["low"] <= value <= item.metadata["high"], path


def test_every_choice_has_words_and_every_group_a_name():
    for path, item, _ in settings(RunConfig()):
        assert set(item.metadata["words"]) == set(item.metadata["choices"]), path
        assert path.split(".")[0] in GROUPS


def test_all_faults_are_named_at_once():
    config = RunConfig().replace("window.length", 5).replace("training.learning_rate", 7.0).replace("scaling.kind", "log")
    problems = config.problems()
    assert len(problems) == 3
    assert any("window.length = 5 is below 16" in p for p in problems)
    assert any("training.learning_rate = 7.0 is above 1" in p for p in problems)
    assert any("'log' is not one of standard, minmax, robust, none" in p for p in problems)
    with pytest.raises(SettingsError) as caught:
        config.check()
    assert list(caught.value.problems) == problems


@pytest.mark.parametrize(
    ("changes", "samples", "words"),
    [
        ({"model.layers": 1, "model.dropout": 0.2}, None, "dropout acts between layers"),
        ({"model.gap": 8, "window.length": 16}, None, "hides half the window"),
        ({"window.length": 500}, 300, "exceeds the 300 samples"),
        ({"training.learning_rate": float("nan")}, None, "is not a number"),
    ],
)
def test_contradictions_are_refused_with_the_reason(changes, samples, words):
    config = RunConfig()
    for path, value in changes.items():
        config = config.replace(path, value)
    assert any(words in p for p in config.problems(samples=samples))


def test_the_name_of_replace_in_version_0_1_still_works():
    assert RunConfig().changed("window.length", 64) == RunConfig().replace("window.length", 64) != RunConfig()


def test_json_gives_every_setting_and_every_reason_back():
    config = RunConfig(reasons={"window.length": "A rhythm."}).replace("window.overlap", 0.25).replace("training.seed", 7)
    again = RunConfig.from_json(config.to_json())
    assert again == config
    assert again.reasons == config.reasons


def test_missing_settings_take_their_defaults():
    assert RunConfig.from_json('{"window": {"length": 64}}') == RunConfig().replace("window.length", 64)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON"),
        ("[1]", "must be a JSON object"),
        ('{"window": {"lenght": 64}}', "did you mean 'window.length'"),
        ('{"windows": {"length": 64}}', "did you mean 'window'"),
        ('{"window": {"length": "64"}}', "should be a whole number"),
        ('{"window": {"length": 64.5}}', "should be a whole number"),
        ('{"window": {"length": true}}', "should be a whole number"),
        ('{"window": 3}', "'window' is not a setting"),
        ('{"window": {"length": 1e99}}', "above 2048"),
        ('{"training": {"learning_rate": NaN}}', "is not a number"),
    ],
)
def test_hand_made_json_is_refused_in_words(text, words):
    with pytest.raises(SettingsError, match=words):
        RunConfig.from_json(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["window", "length", "training", "x"]), inner),
    max_leaves=8,
)


@given(json_values)
def test_any_json_gives_valid_settings_or_a_settings_error(value):
    with contextlib.suppress(SettingsError):
        assert RunConfig.from_json(json.dumps(value)).problems() == []
