"""Results beside each other: the table of methods on Signal, the Compare page, and Result showing any of them."""

import gzip
import json
from dataclasses import replace

import pytest

import denoise_core as dc
from denoise_core.assess.summary import summarise
from denoise_core.jobs import Request, Source
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.run_folder import RunFolder
from pages.parts import comparison_actions, quick_estimates, side_by_side
from pages.parts.quick_estimates import summary_of
from pages.parts.quick_look import Look
from pages.parts.state import Session
from pages.parts.versions import Version
from tests.common import figure_of

WORKSPACE = "w" * 24


@pytest.fixture
def source(store, pump):
    return Source(input=store.put_input(pump, "pump.csv"), file_name="pump.csv", column="pressure")


@pytest.fixture
def keep(store, pump, source):
    """``keep("median", error=0.1, window=5)``: a result of the pump's series with that estimated error; its id."""
    series = dc.read(pump, name="pump.csv")["pressure"]

    def _keep(method, *, error=None, owner=WORKSPACE, **settings):
        estimate = dc.denoise(series, method=method, **settings)
        interval = None if error is None else (0.5 * error, 2.0 * error)
        summary = replace(summarise(series, estimate), error=error, error_interval=interval)
        token = f"{store.home} {method} {sorted(settings.items())}"
        return store.versions.keep(series, estimate, summary, owner=owner, title="t", source=source, token=token)

    return _keep


@pytest.fixture
def visit(app, source, monkeypatch):
    """``visit("compare", versions="...")``: that page of the pump's series, as the browser of `WORKSPACE` sees it."""
    monkeypatch.setattr("pages.parts.state._workspace", lambda: WORKSPACE)

    def _visit(page, **query):
        app.query_params["series"], app.query_params["name"], app.query_params["column"] = source.input, "pump.csv", "pressure"
        for name, text in query.items():
            app.query_params[name] = text
        (app.switch_page(f"pages/{page}.py") if page else app).run()
        assert not app.exception
        return app

    return _visit


def table(app):
    """What the first table of results is given, its rows by name."""
    told = next(e for e in app.get("bidi_component") if e.proto.component_name == "denoise_results")
    data = json.loads(gzip.decompress(told.proto.bytes))
    return {**data, "rows": {row["name"]: row for row in data["rows"]}}


def lines(app):
    chart = next(e for e in app.get("bidi_component") if e.proto.component_name == "denoise_chart")
    return {trace["name"]: trace for trace in figure_of(chart)["data"]}


def test_compare_lists_all_results_of_the_series_and_draws_the_two_of_least_error(visit, keep, store, finished):
    keep("median", error=0.3, window=5)
    best, second = keep("savgol", error=0.1), keep("wavelet", error=0.2)
    RunFolder(store.home / "runs" / finished).rename("my network")
    app = visit("compare")
    shown = table(app)
    assert set(shown["rows"]) == {"Median", "Savitzky-Golay", "Wavelet", "my network"}
    assert {name for name, row in shown["rows"].items() if row["ticked"]} == {"Savitzky-Golay", "Wavelet"}
    assert shown["rows"]["Median"]["cells"]["settings"]["text"] == "Window 5 samples"
    assert shown["rows"]["my network"]["cells"]["error"]["text"] == "unknown"
    assert {"Recorded", "Savitzky-Golay", "Wavelet"} <= set(lines(app))
    assert app.query_params["versions"] == f"{best},{second}"


def test_a_result_has_one_colour_in_table_and_picture(visit, keep):
    first, second = keep("median", window=5), keep("savgol")
    app = visit("compare", versions=f",{second},,{first}")
    drawn = lines(app)
    for name in ("Median", "Savitzky-Golay"):
        color = drawn[name]["line"]["color"]
        assert color == drawn[f"{name}, residual"]["line"]["color"]
        assert color in table(app)["rows"][name]["color"]
    assert drawn["Median"]["line"]["color"] != drawn["Savitzky-Golay"]["line"]["color"]


def test_the_gain_over_a_pinned_result_is_told_as_estimated_and_residuals_are_drawn_less_its(visit, keep):
    pinned, other = keep("median", error=0.2, window=5), keep("savgol", error=0.1)
    app = visit("compare", versions=f"{pinned},{other}", baseline=pinned)
    assert table(app)["rows"]["Savitzky-Golay"]["cells"]["over"]["text"] == "+6.0 dB est."
    app.toggle(key="less-baseline").set_value(True).run()
    assert not app.exception
    figure = figure_of(next(e for e in app.get("bidi_component") if e.proto.component_name == "denoise_chart"))
    assert figure["layout"]["yaxis2"]["title"]["text"] == "Difference (bar)"


