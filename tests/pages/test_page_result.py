"""The Result page: the numbers of the core, the strength, and what is said where there is no result."""

import base64
from dataclasses import replace

import numpy as np
import pytest

import denoise_core as dc
from denoise_core.assess import Sentence, judge
from denoise_core.files import sample_path
from denoise_core.jobs import Request, Source
from denoise_core.jobs.spec import CANCELLED_REASON, NO_EPOCH_REASON, Status
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.run_folder import RunFolder
from denoise_core.methods import blend_with_network
from pages.parts import cached
from tests.common import figure_of


def result(app, run):
    app.query_params["run"] = run
    return app.switch_page("pages/result.py").run()


def lines(app):
    """The y values of each line of the chart, by its name."""
    chart = next(e for e in app.get("bidi_component") if e.proto.component_name == "denoise_chart")
    traces = figure_of(chart)["data"]
    return {trace["name"]: np.frombuffer(base64.b64decode(trace["y"]["bdata"])) for trace in traces if trace["type"] == "scatter"}


def test_result_shows_the_three_numbers_and_sentences_of_the_core(app, store, finished):
    result(app, finished)
    assert not app.exception
    verdict = judge(store.series(finished), store.estimate(finished))
    assert [(m.label, m.value) for m in app.metric] == [(f.label, f.text) for f in verdict.figures]
    shown = [box.value for box in (*app.success, *app.info, *app.warning)]
    assert {sentence.text for sentence in verdict.sentences} <= set(shown)


def test_true_gain_is_the_first_number_where_the_file_brings_the_truth(app, store):
    data = sample_path("pressure_steps").read_bytes()
    source = Source(input=store.put_input(data, "pressure_steps.csv"), file_name="pressure_steps.csv", column="pressure")
    read = dc.read(data, name="pressure_steps.csv")
    series, truth = read["pressure"], read["pressure_true"]
    run = store.submit(Request.to_train(series, dc.suggest(series)), owner="w" * 24, title="pressure", source=source)
    estimate = dc.denoise(series, method="savgol")
    folder = RunFolder(store.home / "runs" / run)
    save_estimate(folder.result, estimate)
    folder.end("done", "")
    result(app, run)
    gain_db = dc.score(estimate, truth, noisy=series)["snr_gain_db"]
    assert (app.metric[0].label, app.metric[0].value) == ("True gain", f"{gain_db:.1f} dB")


def test_all_but_the_two_most_serious_sentences_are_folded(app, finished, monkeypatch):
    severities = ("good", "note", "warn", "note", "warn")
    told = [Sentence(severity=severity, text=f"{severity} {at}") for at, severity in enumerate(severities)]
    monkeypatch.setattr("pages.parts.outcome.on_training", lambda _: told)
    monkeypatch.setattr("pages.parts.cached.judge", lambda *a, **k: replace(judge(*a, **k), sentences=()))
    cached.verdict_of.clear()
    result(app, finished)
    folded = next(box for box in app.expander if box.label == "More findings")
    assert [box.value for box in (*folded.info, *folded.success)] == ["note 1", "note 3", "good 0"]
    assert [box.value for box in app.warning] == ["warn 2", "warn 4"]
    assert len(folded.warning) == 0


def test_strength_blends_without_training_again(app, finished):
    result(app, finished)
    whole = lines(app)["Residual"]
    app.slider[0].set_value(50).run()
    np.testing.assert_allclose(lines(app)["Residual"], 0.5 * whole)


def test_the_instant_method_is_drawn_and_told_beside_the_network(app, store, finished):
    result(app, finished)
    series = store.series(finished)
    instant = dc.denoise(series, method="instant")
    np.testing.assert_array_equal(lines(app)["Instant"], instant.values)
    told = next(caption.value for caption in app.caption if caption.value.startswith("Instant"))
    assert judge(series, instant).headline in told
    next(toggle for toggle in app.toggle if toggle.label == "Instant").set_value(False).run()
    assert "Instant" not in lines(app)
    assert not any(caption.value.startswith("Instant") for caption in app.caption)


@pytest.fixture
def combined(store, finished):
    """A run whose result was combined with other methods; its id."""
    folder, series = RunFolder(store.home / "runs" / finished), store.series(finished)
    rng = np.random.default_rng(1)
    network, twin = (
        replace(store.estimate(finished), values=np.sin(np.arange(600) / 9) + 0.02 * rng.normal(size=600)) for _ in range(2)
    )
    save_estimate(folder.result, network)
    folder.save_blend(0, blend_with_network(series, network, twin))
    return finished


def test_the_combination_is_shown_with_its_weights_and_the_estimated_errors(app, store, combined):
    result(app, combined)
    assert not app.exception
    found = store.blend(combined)
    assert found.weights["lstm"] > 0.2
    np.testing.assert_array_equal(lines(app)["Denoised"], found.chosen.values)
    shown = [box.value for box in (*app.success, *app.info)]
    assert any("Training lowered the estimated error by" in text for text in shown)
    table = next(one.value for one in app.table if "Method" in one.value)
    assert set(table["Method"]) == {"All of them combined", *found.labelled_weights}
    next(toggle for toggle in app.toggle if toggle.label == "Combine methods").set_value(False).run()
    np.testing.assert_array_equal(lines(app)["Denoised"], store.estimate(combined).values)


def test_strength_and_gain_follow_the_combination(app, store, combined):
    result(app, combined)
    verdict = judge(store.series(combined), store.blend(combined).chosen)
    assert [(m.label, m.value) for m in app.metric] == [(f.label, f.text) for f in verdict.figures]
    whole = lines(app)["Residual"]
    app.slider[0].set_value(50).run()
    np.testing.assert_allclose(lines(app)["Residual"], 0.5 * whole)


def test_a_run_of_before_is_shown_without_a_combination(app, finished):
    result(app, finished)
    assert not app.exception
    assert "Combine methods" not in [toggle.label for toggle in app.toggle]


def test_result_offers_file_settings_and_model(app, finished):
    result(app, finished)
    assert [button.label for button in app.get("download_button")] == ["Download the denoised file", "Settings", "Model"]


def test_run_without_a_result_says_why(app, running):
    result(app, running)
    assert not app.exception
    assert "running" in app.info[0].value


def test_result_without_a_run_leads_to_the_training(app):
    app.run()
    app.switch_page("pages/result.py").run()
    assert not app.exception
    assert "Go to the training" in [link.value for link in app.page_link]


def test_result_file_removed_by_hand_is_told_in_words(app, store, finished):
    (store.home / "runs" / finished / "result.npz").unlink()
    result(app, finished)
    assert not app.exception
    assert "no result" in app.error[0].value


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (CANCELLED_REASON, "This run was cancelled, so it has no result."),
        ("", "This run was cancelled, so it has no result."),
        (NO_EPOCH_REASON, NO_EPOCH_REASON),
    ],
)
def test_a_run_without_a_result_says_why(app, store, submitted, reason, told):
    RunFolder(store.home / "runs" / submitted).write(Status(state="cancelled", reason=reason, started=0.0))
    result(app, submitted)
    assert not app.exception
    assert app.info[0].value == told
