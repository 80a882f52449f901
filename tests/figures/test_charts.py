"""Figures say what they should, also to plotly itself."""

import base64
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from denoise_core import figures
from denoise_core.series import Estimate, Series, TimeAxis


def values(trace, axis="y"):
    return np.frombuffer(base64.b64decode(trace[axis]["bdata"]), dtype="<f8")


def by_name(figure):
    return {trace["name"]: trace for trace in figure["data"]}


@pytest.fixture
def series():
    rng = np.random.default_rng(0)
    noisy = np.sin(np.arange(997) / 40) + 0.2 * rng.normal(size=997)
    noisy[300:320] = np.nan
    return Series.of(noisy, rate_hz=50.0, name="pressure", unit="bar")


@pytest.fixture
def estimate(series):
    smooth = np.where(series.observed, np.sin(np.arange(997) / 40), np.nan)
    return Estimate(values=smooth, method="wavelet", sd=np.full(997, 0.05), noise_sd=0.2)


def test_overlay_draws_recorded_minus_denoised_below(series, estimate):
    lines = by_name(figures.overlay(series, estimate))
    assert lines["Residual"]["yaxis"] == "y2"
    x, removed = values(lines["Residual"], "x"), values(lines["Residual"])
    at = np.rint(x * 50.0).astype(int)
    np.testing.assert_allclose(removed, (series.values - estimate.values)[at])


def test_overlay_draws_another_estimate_dashed_and_beneath(series, estimate):
    other = Estimate(values=estimate.values + 0.3, method="instant")
    traces = figures.overlay(series, estimate, beside={"Instant": other})["data"]
    names = [trace["name"] for trace in traces]
    assert names.index("Instant") < names.index("Denoised")
    drawn = traces[names.index("Instant")]
    assert drawn["line"]["dash"] == "dash"
    at = np.rint(values(drawn, "x") * 50.0).astype(int)
    np.testing.assert_array_equal(values(drawn), other.values[at])


def test_overlay_leaves_gaps_open(series, estimate):
    for trace in by_name(figures.overlay(series, estimate)).values():
        assert np.isnan(values(trace)).sum() == 1


def test_band_holds_ninety_percent_of_a_normal_error(series, estimate):
    band = by_name(figures.overlay(series, estimate))["90 % band (estimated)"]
    at = np.rint(values(band, "x") * 50.0)
    half = (values(band) - estimate.values[np.nan_to_num(at).astype(int)])[~np.isnan(at)]
    np.testing.assert_allclose(np.abs(half), 1.645 * 0.05)
    assert band["fill"] == "toself"


def test_band_is_one_closed_shape_on_each_side_of_a_gap(series, estimate):
    x = values(by_name(figures.overlay(series, estimate))["90 % band (estimated)"], "x")
    (gap,) = np.flatnonzero(np.isnan(x))
    for ring, ends in ((x[:gap], (0.0, 299 / 50)), (x[gap + 1 :], (320 / 50, 996 / 50))):
        np.testing.assert_array_equal(ring, ring[::-1])
        assert (ring[0], ring.max()) == pytest.approx(ends)


def test_thinned_band_keeps_the_one_sample_where_the_error_is_large():
    n, sd = 200_000, np.full(200_000, 0.1)
    sd[123_456] = 9.0
    estimate = Estimate(values=np.zeros(n), sd=sd, method="made")
    band = by_name(figures.overlay(Series.of(np.ones(n)), estimate))["90 % band (estimated)"]
    assert len(values(band)) <= 8000
    assert (values(band).min(), values(band).max()) == pytest.approx((-9 * 1.645, 9 * 1.645))


def test_no_band_without_an_error_or_where_it_is_not_wanted(series, estimate):
    assert "90 % band (estimated)" not in by_name(figures.overlay(series, estimate, band=False))
    half = estimate.blend(series, strength=0.5)
    assert "90 % band (estimated)" not in by_name(figures.overlay(series, half))


def test_overlay_marks_twice_the_noise_on_either_side(series, estimate):
    levels = sorted(shape["y0"] for shape in figures.overlay(series, estimate)["layout"]["shapes"])
    assert levels == pytest.approx([-0.4, 0.4])


def test_overlay_says_how_much_is_drawn_and_draws_all_of_a_short_view():
    series = Series.of(np.random.default_rng(1).normal(size=200_000), rate_hz=1000.0)
    whole, near = figures.overlay(series), figures.overlay(series, view=(10.0, 12.0))
    assert whole["layout"]["meta"]["note"] == "4,000 of 200,000 points drawn, extremes kept"
    assert near["layout"]["meta"]["note"] == ""
    assert values(near["data"][0], "x").size == 2003


def test_calendar_time_is_drawn_on_a_date_axis():
    time = TimeAxis(values=np.array([0.0, 0.5, 86_400.0]), unit="s", start=np.datetime64("2024-02-29T12:00:00"))
    figure = figures.overlay(Series(values=np.ones(3), time=time))
    assert figure["layout"]["xaxis"]["type"] == "date"
    drawn = values(figure["data"][0], "x").astype("int64").astype("datetime64[ms]")
    assert drawn.astype(str).tolist() == ["2024-02-29T12:00:00.000", "2024-02-29T12:00:00.500", "2024-03-01T12:00:00.000"]


