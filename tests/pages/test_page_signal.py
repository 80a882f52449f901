"""The Signal page: something to see at once, uploads, and sentences for what cannot be used."""

import base64
import gzip
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from denoise_core.config.glossary import GLOSSARY
from denoise_core.noise import describe_series
from pages.parts import cached, chart
from tests.common import figure_of


def words(app):
    """All text of a page that a person reads."""
    shown = [*app.error, *app.warning, *app.info, *app.markdown, *app.caption]
    return re.sub(r"\\(?=\W)|\u2060", "", "\n".join(str(element.value) for element in shown))  # names are escaped as Markdown


def upload(app, name, data):
    app.file_uploader[0].upload(name, data)
    return app.run()


def drawn(app):
    """The figure of the first chart."""
    return figure_of(charts(app)[0])


def charts(app):
    return [element for element in app.get("bidi_component") if element.proto.component_name == "denoise_chart"]


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
    opened(app)
    widget(app.number_input, "Sampling rate (Hz)").set_value(50.0).run()
    assert not app.exception
    assert "50 Hz" in words(app)


def opened(app):
    """With the bench below the picture."""
    app.session_state["bench"] = True
    return app.run()


def widget(widgets, label):
    return next(one for one in widgets if one.label == label)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("binary.csv", bytes(range(256)) * 40, "control bytes"),
        ("broken.xlsx", b"PK\x03\x04 this is no workbook", "damaged workbook"),
    ],
)
def test_an_upload_of_which_nothing_can_be_shown_gets_a_sentence_and_the_earlier_series_stays(app, pump, name, data, sentence):
    upload(app.run(), "pump.csv", pump)
    upload(app, name, data)
    assert not app.exception
    assert len(app.error) == 1
    assert sentence in app.error[0].value
    assert "pump.csv · pressure" in words(app)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("header.csv", b"time,value\n", "holds only a header"),
        ("text.csv", b"a,b\n" + b"x,y\n" * 30, "has no column of numbers"),
        ("constant.csv", b"v\n" + b"5\n" * 40, "v is 5 at every sample"),
        ("nan.csv", b"v\n" + b"nan\n" * 40, "has no column of numbers"),
    ],
)
def test_an_upload_that_cannot_be_read_is_shown_on_the_bench_and_the_earlier_series_comes_back(app, pump, name, data, sentence):
    upload(app.run(), "pump.csv", pump)
    upload(app, name, data)
    assert not app.exception
    assert sentence in app.error[0].value
    assert name in words(app)
    assert "pump.csv" not in words(app)
    assert app.dataframe[0].value["Row"].iloc[0] == 1
    widget(app.button, "Back to the file before").click().run()
    assert "pump.csv · pressure" in words(app)


def test_the_bench_corrects_the_new_file_not_the_one_before(app, pump):
    upload(app.run(), "pump.csv", pump)
    upload(app, "odd.csv", b"x\n" + b"".join(b"OVL\n" if i % 3 else b"%d\n" % (i * i % 7) for i in range(90)))
    assert "has no column of numbers" in app.error[0].value
    widget(app.selectbox, "x").select("value").run()
    assert not app.exception
    assert not app.error
    assert "odd.csv · x · 90 samples" in words(app)
    assert json.loads(app.query_params["read"]) == {"roles": {"x": "value"}}


def test_gap_words_that_were_found_are_listed_and_more_can_be_added(app):
    rows = b"".join(b"%d,%s\n" % (i, b"OVL" if i in (4, 5) else b"-999" if i == 9 else b"%.3f" % (i % 7 / 3)) for i in range(60))
    upload(app.run(), "probe.csv", b"t,x\n" + rows)
    assert "'OVL' (2 cells, first in column x, row 6)" in words(app)
    opened(app)
    assert "Read as missing: OVL (2)" in words(app)
    box = widget(app.multiselect, "Also missing")
    assert box.options == ["-999"]
    box.select("-999").run()
    assert not app.exception
    assert "Missing values (empty or NaN): 3 in x." in words(app)
    assert json.loads(app.query_params["read"]) == {"gap_words": ["-999"]}


