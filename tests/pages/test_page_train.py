"""The Train page: suggested settings, what cannot be started, and a run that is found again."""

import base64
import json
import time
from contextlib import nullcontext

import numpy as np

import denoise_core as dc
from denoise_core.jobs import Request, Source
from denoise_core.jobs.spec import Status
from denoise_core.jobs.storage import metrics
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.suggestions.cost import expected_seconds, in_words
from denoise_core.suggestions.expectation import Measured
from pages.parts import cached_runs
from tests.common import figure_of
from tests.jobs.events import epoch_end, started


def field(app, label):
    return next(box for box in (*app.number_input, *app.selectbox) if box.label.startswith(label))


def uploader(app, label):
    return next(box for box in app.file_uploader if box.label.startswith(label))


def start(app):
    return next(button for button in app.button if button.label == "Start training").click().run()


def train(app):
    app.run()
    return app.switch_page("pages/train.py").run()


def test_form_is_filled_in_with_reasons_and_offers_every_choice(app):
    train(app)
    assert not app.exception
    assert field(app, "Window length").value >= 16
    assert any("window" in caption.value for caption in app.caption)
    labels = {box.label.split(" (")[0] for box in (*app.number_input, *app.selectbox)}
    assert {"Scaling", "Window length", "Window overlap", "Hidden size", "Layers", "Dropout"} <= labels
    assert {"Learning rate", "Batch size", "Epochs", "Steps per epoch", "Seed", "Device"} <= labels


def test_start_puts_one_run_into_the_queue_and_the_link_names_it(app, store):
    train(app)
    field(app, "Epochs").set_value(3)
    field(app, "Scaling").select("robust")
    start(app)
    assert not app.exception
    run = store.run(app.query_params["run"])
    assert (run.spec.config.training.epochs, run.spec.config.scaling.kind, run.state) == (3, "robust", "queued")
    assert "place 1 in the queue" in app.progress[0].text


def test_a_start_checks_the_data_and_the_settings_once(app, store, monkeypatch):
    checked = []
    monkeypatch.setattr("denoise_core.jobs.request.prepare_data", lambda *given: checked.append(given))
    train(app)
    start(app)
    assert store.run(app.query_params["run"]).state == "queued"
    assert len(checked) == 1


def test_settings_that_contradict_each_other_are_explained_and_nothing_starts(app, store):
    train(app)
    field(app, "Layers").set_value(1)
    field(app, "Dropout").set_value(0.3)
    start(app)
    assert "Dropout acts between layers" in app.error[0].value
    assert "run" not in app.query_params
    assert list((store.home / "runs").iterdir()) == []


def test_test_part_too_short_for_a_window_is_refused_in_the_form(app, store):
    train(app)
    field(app, "Window length").set_value(128)
    field(app, "Test share").set_value(0.02)
    field(app, "Split").select("in_time")
    start(app)
    assert "The test part has 60 samples, too few for one window of 128" in app.error[0].value
    assert list((store.home / "runs").iterdir()) == []


def test_settings_file_fills_the_form(app):
    train(app)
    uploader(app, "Settings").upload("settings.json", json.dumps({"window": {"length": 96}}).encode())
    app.run()
    assert field(app, "Window length").value == 96


def test_settings_file_with_faults_is_refused_with_all_of_them(app):
    train(app)
    uploader(app, "Settings").upload("settings.json", b'{"window": {"length": 96.5}, "modell": {}}')
    app.run()
    assert not app.exception
    assert len(app.error) == 2
    assert field(app, "Window length").value != 96


def test_running_run_is_found_again_by_its_link(app, running):
    app.query_params["run"] = running
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert "Training on cpu: 3 of" in app.progress[0].text
    assert "best so far: epoch 2" in app.progress[0].text


