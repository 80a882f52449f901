"""Known noise on the Signal page: it turns a clean series into a test with truth, and a link keeps it."""

import json

import numpy as np
import pytest

from denoise_core.jobs import Source
from denoise_core.signals import AddedNoise
from pages.parts import cached
from tests.pages.test_page_signal import drawn, upload, words


@pytest.fixture
def clean_file():
    rows = [f"{i / 100:.2f},{np.sin(i / 19):.5f}" for i in range(900)]
    return "\n".join(["time (s),level (m)", *rows]).encode()


def add(app, kind, snr_db):
    app.session_state["known-noise"] = True
    app.run()
    next(one for one in app.selectbox if one.label == "Kind").set_value(kind)
    next(one for one in app.number_input if one.label == "SNR (dB)").set_value(snr_db)
    next(one for one in app.button if one.label == "Add this noise").click().run()
    assert not app.exception


def test_added_noise_gives_a_truth_and_a_true_gain_and_can_be_removed(app, clean_file):
    upload(app.run(), "tank.csv", clean_file)
    assert "True signal" not in [trace["name"] for trace in drawn(app)["data"]]
    add(app, "pink", 6.0)
    assert json.loads(app.query_params["added"]) == {"kind": "pink", "snr_db": 6.0, "seed": 0}
    assert "Pink (1/f) noise added, SNR 6 dB. The series as recorded counts as the true signal." in words(app)
    assert "True signal" in [trace["name"] for trace in drawn(app)["data"]]
    assert "against the true signal" in words(app)
    next(one for one in app.button if one.label == "Remove it").click().run()
    assert "added" not in app.query_params
    assert "True signal" not in [trace["name"] for trace in drawn(app)["data"]]


def test_a_link_with_unknown_noise_shows_an_example_and_says_why(app, clean_file, store):
    app.query_params.update({"series": store.put_input(clean_file, "tank.csv"), "name": "tank.csv", "column": "level"})
    app.query_params["added"] = json.dumps({"kind": "brown"})
    app.run()
    assert not app.exception
    assert any("brown" in one.value and "An example is shown instead." in one.value for one in app.error)


def test_the_same_series_with_other_noise_is_another_series(store, clean_file):
    source = Source(input=store.put_input(clean_file, "tank.csv"), file_name="tank.csv", column="level")
    noisy = [
        Source(input=source.input, file_name="tank.csv", column="level", added_noise=AddedNoise(seed=seed).to_json())
        for seed in (0, 1)
    ]
    assert len({cached.identity(one) for one in (source, *noisy)}) == 3
    recorded = cached.series_of(source).values
    for one in noisy:
        assert not np.array_equal(cached.series_of(one).values, recorded)
        np.testing.assert_array_equal(cached.truth(one), recorded)