def test_a_link_shows_somebody_elses_results_and_nobody_can_take_them_away(visit, keep, store, monkeypatch):
    theirs = keep("median", owner="x" * 24, window=5)
    keep("savgol", owner="x" * 24)
    app = visit("compare", versions=theirs)
    assert set(table(app)["rows"]) == {"Median"}
    found, told = {theirs: Version(run=store.run(theirs), i=0, name="Median", summary=None)}, []
    monkeypatch.setattr(comparison_actions.state, "current", lambda: Session(workspace=WORKSPACE))
    monkeypatch.setattr(comparison_actions.state, "fail", told.append)
    for what in ("rename", "delete"):
        comparison_actions.act(found, (), what, theirs, "mine")
    assert told == 2 * ["Only whoever made a result can rename or delete it."]
    assert store.run(theirs).name == "Median"


def test_results_of_other_series_and_deleted_ones_are_not_among_them(visit, keep, store, tank):
    gone, there = keep("median", window=5), keep("savgol")
    store.discard(gone)
    series, other = dc.read(tank, name="tank.csv")["flow"], Source(input=store.put_input(tank, "tank.csv"), column="flow")
    estimate = dc.denoise(series, method="median", window=3)
    store.versions.keep(series, estimate, summarise(series, estimate), owner=WORKSPACE, title="t", source=other, token="tank")
    app = visit("compare", versions=f"{gone},{there},../../etc")
    assert set(table(app)["rows"]) == {"Savitzky-Golay"}
    assert "Savitzky-Golay" in lines(app)


def test_a_result_whose_files_are_damaged_is_a_row_that_says_so(visit, keep, store):
    broken, _ = keep("median", window=5), keep("savgol", error=0.1)
    folder = RunFolder(store.home / "runs" / broken)
    (folder.path / "summary.json").unlink()
    folder.result.write_bytes(b"?")
    app = visit("compare")
    assert "cannot be read" in table(app)["rows"]["Median"]["refusal"]


def test_a_training_on_the_recording_with_noise_added_is_no_result_for_the_recording(visit, keep, store, source, pump):
    there = keep("median", error=0.1, window=5)
    clean = dc.read(pump, name="pump.csv")["pressure"]
    data = dc.TrainingSet.with_added_noise(clean, snr=2.0, seed=0)
    config = dc.suggest(data.noisy[0]).replace("objective.kind", "supervised")
    run = store.submit(Request.to_train(data, config), owner=WORKSPACE, title="t", source=source)
    folder = RunFolder(store.home / "runs" / run)
    save_estimate(folder.result, dc.denoise(data.noisy[0], method="savgol"))
    folder.end("done", "")
    app = visit("compare")
    assert "Noise was added" in table(app)["rows"][store.run(run).name]["refusal"]
    app = visit("result")
    assert app.query_params["run"] == there


def test_without_results_compare_leads_to_all_methods_and_to_earlier_networks(visit, store, finished, tank):
    other = Source(input=store.put_input(tank, "tank.csv"), file_name="tank.csv", column="flow")
    app = visit("compare", series=other.input, name="tank.csv", column="flow")
    assert "no results for this series yet" in app.info[0].value
    assert store.run(finished).name in app.selectbox[0].options[0]
    app.button(key="all-methods").click().run()
    assert not app.exception
    assert any(box.label == "All methods side by side" for box in app.expander)
    assert app.session_state["side-by-side"]


def test_an_earlier_network_is_offered_on_train_for_the_series_at_hand(visit, store, finished, tank):
    RunFolder(store.home / "runs" / finished).model.write_bytes(b"model")
    other = Source(input=store.put_input(tank, "tank.csv"), file_name="tank.csv", column="flow")
    app = visit("compare", series=other.input, name="tank.csv", column="flow")
    app.button(key="use-network").click().run()
    assert not app.exception
    assert app.query_params["name"] == "tank.csv"
    assert any("Start training" in button.label for button in app.button)
    assert next(box for box in app.expander if box.label == "Use an existing network").proto.expanded
    assert any("is not a model file" in error.value for error in app.error)