def test_the_preview_shows_the_instant_method_beside_the_network(app, store, running):
    app.query_params["run"] = running
    app.switch_page("pages/train.py").run()
    drawn = next(chart["Instant"] for chart in charts_of(app) if "Instant" in chart)
    expected = dc.denoise(store.series(running), method="instant").values[100:200]
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(drawn["y"]["bdata"])), expected)


def charts_of(app):
    """The traces of each chart, by name."""
    shown = [e for e in app.get("bidi_component") if e.proto.component_name == "denoise_chart"]
    return [{trace["name"]: trace for trace in figure_of(chart)["data"]} for chart in shown]


def test_the_error_that_a_network_states_is_drawn_beside_what_the_instant_method_states(app, store, running):
    folder, stretch = RunFolder(store.home / "runs" / running), [0.0] * 100
    metrics.append(folder.metrics, epoch_end(epoch=4, preview=stretch, error=0.08))
    app.query_params["run"] = running
    app.switch_page("pages/train.py").run()
    (lines,) = [chart for chart in charts_of(app) if "This network" in chart]
    errors = np.frombuffer(base64.b64decode(lines["This network"]["y"]["bdata"]))
    np.testing.assert_array_equal(errors, [np.nan, np.nan, np.nan, 0.08])
    beaten = np.frombuffer(base64.b64decode(lines["Instant"]["y"]["bdata"]))
    stated = dc.denoise(store.series(running), method="instant").sd[100:200]
    np.testing.assert_allclose(beaten, np.sqrt(np.mean(stated**2)))


def test_a_run_with_a_time_budget_counts_the_epochs_that_it_was_given(app, store, running):
    folder = RunFolder(store.home / "runs" / running)
    metrics.append(folder.metrics, started(samples=600, epochs=77, first_epoch=4, preview_start=100, preview_noisy=[0.0] * 100))
    app.query_params["run"] = running
    app.switch_page("pages/train.py").run()
    assert "3 of 77 epochs" in app.progress[0].text


def test_before_start_the_form_says_what_training_gained_on_records_like_this(app, monkeypatch):
    measured = (Measured(samples=600, snr=3.0, periodic=True, gain_db=0.5),)
    monkeypatch.setattr("denoise_core.suggestions.expectation._measured", lambda: measured)
    train(app)
    assert "0.5 to 0.5 dB above the Instant method" in captions(app)
    assert captions(app).index("What to expect") < captions(app).index("Takes about")


def submit(store, series, config):
    source = Source(input=None, file_name="own.csv", column=series.name)
    return store.submit(Request.to_train(series, config), owner="w" * 24, title="own.csv: value", source=source)


def test_the_instant_method_in_the_preview_denoises_what_is_drawn_there_not_what_was_whitened(store):
    series = dc.Series.of(np.sin(np.arange(600) / 9) + 0.2 * np.random.default_rng(7).normal(size=600))
    run = submit(store, series, dc.suggest(series).replace("input.whiten", 0.5))
    expected = dc.denoise(series, method="instant").values[100:200]
    np.testing.assert_array_equal(cached_runs.instant_near(run, 100, 100).values, expected)


def test_a_preview_in_the_middle_of_a_flat_stretch_is_drawn_without_the_instant_method(store):
    values = np.sin(np.arange(12_000) / 9) + 0.2 * np.random.default_rng(7).normal(size=12_000)
    values[500:11_500] = 1.0
    series = dc.Series.of(values)
    run = submit(store, series, dc.suggest(series))
    assert cached_runs.instant_near(run, 5000, 100) is None


def test_only_the_owner_is_offered_to_stop(app, running, workspace, monkeypatch):
    app.query_params["run"] = running
    app.switch_page("pages/train.py").run()
    assert "Stop and keep best" not in [button.label for button in app.button]
    monkeypatch.setattr("pages.parts.state._workspace", lambda: workspace)
    mine = type(app).from_file(app._script_path, default_timeout=30)
    mine.query_params["run"] = running
    mine.switch_page("pages/train.py").run()
    assert "Stop and keep best" in [button.label for button in mine.button]