def test_units_and_roles_are_corrected_with_live_effect(app, tank):
    upload(app.run(), "tank.csv", tank)
    opened(app)
    widget(app.text_input, "Unit of flow").set_value("gal/min").run()
    assert drawn(app)["layout"]["yaxis"]["title"]["text"] == "flow (gal/min)"
    widget(app.selectbox, "flow").select("ignore").run()
    assert "Ignored (you set this): flow." in words(app)
    widget(app.selectbox, "time").select("value").run()
    assert "samples are numbered from 0" in words(app)
    widget(app.selectbox, "time").select("time").run()
    assert "Time is in column time, 100 Hz." in words(app)


def test_hand_made_link_gets_a_sentence_and_a_sample(app):
    app.query_params["series"] = "../../etc/passwd"
    app.run()
    assert not app.exception
    assert "An example is shown instead" in app.error[0].value


def test_the_noise_is_told_in_one_line_and_whether_that_is_sure(app):
    app.run()
    assert re.search("Noise: about [0-9.]+ bar, white; sure", words(app))
    next(box for box in app.selectbox if box.label == "Or an example").select("ecg").run()
    assert re.search("Noise: about .*; unsure", words(app))


def test_the_noise_is_described_once_and_the_picture_does_not_wait_for_it(app, monkeypatch):
    done, draw = [], chart.draw
    for where in ("pages.parts.cached.describe_series", "denoise_core.suggestions.settings.describe_series"):
        monkeypatch.setattr(where, lambda *given: done.append("noise") or describe_series(*given))
    monkeypatch.setattr("pages.parts.chart.draw", lambda *a, **k: done.append("picture") or draw(*a, **k))
    cached._noise_of.clear()
    cached._suggest_settings.clear()
    app.run()
    assert not app.exception
    assert done == ["picture", "noise"]


def test_a_strip_shows_where_the_residual_is_not_noise_once_that_is_found_and_a_place_can_be_chosen(app):
    time = np.arange(3000) / 100.0
    clean = np.exp(-(((time % 1.5) - 0.7) ** 2) / 2e-4)
    values = clean + 0.05 * np.random.default_rng(3).normal(size=3000)
    upload(app.run(), "beats.csv", b"t (s),beat\n" + b"".join(b"%.2f,%.4f\n" % pair for pair in zip(time, values, strict=True)))
    app.selectbox(key="method").select("moving_average").run()
    widget(app.number_input, "Window (samples)").set_value(101).run()
    assert not app.exception
    bars = next(trace for trace in drawn(app)["data"] if trace["name"] == "Signal in the residual")
    go = widget(app.selectbox, "Go to where the residual is not noise")
    go.select(0).run()
    assert not app.exception
    asked = json.loads(gzip.decompress(charts(app)[0].proto.bytes))["range"]
    assert asked["view"] in bars["customdata"]
    app.selectbox(key="method").select("instant").run()
    assert "Signal in the residual" not in [trace["name"] for trace in drawn(app)["data"]]


def test_the_instant_methods_network_can_be_taken_away_and_no_other_methods(app):
    app.run()
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["Download this result", "Download the Instant network (ONNX)"]
    app.selectbox(key="method").select("wavelet").run()
    assert [button.label for button in app.get("download_button")] == ["Download this result"]


@pytest.mark.parametrize("page", ["app.py", "pages/train.py", "pages/result.py", "pages/compare.py", "pages/learn.py"])
def test_every_page_opens_the_glossary(app, page):
    app.run()
    app.switch_page(page).run()
    app.button(key="glossary").click().run()
    assert not app.exception
    assert all(f"- **{term}**: {sentence}" in words(app) for term, sentence in GLOSSARY.items())


