"""The Signal page: something to see at once, uploads, and sentences for what cannot be used."""

import json
import re

import pytest

from denoise_core.config.glossary import GLOSSARY
from denoise_core.noise import describe
from pages.parts import cached, chart


def words(app):
    """All text of a page that a person reads."""
    shown = [*app.error, *app.warning, *app.info, *app.markdown, *app.caption]
    return re.sub(r"\\(?=\W)|\u2060", "", "\n".join(str(element.value) for element in shown))  # names are escaped as Markdown


def upload(app, name, data):
    app.file_uploader[0].upload(name, data)
    return app.run()


def drawn(app):
    """The figure of the first chart."""
    charts = [element for element in app.get("bidi_component") if element.proto.component_name == "denoise_chart"]
    return json.loads(charts[0].proto.bytes)["figure"]


def test_first_visit_shows_a_sample_denoised_with_what_was_removed(app):
    app.run()
    assert not app.exception
    assert [trace["name"] for trace in drawn(app)["data"]] == [
        "Recorded",
        "90 % band (estimated)",
        "True signal",
        "Denoised",
        "Residual",
    ]
    assert "Removed about" in words(app)
    assert re.fullmatch(r"Train a network \(about \d+ s\)", app.button(key="train").label)


def test_true_gain_is_told_where_the_file_brings_the_truth_and_never_without(app, pump):
    app.run()
    assert re.search(r"Gain [0-9.]+ dB\*\* against the true signal", words(app))
    upload(app, "pump.csv", pump)
    assert "Gain" not in words(app)
    assert "True signal" not in [trace["name"] for trace in drawn(app)["data"]]


def test_upload_shows_its_first_usable_column_and_how_it_was_read(app, pump):
    upload(app.run(), "pump.csv", pump)
    assert not app.exception
    assert drawn(app)["layout"]["yaxis"]["title"]["text"] == "pressure (bar)"
    assert "pump.csv · pressure · 600 samples · 100 Hz" in words(app)
    assert "semicolon" in words(app)
    assert app.query_params["column"] == "pressure"


def test_reload_finds_the_uploaded_series_again(app, pump):
    upload(app.run(), "pump.csv", pump)
    kept = dict(app.query_params)
    again = type(app).from_file(app._script_path, default_timeout=30)
    for name, value in kept.items():
        again.query_params[name] = value
    again.run()
    assert "pump.csv · pressure · 600 samples" in words(again)


def test_constant_column_is_refused_in_words_and_the_series_stays(app, pump):
    upload(app.run(), "pump.csv", pump)
    next(box for box in app.selectbox if box.label == "Column").select("state").run()
    assert "nothing to denoise" in app.error[0].value
    assert "pump.csv · pressure" in words(app)


def test_correcting_the_rate_replaces_the_time_column(app, pump):
    upload(app.run(), "pump.csv", pump)
    app.number_input[0].set_value(50.0)
    next(button for button in app.button if button.label == "Read again").click().run()
    assert not app.exception
    assert "50 Hz" in words(app)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("header.csv", b"time,value\n", "holds only a header"),
        ("text.csv", b"a,b\n" + b"x,y\n" * 30, "has no column of numbers"),
        ("constant.csv", b"v\n" + b"5\n" * 40, "v is 5 at every sample"),
        ("binary.csv", bytes(range(256)) * 40, "control bytes"),
        ("broken.xlsx", b"PK\x03\x04 this is no workbook", "damaged workbook"),
        ("nan.csv", b"v\n" + b"nan\n" * 40, "has no column of numbers"),
    ],
)
def test_unusable_upload_gets_a_sentence_and_the_earlier_series_stays(app, pump, name, data, sentence):
    upload(app.run(), "pump.csv", pump)
    upload(app, name, data)
    assert not app.exception
    assert len(app.error) == 1
    assert sentence in app.error[0].value
    assert "pump.csv · pressure" in words(app)


def test_hand_made_link_gets_a_sentence_and_a_sample(app):
    app.query_params["series"] = "../../etc/passwd"
    app.run()
    assert not app.exception
    assert "An example is shown instead" in app.error[0].value


def test_what_is_not_usual_about_the_noise_is_told(app):
    app.run()
    assert "The noise" not in words(app)
    next(box for box in app.selectbox if box.label == "Or an example").select("ecg").run()
    assert "The noise level is uncertain: " in words(app)


def test_the_noise_is_described_once_and_the_picture_does_not_wait_for_it(app, monkeypatch):
    done, draw = [], chart.draw
    for where in ("pages.parts.cached.describe", "denoise_core.suggestions.settings.describe"):
        monkeypatch.setattr(where, lambda values: done.append("noise") or describe(values))
    monkeypatch.setattr("pages.parts.chart.draw", lambda *a, **k: done.append("picture") or draw(*a, **k))
    cached._noise_of.clear()
    cached._suggest_settings.clear()
    app.run()
    assert not app.exception
    assert done == ["picture", "noise"]


def test_the_instant_methods_network_can_be_taken_away_and_no_other_methods(app):
    app.run()
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["Download this result", "Download the Instant network (ONNX)"]
    app.selectbox(key="method").select("wavelet").run()
    assert [button.label for button in app.get("download_button")] == ["Download this result"]


@pytest.mark.parametrize("page", ["app.py", "pages/train.py", "pages/result.py", "pages/learn.py"])
def test_every_page_opens_the_glossary(app, page):
    app.run()
    app.switch_page(page).run()
    app.button(key="glossary").click().run()
    assert not app.exception
    assert all(f"- **{term}**: {sentence}" in words(app) for term, sentence in GLOSSARY.items())