def test_menu_says_how_many_runs_are_in_progress(app, store, workspace, submitted, monkeypatch):
    monkeypatch.setattr("pages.parts.state._workspace", lambda: workspace)
    popovers = []
    monkeypatch.setattr("pages.parts.runs.st.popover", lambda label, **_: popovers.append(label) or nullcontext())
    folder = RunFolder(store.home / "runs" / submitted)
    for state in ("queued", "running", "cancelled"):
        folder.write(Status(state=state, started=0.0))
        app.run()
    assert [label for label in popovers if "run" in label.lower()] == ["1 run in progress", "1 run in progress", "Runs: 1"]


def test_link_to_a_run_that_is_gone_says_so(app):
    app.query_params["run"] = "x" * 24
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert app.warning[0].value.startswith(f"The run {'x' * 24} is no longer here: it was deleted or it expired.")


def test_series_too_short_for_a_network_is_told_in_words(app):
    app.run()
    app.file_uploader[0].upload("short.csv", b"v\n" + b"".join(b"%d\n" % (i % 5) for i in range(20)))
    app.run()
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert "20" in app.error[0].value


def test_run_deleted_while_it_is_watched_is_told_in_words(app, store, running):
    app.query_params["run"] = running
    app.switch_page("pages/train.py").run()
    store.delete(running)
    app.run()
    assert not app.exception
    assert "no longer here" in app.warning[0].value


def captions(app):
    return " ".join(caption.value for caption in app.caption)


def markdown(app):
    return " ".join(text.value for text in app.markdown)


def test_every_sentence_of_the_form_follows_the_values_that_it_is_about(app):
    """At every moment: the duration, the windows and the reasons are those of the settings that the form shows."""
    train(app)
    changes = [("Epochs", 300), ("Window length", 1000), ("Window overlap", 0.9), ("Hidden size", 16), ("Epochs", 28)]
    held = {label: field(app, label).value for label, _ in changes}
    for label, value in changes:
        field(app, label).set_value(value).run()
        held[label] = value
        config = dc.RunConfig().replace("training.epochs", held["Epochs"]).replace("window.length", held["Window length"])
        config = config.replace("window.overlap", held["Window overlap"]).replace("model.hidden_size", held["Hidden size"])
        for path, name in (("training.batch_size", "Batch size"), ("training.steps_per_epoch", "Steps per epoch")):
            config = config.replace(path, field(app, name).value)
        assert f"Takes {in_words(expected_seconds(config))}, its check included." in captions(app)
        assert f"the network sees {held['Window length']} samples at once" in markdown(app)
        assert f"the next window starts {config.window.hop} sample" in markdown(app)
        assert ("samples in each step" in captions(app)) == (held["Window length"] == 256)


def test_a_reason_goes_with_the_value_that_it_was_given_for(app):
    train(app)
    assert "Two layers;" in captions(app)
    field(app, "Layers").set_value(3).run()
    assert "Two layers;" not in captions(app)
    field(app, "Layers").set_value(2).run()
    assert "Two layers;" in captions(app)


def test_a_run_that_waits_for_a_cluster_out_of_reach_says_so(app, store, pump, workspace):
    series = dc.read(pump, name="pump.csv")["pressure"]
    request = Request.to_train(series, dc.suggest(series).replace("training.device", "cuda"))
    run_id = store.submit(request, owner=workspace, title="pump.csv: pressure")
    away = {"cuda": {"since": time.time() - 720.0, "reason": "the cluster has been out of reach"}}
    (store.home / "machine.json").write_text(json.dumps({"slots": ["cpu:0", "cuda:ray-0"], "away": away}))
    app.query_params["run"] = run_id
    train(app)
    (bar,) = app.get("progress")
    assert bar.proto.text == "Waiting: the cluster has been out of reach for 12 minutes. The run starts when that changes."
