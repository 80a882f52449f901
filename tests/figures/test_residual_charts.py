"""The strip and the charts of the residual."""

import numpy as np
import plotly.graph_objects as go
import pytest

from denoise_core import figures
from denoise_core.assess import Finding, check_residual, spectrograms, transfer
from denoise_core.figures.strip import NARROWEST, range_around
from denoise_core.series import Estimate, Series, TimeAxis

N = 4000


@pytest.fixture(params=["seconds", "calendar"])
def series(request):
    start = np.datetime64("2024-01-01") if request.param == "calendar" else None
    time = TimeAxis(values=np.arange(N) / 100.0, unit="s", start=start)
    return Series(values=np.random.default_rng(0).standard_normal(N), time=time, name="pressure", unit="bar")


@pytest.fixture
def estimate():
    return Estimate(values=np.sin(np.arange(N) / 40), method="given", noise_sd=1.0)


def place(start, stop, kind="missed"):
    return Finding(start=start, stop=stop, kind=kind, size=1.0, text="1 event like those in the result was removed altogether.")


def bars(figure):
    return {trace["name"]: trace for trace in figure["data"] if trace["type"] == "bar"}


def test_without_places_there_is_no_strip(series, estimate):
    figure = figures.overlay(series, estimate)
    assert not bars(figure)
    assert "yaxis3" not in figure["layout"]


def test_the_strip_has_a_bar_for_each_place_that_a_click_leads_to(series, estimate):
    found = [place(1000, 1500), place(3000, 3002), place(10, 400, kind="level")]
    figure = figures.overlay(series, estimate, places=found)
    drawn, x = bars(figure), figures.axis_values(series.time)
    assert set(drawn) == {"Signal in the residual", "Louder than the noise"}
    lost = drawn["Signal in the residual"]
    assert lost["base"][0] == pytest.approx(x[1000])
    assert lost["base"][0] + lost["x"][0] == pytest.approx(x[1499])
    assert lost["x"][1] == pytest.approx(NARROWEST * (x[-1] - x[0]))
    assert lost["customdata"][0] == list(range_around(found[0], x)) == [x[250], x[2250]]
    assert lost["text"][0] == found[0].text
    go.Figure(figure)


def test_the_view_sets_how_wide_the_narrowest_bar_is(series, estimate):
    x = figures.axis_values(series.time)
    drawn = bars(figures.overlay(series, estimate, places=[place(3000, 3001)], view=(x[2900], x[3100])))
    assert drawn["Signal in the residual"]["x"][0] == pytest.approx(NARROWEST * (x[3100] - x[2900]))


def test_residual_checks_show_limits_normal_curve_and_quantiles(series):
    figure = figures.residual_checks(check_residual(series.values), unit="bar")
    titles = [figure["layout"][axis]["title"]["text"] for axis in ("xaxis", "xaxis2", "xaxis3")]
    assert titles == ["Lag (samples)", "Residual (bar)", "Normal quantiles (sd)"]
    assert [shape["y0"] for shape in figure["layout"]["shapes"]] == pytest.approx([1.96 / N**0.5, -1.96 / N**0.5])
    assert "beyond those of white noise" in figure["layout"]["meta"]["alt"]
    go.Figure(figure)


def test_the_spectrogram_has_three_panels_on_one_scale(series, estimate):
    found = spectrograms(series, estimate)
    figure = figures.spectrogram(series, found)
    assert [trace["name"] for trace in figure["data"]] == ["Recorded", "Denoised", "Removed"]
    assert {trace["coloraxis"] for trace in figure["data"]} == {"coloraxis"}
    scale = figure["layout"]["coloraxis"]
    assert scale["cmax"] - scale["cmin"] <= 80.0
    assert scale["colorbar"]["title"]["text"] == "dB re bar²/Hz"
    assert figure["data"][0]["x"] == figures.axis_values(series.time)[found.places].tolist()
    go.Figure(figure)


def test_gain_and_coherence_are_drawn_over_frequency(series, estimate):
    figure = figures.transfer_chart(transfer(series, estimate), time=series.time)
    assert figure["layout"]["xaxis2"]["title"]["text"] == "Frequency (Hz)"
    assert {trace["name"] for trace in figure["data"]} == {"Gain", "Coherence"}
    go.Figure(figure)