def denoised(app):
    trace = next(trace for trace in drawn(app)["data"] if trace["name"] == "Denoised")
    return np.frombuffer(base64.b64decode(trace["y"]["bdata"]))


def test_the_settings_of_a_filter_are_suggested_and_can_be_changed(app):
    app.run()
    assert not [box for box in app.number_input if box.label == "Window (samples)"]
    app.selectbox(key="method").select("median").run()
    window = next(box for box in app.number_input if box.label == "Window (samples)")
    suggested, before = window.value, denoised(app)
    window.set_value(suggested + 100).run()
    assert not app.exception
    assert np.std(denoised(app)) < np.std(before)
    removed = words(app)
    app.selectbox(key="method").select("savgol").run()
    app.selectbox(key="method").select("median").run()
    assert next(box for box in app.number_input if box.label == "Window (samples)").value == suggested
    np.testing.assert_array_equal(denoised(app), before)
    assert words(app) != removed


def test_a_setting_that_does_not_fit_the_filter_is_explained(app):
    app.run()
    app.selectbox(key="method").select("savgol").run()
    boxes = {box.label: box for box in app.number_input}
    boxes["Window (samples)"].set_value(5)
    boxes["Order"].set_value(7).run()
    assert "order = 7 needs a window of more than 7 samples: it is 5." in app.warning[0].value


def test_a_file_that_cannot_be_read_never_reaches_the_disk(app, store, pump):
    upload(app.run(), "pump.csv", b"name\nMax\n")
    assert "pump.csv has no column of numbers" in words(app)
    before = set((store.home / "inputs").iterdir())
    upload(app, "pump.csv", pump)
    assert len(set((store.home / "inputs").iterdir()) - before) == 1
    upload(app, "empty.csv", b"")
    assert "empty.csv is empty" in words(app)
    assert len(set((store.home / "inputs").iterdir()) - before) == 1


def test_a_person_who_has_stored_all_that_one_may_is_told_so(app, pump, monkeypatch):
    monkeypatch.setenv("DENOISE_UPLOADS_GB_PER_PERSON", "1e-6")
    upload(app.run(), "pump.csv", pump)
    assert "Your uploads would take up" in words(app)


def test_pasted_numbers_are_shown_and_stored_under_their_own_name(app):
    app.run()
    widget(app.text_area, "Numbers or a table").set_value("t\tx\n" + "".join(f"{i}\t{i % 7},5\n" for i in range(40))).run()
    widget(app.button, "Use these numbers").click().run()
    assert not app.exception
    assert "pasted.txt · x · 40 samples" in words(app)


def test_recent_files_are_offered_where_no_file_is_open_and_to_their_person_alone(app, pump):
    upload(app.run(), "pump.csv", pump)
    assert not [box for box in app.selectbox if box.label == "Recent files"]
    again = type(app).from_file(app._script_path, default_timeout=30)
    again.run()
    assert not [box for box in again.selectbox if box.label == "Recent files"]
    again.session_state["denoise"] = replace(app.session_state["denoise"], source=None)
    again.run()
    box = widget(again.selectbox, "Recent files")
    assert box.options == ["pump.csv"]
    box.select(app.session_state["denoise"].source.input).run()
    assert "pump.csv · pressure" in words(again)


def test_several_columns_are_shown_at_once_and_saved_together(app, tank):
    upload(app.run(), "tank.csv", tank)
    app.selectbox(key="method").select("median").run()
    widget(app.toggle, "Several columns at once").set_value(True).run()
    assert not app.exception
    names = [trace["name"] for trace in drawn(app)["data"]]
    assert (names.count("Recorded"), names.count("Denoised")) == (4, 4)
    assert "pressure: Removed about" in words(app).replace("**", "")
    saved = next(button for button in app.get("download_button") if button.label == "Download these results")
    assert "flow_denoised, pressure_denoised, level_denoised" in saved.help.replace("\\", "")