def test_result_opens_the_one_of_least_estimated_error_and_any_other_is_chosen_there(visit, keep):
    poor, best = keep("median", error=0.3, window=5), keep("savgol", error=0.1)
    app = visit("result")
    assert app.query_params["run"] == best
    assert lines(app)["Denoised"]["y"] != lines(app)["Recorded"]["y"]
    box = next(box for box in app.selectbox if box.label == "Result")
    box.select(poor).run()
    assert not app.exception
    assert app.query_params["run"] == poor
    shown = [one.value for one in (*app.info, *app.success, *app.warning)]
    assert any("probably 0.15 to 0.6 bar" in text for text in shown)
    assert [button.label for button in app.get("download_button")] == ["Download the denoised file"]
    assert any("dc.denoise(series, method='median', window=5)" in code.value for code in app.code)


def test_train_offers_a_training_while_a_computed_result_is_open(visit, keep):
    app = visit("train", run=keep("median", window=5))
    assert any(button.label.startswith("Start training") for button in app.button)


def test_the_table_of_methods_has_a_row_to_each_that_is_known_and_to_networks(visit, source, finished, store):
    noise = dc.config.NoiseConfig()
    for method in ("median", "instant"):
        summary_of(source, method, changes={}, fills=False, stated=noise)
    app = visit("")
    app.session_state["side-by-side"] = True
    app.run()
    assert not app.exception
    rows = table(app)["rows"]
    assert set(rows) == {"Instant", "Median", store.run(finished).name}
    assert rows["Instant"]["chosen"]
    assert rows["Median"]["cells"]["error"]["sort"] > rows["Instant"]["cells"]["error"]["sort"]
    chart = next(one for one in app.get("bidi_component") if one.proto.component_name == "denoise_chart" and len(panels(one)) > 2)
    assert len(panels(chart)) == len([name for name, one in dc.METHODS.items() if not one.trains]) + 1
    assert json.loads(gzip.decompress(chart.proto.bytes))["saves"]


def test_a_method_has_its_row_before_its_error_is_estimated(visit, source, monkeypatch):
    monkeypatch.setattr(side_by_side.BACKGROUND, "compute", lambda *_: None)
    for kept in (quick_estimates._numbers, quick_estimates._summary):
        kept.clear()
    how = {"changes": {}, "fills": False, "stated": dc.config.NoiseConfig()}
    assert quick_estimates.numbers_known(source, "median", **how) is None
    quick_estimates._numbers(*quick_estimates._asked_key(source, "median", **how), source)
    app = visit("")
    app.session_state["side-by-side"] = True
    app.run()
    assert not app.exception
    cells = table(app)["rows"]["Median"]["cells"]
    assert (cells["error"]["text"], cells["interval"]["text"]) == ("…", "")
    known = quick_estimates.numbers_known(source, "median", **how)
    assert cells["removed"]["sort"] == pytest.approx(known.removed_rms)
    assert replace(summary_of(source, "median", **how), error=None, error_interval=None, doubt="") == known


def panels(chart):
    return [trace for trace in figure_of(chart)["data"] if trace["name"] == "Recorded"]


def test_instant_is_judged_before_the_others_are_begun(source, monkeypatch):
    monkeypatch.setattr("pages.parts.state.value", lambda _: "instant")
    quick_estimates._quick_estimate.clear()
    look = Look(source=source, method="instant", fills=False)
    looks = sorted(side_by_side._looks(look), key=side_by_side._rank)
    assert list(side_by_side._tasks(looks)) == [look.name]
    assert list(side_by_side._tasks(looks[1:])) == [one.name for one in looks[1:]]


def test_a_method_that_fails_says_why_and_is_not_tried_again(source, monkeypatch):
    tried = []

    def fail(_, **kwargs):
        tried.append(kwargs["method"])
        if kwargs["method"] == "kalman":
            raise dc.DenoiseError("Too short for a trend.")
        raise ZeroDivisionError("division by zero")

    summary_of(source, "instant", changes={}, fills=False, stated=dc.config.NoiseConfig())
    monkeypatch.setattr("pages.parts.quick_estimates.dc.denoise", fail)
    for method, why in (("kalman", "Too short for a trend"), ("lowess", "unexpected error"), ("lowess", "division by zero")):
        with pytest.raises(dc.DenoiseError, match=why):
            summary_of(source, method, changes={"window": 7}, fills=False, stated=dc.config.NoiseConfig())
    assert tried == ["kalman", "lowess"]


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ((), ("new", "", "", "", "", "")),
        (("a", "", "c"), ("a", "new", "c", "", "", "")),
        (tuple("abcdef"), ("a", "b", "c", "d", "e", "new")),
    ],
)
def test_a_ticked_result_takes_the_first_free_colour(drawn, expected):
    assert comparison_actions._tick(drawn, "new") == expected
