"""The Result page: several channels, the error band, gaps, what was done to the data, and what is downloaded of it."""

import base64
import io

import numpy as np
import pandas as pd
import pytest

import denoise_core as dc
from denoise_core.assess import on_test_part
from denoise_core.config import RunConfig
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.jobs import Request, Source
from denoise_core.jobs.storage.arrays import save_estimate
from denoise_core.jobs.storage.run_folder import RunFolder
from pages.parts import downloads
from pages.parts.result_view import ResultView
from tests.common import figure_of
from tests.pages.test_page_task_widgets import labelled, words


@pytest.fixture
def gappy(tank):
    """The tank's file with three samples of its first column missing."""
    lines = tank.decode().split("\n")
    for at in (100, 101, 300):
        cells = lines[at + 1].split(",")
        lines[at + 1] = ",".join([cells[0], "", *cells[2:]])
    return "\n".join(lines).encode()


@pytest.fixture
def ended(store):
    """``ended(data, "flow", "level", config=...)``: a finished run of these columns, with an error's sd of 0.1; its id."""

    def _ended(file, *names, config=None, data=None, changes=()):
        read = dc.read(file, name="tank.csv")
        data = data or TrainingSet(noisy=tuple(read[name] for name in names))
        source = Source(input=store.put_input(file, "tank.csv"), file_name="tank.csv", column=names[0])
        config = config or dc.suggest(data.noisy[0])
        run = store.submit(Request.to_train(data, config), owner="w" * 24, title="tank", source=source)
        folder = RunFolder(store.home / "runs" / run)
        for i, series in enumerate(data.to_denoise):
            values = np.nan_to_num(dc.denoise(series, method="savgol").values)
            told = {"method": "lstm", "noise_sd": 0.2, "notes": tuple(changes)}
            save_estimate(folder.result_of(i), dc.Estimate(values=values, sd=np.full(len(series), 0.1), **told))
        folder.end("done", "")
        return run

    return _ended


def look(app, run):
    app.query_params["run"] = run
    app.switch_page("pages/result.py").run()
    assert not app.exception


def lines(app):
    """The drawn lines by name: (x, y)."""
    chart = next(e for e in app.get("bidi_component") if e.proto.component_name == "denoise_chart")
    figure = figure_of(chart)
    return {t["name"]: tuple(np.frombuffer(base64.b64decode(t[axis]["bdata"])) for axis in "xy") for t in figure["data"]}


def written(store, run, **how):
    """The table that is downloaded."""
    given = {"residual": False, "sd": False} | {name: how.pop(name) for name in ("residual", "sd") if name in how}
    return pd.read_csv(io.BytesIO(downloads._file(ResultView(run=store.run(run), **how), **given)))


def test_each_channel_can_be_looked_at(app, store, ended, tank):
    run = ended(tank, "flow", "level")
    look(app, run)
    assert labelled(app.selectbox, "Channel").options == ["flow", "level"]
    labelled(app.selectbox, "Channel").select("level").run()
    series, estimate = store.series(run, 1), store.estimate(run, 1)
    np.testing.assert_allclose(lines(app)["Residual"][1], series.values - estimate.values)
    assert "tank.csv · level" in words(app)


def test_run_of_one_channel_asks_for_none(app, ended, tank):
    look(app, ended(tank, "flow"))
    assert [box.label for box in app.selectbox] == []


def test_download_holds_every_channel_that_is_in_the_file(store, ended, tank):
    run = ended(tank, "flow", "level")
    table = written(store, run, residual=True, sd=True)
    for i, name in enumerate(("flow", "level")):
        estimate, unit = store.estimate(run, i), "(l/s)" if name == "flow" else "(m)"
        np.testing.assert_allclose(table[f"{name}_denoised {unit}"], estimate.values, atol=1e-6)
        removed = store.series(run, i).values - estimate.values
        np.testing.assert_allclose(table[f"{name}_residual {unit}"], removed, atol=1e-6)
        np.testing.assert_allclose(table[f"{name}_sd {unit}"], 0.1)


