"""JSON from strangers: what is ordinary comes through, what would do harm later is refused here."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoise_core.config import RunConfig, parse_untrusted
from denoise_core.errors import SettingsError
from denoise_core.files import ReadOptions

ordinary = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(ordinary)
def test_ordinary_json_comes_through_unchanged(value):
    assert parse_untrusted(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 990 + "]" * 990, "nested more than 20 levels deep"),
        ("[" * 100_000 + "]" * 100_000, "nested more than 20 levels deep"),
        ("[" * 21 + "1" + "]" * 21, "nested more than 20 levels deep"),
        ("9" * 400, "whole number of more than 64 bits"),
        ("9" * 5000, "digits"),
        ('{"best_epoch": Infinity}', "it holds inf"),
        ("[1e999]", "it holds inf"),
        ("NaN", "it holds nan"),
        (r'{"\ud800": 1}', "surrogates not allowed"),
        (r'["a\udfffb"]', "surrogates not allowed"),
        (" " * (1 << 20) + "1", "longer than 1,048,576"),
        ("{", "Expecting"),
        (b"\xff", "codec can't decode"),
    ],
)
def test_what_would_do_harm_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        parse_untrusted(text)


def test_twenty_levels_are_enough_for_everybody():
    assert parse_untrusted("[" * 20 + "1" + "]" * 20) is not None


@pytest.mark.parametrize("read", [RunConfig.from_json, ReadOptions.from_json])
@pytest.mark.parametrize("text", ["[" * 990 + "]" * 990, '{"rate_hz": ' + "9" * 400 + "}", '{"window": {"length": 1e999}}'])
def test_settings_and_reading_options_go_through_that_door(read, text):
    with pytest.raises(SettingsError, match="not valid JSON"):
        read(text)