@pytest.mark.parametrize(("valid", "axis"), [([3.0, 1.0, 2.0], "log"), ([3.0, -1.0, 2.0], None)])
def test_loss_has_a_star_at_the_best_epoch_and_a_log_axis_only_if_it_can(valid, axis):
    figure = figures.loss([3.5, 2.0, 1.0], valid, best_epoch=2)
    assert figure["layout"]["yaxis"].get("type") == axis
    star = by_name(figure)["Best"]
    assert (star["x"], star["y"], star["text"]) == ([2], [valid[1]], ["best: 2"])
    assert by_name(figure)["Validation"]["line"]["dash"] == "dash"


def test_loss_before_the_first_epoch_is_empty_and_says_so():
    figure = figures.loss([], [], best_epoch=0, epochs=40)
    assert "no epoch has finished" in figure["layout"]["meta"]["alt"]
    assert "Best" not in by_name(figure)


def test_spectrum_leaves_out_what_has_no_logarithm():
    frequency, power = np.array([0.0, 1.0, 2.0]), np.array([5.0, 0.0, 1.0])
    line = figures.spectrum(frequency, {"recorded": power}, unit="Hz", density_unit="bar²/Hz")["data"][0]
    assert values(line, "x").tolist() == [1.0, 2.0]
    assert np.isnan(values(line)[0])


def test_windows_are_boxes_one_hop_apart_and_inside_the_series(series):
    boxes = figures.windows(series, length=128, hop=64)["layout"]["shapes"]
    lengths = {round((box["x1"] - box["x0"]) * 50) + 1 for box in boxes}
    hops = {round((after["x0"] - before["x0"]) * 50) for before, after in pairwise(boxes)}
    assert (len(boxes), lengths, hops) == (5, {128}, {64})


def test_windows_of_a_series_as_long_as_one_window_is_one_box():
    assert len(figures.windows(Series.of(np.arange(16.0)), length=16, hop=8)["layout"]["shapes"]) == 1


def test_every_figure_is_a_valid_plotly_figure(series, estimate):
    x = figures.axis_values(series.time)
    made = [
        figures.overlay(series, estimate, truth=estimate.values),
        figures.loss([2.0, 1.0], [2.5, 1.5], best_epoch=2, epochs=40),
        figures.preview(x[:50], series.values[:50], None, time=series.time, name="pressure", unit="bar"),
        figures.preview(x[:50], series.values[:50], None, time=series.time, name="p", beside={"Instant": series.values[:50]}),
        figures.overlay(series, estimate, beside={"Instant": estimate}),
        figures.windows(series, length=64, hop=32),
        figures.spectrum(np.arange(5.0), {"residual": np.ones(5)}, unit="Hz", density_unit="bar²/Hz"),
    ]
    for figure in made:
        go.Figure(figure)
        assert figure["layout"]["meta"]["alt"]


@pytest.mark.parametrize("n", [100, 20_000])
def test_lines_and_band_are_interrupted_at_a_pause(n):
    times = np.arange(n, dtype=np.float64)
    times[n // 2 :] += n
    series = Series(values=np.sin(times / 9.0), time=TimeAxis(values=times))
    estimate = Estimate(values=series.values, method="test", sd=np.full(n, 0.1))
    for trace in figures.overlay(series, estimate)["data"]:
        x, y = values(trace, "x"), values(trace)
        joined = np.isfinite(y[:-1]) & np.isfinite(y[1:])
        assert np.max(np.abs(np.diff(x)[joined])) < n / 2


def test_stated_error_is_drawn_by_epoch_beside_a_line_to_beat():
    figure = figures.stated_error([0.3, float("nan"), 0.2], beside={"Instant": 0.25}, unit="bar", epochs=10)
    lines = by_name(figure)
    assert values(lines["Instant"]).tolist() == [0.25, 0.25]
    assert values(lines["Instant"], "x").tolist() == [1.0, 10.0]
    np.testing.assert_array_equal(values(lines["This network"]), [0.3, np.nan, 0.2])
    assert "now 0.2; Instant: 0.25" in figure["layout"]["meta"]["alt"]
    go.Figure(figure)
    go.Figure(figures.stated_error([], beside={}, unit=""))


@pytest.mark.parametrize(
    ("values", "format"),
    [([0.0, 2.0709381], ".4~r"), ([101320.0, 101330.0], ".8~r"), ([0.0, 4e-7], ".4~g"), ([3.0, 3.0], ".6~g"), ([np.nan], ".6~g")],
)
def test_hover_labels_tell_apart_a_thousandth_of_the_range_and_no_more(values, format):
    series = Series.of(np.array(values), name="v")
    assert figures.overlay(series)["layout"]["yaxis"]["hoverformat"] == format


def test_every_tick_of_the_loss_says_its_whole_value():
    axis = figures.loss([0.9, 0.31, 0.12], [1.1, 0.4, 0.2], best_epoch=3)["layout"]["yaxis"]
    assert [float(text) for text in axis["ticktext"]] == axis["tickvals"]
    assert {0.2, 0.5, 1.0} <= set(axis["tickvals"])


def test_a_long_name_keeps_both_its_ends_and_fits_the_axis():
    series = Series.of(np.arange(9.0), name=f"{'first ' * 9}... {'the last' * 9}", unit="bar")
    title = figures.overlay(series)["layout"]["yaxis"]["title"]["text"]
    assert len(title) <= 36 + len(" (bar)")
    assert title.startswith("first")
    assert title.endswith("the last (bar)")