def test_error_band_is_drawn_at_full_strength_and_can_be_left_out(app, ended, tank):
    look(app, ended(tank, "flow"))
    x, y = lines(app)["90 % band (estimated)"]
    at = np.rint(x * 100).astype(int)
    smooth = dict(zip(np.rint(lines(app)["Denoised"][0] * 100).astype(int), lines(app)["Denoised"][1], strict=True))
    np.testing.assert_allclose(np.abs(y - [smooth[i] for i in at]), 1.645 * 0.1)
    labelled(app.toggle, "Error band").set_value(False).run()
    assert "90 % band (estimated)" not in lines(app)


def test_no_error_band_at_less_strength(app, ended, tank):
    look(app, ended(tank, "flow"))
    app.slider[0].set_value(50).run()
    assert "90 % band (estimated)" not in lines(app)
    assert [box.label for box in app.toggle] == ["Instant"]


def test_gaps_are_filled_or_left_in_the_picture_and_in_the_file(app, store, ended, gappy):
    run = ended(gappy, "flow")
    look(app, run)
    assert not np.isnan(lines(app)["Denoised"][1]).any()
    assert "3 of 600 samples are missing: 101–102, 301." in words(app)
    assert "They were filled by continuing the series from both sides; the band is wider there." in words(app)
    labelled(app.toggle, "Fill gaps").set_value(False).run()
    assert np.isnan(lines(app)["Denoised"][1]).sum() == 2
    assert "They are left empty." in words(app)
    column = "flow_denoised (l/s)"
    assert written(store, run)[column].isna().sum() == 0
    assert np.flatnonzero(written(store, run, fills=False)[column].isna()).tolist() == [100, 101, 300]


def test_series_without_gaps_is_asked_nothing_about_them(app, ended, tank):
    look(app, ended(tank, "flow"))
    assert [box.label for box in app.toggle] == ["Error band", "Instant"]
    assert "missing" not in words(app)


def test_what_was_done_to_the_data_is_told(app, ended, tank):
    look(app, ended(tank, "flow", changes=["flow: it was turned upside down."]))
    assert "Changes to the data: flow: it was turned upside down." in words(app)


def test_gain_on_the_test_part_stands_beside_the_whole_gain(app, store, ended, tank):
    config = RunConfig().replace("split.test_share", 0.2)
    run = ended(tank, "flow", config=config)
    look(app, run)
    truth = dc.read(tank, name="tank.csv")["flow_true"].values
    gain_db = on_test_part(store.estimate(run), truth, data=store.training_set(run), config=config)
    assert [m.label for m in app.metric][:2] == ["True gain", "Gain on test samples"]
    assert app.metric[1].value == f"{gain_db:.1f} dB" != app.metric[0].value


def test_clean_column_that_was_learnt_from_is_the_truth(app, store, ended, tank):
    read = dc.read(tank, name="tank.csv")
    data = TrainingSet(noisy=(read["pressure"],), clean=(read["flow_true"].values,))
    run = ended(tank, "pressure", data=data, config=RunConfig().replace("objective.kind", "supervised"))
    look(app, run)
    gain_db = dc.score(store.estimate(run), read["flow_true"], noisy=read["pressure"])["snr_gain_db"]
    assert (app.metric[0].label, app.metric[0].value) == ("True gain", f"{gain_db:.1f} dB")


def test_recording_that_noise_was_added_to_is_the_truth(app, ended, tank):
    clean = dc.read(tank, name="tank.csv")["flow_true"]
    data = TrainingSet.with_added_noise(clean, snr=2.0, seed=0)
    look(app, ended(tank, "flow_true", data=data, config=RunConfig().replace("objective.kind", "supervised")))
    assert app.metric[0].label == "True gain"
    assert "Noise was added to the recording" in words(app)
    assert [box.label for box in app.checkbox] == ["+ error sd"]


def test_teaching_example_is_marked(app, ended, tank):
    look(app, ended(tank, "flow", config=RunConfig().replace("objective.kind", "reconstruct")))
    assert app.info[0].value.startswith("Teaching example:")
