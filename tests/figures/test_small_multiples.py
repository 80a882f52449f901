"""Several channels in one figure."""

import base64
import itertools

import numpy as np
import plotly.graph_objects as go
import pytest

from denoise_core import figures
from denoise_core.series import Estimate, Series


@pytest.mark.parametrize("count", [1, 2, 6])
def test_each_channel_has_its_panel_over_one_x_axis(count):
    rng = np.random.default_rng(0)
    series = [Series.of(rng.normal(size=900), rate_hz=50.0, name=f"p{k}", unit="bar") for k in range(count)]
    estimates = [None if k == 1 else Estimate(values=one.values / 2, method="median") for k, one in enumerate(series)]
    figure = figures.small_multiples(series, estimates)
    go.Figure(figure)
    axes = [f"y{k + 1}" if k else "y" for k in range(count)]
    assert [trace["yaxis"] for trace in figure["data"] if trace["name"] == "Recorded"] == axes
    assert {trace.get("xaxis", "x") for trace in figure["data"]} == {"x"}
    assert [note["text"] for note in figure["layout"]["annotations"]] == [f"p{k} (bar)" for k in range(count)]
    assert sum(trace["showlegend"] for trace in figure["data"]) == 2
    domains = [figure["layout"][axis.replace("y", "yaxis")]["domain"] for axis in axes]
    assert all(low >= below for (low, _), (_, below) in itertools.pairwise(domains))
    drawn = np.frombuffer(base64.b64decode(figure["data"][0]["y"]["bdata"]), dtype="<f8")
    np.testing.assert_array_equal(drawn, series[0].values)


def test_many_long_channels_stay_small():
    series = [Series.of(np.random.default_rng(k).normal(size=50_000), name=f"p{k}") for k in range(6)]
    figure = figures.small_multiples(series, [None] * 6)
    points = [len(base64.b64decode(trace["x"]["bdata"])) // 8 for trace in figure["data"]]
    assert max(points) <= 2700
    assert "points drawn, extremes kept" in figure["layout"]["meta"]["note"]
