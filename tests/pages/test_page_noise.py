"""What the Signal page says of the noise, what is removed before, and how a person corrects it."""

import json
import re

import numpy as np
import pytest

from denoise_core import signals
from denoise_core.config import NoiseConfig
from denoise_core.jobs.spec import Spec
from tests.pages.test_page_signal import drawn, upload, words

N, RATE = 3000, 500.0


@pytest.fixture(scope="module")
def humming():
    rng, time = np.random.default_rng(0), np.arange(N) / RATE
    values = signals.ecg_like(N, rng, rate_hz=RATE)
    values[:700] = 0.0
    values += 0.1 * rng.standard_normal(N) + 0.2 * np.sin(2 * np.pi * 50.0 * time) + 0.3 * time
    rows = [f"{t:.3f},{v:.5f}" for t, v in zip(time, values, strict=True)]
    return "\n".join(["time (s),lead (mV)", *rows]).encode()


def toggle(app, start):
    return next(one for one in app.toggle if one.label.startswith(start))


def stated(app):
    return json.loads(app.query_params["noise"]) if "noise" in app.query_params else {}


def opened(app):
    """The page with the noise panel open."""
    app.session_state["noise"] = True
    return app.run()


def test_the_noise_is_told_in_one_line(app, humming):
    upload(app.run(), "lead.csv", humming)
    assert not app.exception
    assert re.search("Noise: about (0.1|0.09[0-9]*) mV, white; sure", words(app))


def test_hum_and_drift_are_named_with_their_size_and_stay_until_they_are_switched_off(app, humming):
    upload(app.run(), "lead.csv", humming)
    assert toggle(app, "50 Hz hum of 0.2 mV found. Remove it?").value is False
    toggle(app, "50 Hz hum").set_value(True).run()
    toggle(app, "The baseline drifts by about 1.").set_value(True).run()
    assert not app.exception
    names = [trace["name"] for trace in drawn(app)["data"]]
    assert names[-3:] == ["Removed noise", "Removed hum", "Removed drift"]
    assert "besides the hum and the drift" in words(app)
    assert stated(app) == {"remove_hum": True, "remove_drift": True}
    toggle(app, "50 Hz hum").set_value(False).run()
    assert "Removed hum" not in [trace["name"] for trace in drawn(app)["data"]]


def test_a_stretch_and_a_level_can_be_put_in_and_are_forgotten_again(app, humming):
    upload(app.run(), "lead.csv", humming)
    opened(app)
    assert not app.exception
    number = {box.label: box for box in app.number_input}
    number["until (s)"].set_value(1.3).run()
    assert "as measured in the marked stretch" in words(app)
    assert drawn(app)["layout"]["shapes"][-1]["x1"] == pytest.approx(1.3)
    next(box for box in app.number_input if box.label == "Noise level (mV)").set_value(0.3).run()
    assert "0.3 mV as stated" in words(app)
    assert stated(app) == {"stop": 1.3, "level": 0.3}
    app.button(key="forget-noise").click().run()
    assert stated(app) == {}


def test_what_cannot_be_right_is_refused_and_what_was_said_stays(app, humming):
    upload(app.run(), "lead.csv", humming)
    opened(app)
    next(box for box in app.number_input if box.label == "Noise level (mV)").set_value(1e300).run()
    assert "more than all of the recording varies" in app.error[0].value
    assert stated(app) == {}
    app.button(key="use-zoom").click().run()
    assert "Nothing is zoomed" in app.error[0].value


def test_a_stretch_with_signal_in_it_is_said_to_hold_some(app, humming):
    app.query_params["noise"] = json.dumps({"start": 2.0, "stop": 5.0})
    upload(app.run(), "lead.csv", humming)
    opened(app)
    boxes = {box.label: box for box in app.number_input}
    boxes["until (s)"].set_value(5.0).run()
    assert "This stretch does not look like noise alone" in words(app)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"level": "loud"}', '{"start": 9, "stop": 1}', '{"level": 1e300}', '{"stop": 1e14, "start": 1e13}']
)
def test_a_hand_made_link_says_nothing(app, text):
    app.query_params["noise"] = text
    app.run()
    assert not app.exception
    assert "Noise: " in words(app)
    assert stated(app) == {}


def test_settings_of_a_training_carry_it_and_a_run_brings_it_back(app, humming, store):
    upload(app.run(), "lead.csv", humming)
    toggle(app, "50 Hz hum").set_value(True).run()
    train = app.switch_page("pages/train.py").run()
    assert toggle(train, "Remove hum").value is True
    train.button(key="start").click().run()
    assert not train.exception
    (run,) = store.runs(Spec.from_json(next((store.home / "runs").iterdir()).joinpath("spec.json").read_text()).owner)
    assert run.spec.config.noise == NoiseConfig(remove_hum=True)


def test_an_example_without_hum_offers_no_switch(app):
    app.run()
    assert not [one for one in app.toggle if "Remove it" in one.label]
