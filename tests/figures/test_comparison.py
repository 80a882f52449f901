"""Results beside and over each other: one scale, one colour to each, residuals and their differences."""

import base64

import numpy as np
import pytest

from denoise_core import figures
from denoise_core.figures import COLORS, DARK, Drawn
from denoise_core.series import Estimate, Series


@pytest.fixture
def series():
    return Series.of(np.random.default_rng(0).normal(size=1000), rate_hz=10.0, name="speed", unit="m/s")


@pytest.fixture
def estimates(series):
    return {name: Estimate(values=share * series.values, method="made") for name, share in (("half", 0.5), ("<b>none</b>", 0.0))}


def y(trace):
    return np.frombuffer(base64.b64decode(trace["y"]["bdata"]))


def test_every_estimate_has_a_panel_of_its_own_and_all_zoom_together(series, estimates):
    figure = figures.grid(series, {f"{k} {name}": one for k in range(3) for name, one in estimates.items()})
    axes = [name for name in figure["layout"] if name.startswith("xaxis")]
    assert len(axes) == 6
    assert [figure["layout"][name].get("matches") for name in axes] == [None, "x", "x", "x", "x", "x"]
    domains = {tuple(figure["layout"][name]["domain"] + figure["layout"][f"y{name[1:]}"]["domain"]) for name in axes}
    assert len(domains) == 6
    assert all(0.0 <= edge <= 1.0 for domain in domains for edge in domain)


def test_a_panel_keeps_its_place_before_its_estimate_is_there(series, estimates):
    waiting = figures.grid(series, {"half": estimates["half"], "later": None})
    done = figures.grid(series, {"half": estimates["half"], "later": estimates["half"]})
    assert waiting["layout"] | {"meta": ""} == done["layout"] | {"meta": ""}
    assert [(trace["name"], trace["xaxis"]) for trace in waiting["data"]] == [
        ("Recorded", "x"),
        ("Denoised", "x"),
        ("Recorded", "x2"),
    ]
    assert waiting["layout"]["meta"]["alt"].endswith("denoised by half: 1 panel on the same scales.")


def test_an_estimate_beyond_the_recording_is_not_cut_off(series):
    figure = figures.grid(series, {"far": Estimate(values=3.0 * series.values, method="made")})
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 3.0 * series.values.min()
    assert high > 3.0 * series.values.max()


def test_a_panel_draws_the_zoomed_stretch_alone_with_few_points(series, estimates):
    long = Series.of(np.random.default_rng(0).normal(size=100_000), rate_hz=10.0)
    whole = figures.grid(long, {"same": Estimate(values=long.values, method="made")})
    assert len(y(whole["data"][0])) <= 600
    part = figures.grid(series, estimates, view=(10.0, 20.0))
    np.testing.assert_array_equal(y(part["data"][1]), 0.5 * series.values[99:202])


def test_residuals_have_the_colour_of_their_estimate_and_can_be_flipped(series, estimates):
    drawn = {name: Drawn(one, color) for (name, one), color in zip(estimates.items(), (0, 3), strict=True)}
    figure = figures.compare(series, drawn)
    flip = figure["layout"]["meta"]["flip"]
    assert list(flip) == list(estimates)
    for name, color in (("half", 0), ("<b>none</b>", 3)):
        upper, lower = (figure["data"][at] for at in flip[name])
        assert upper["line"]["color"] == lower["line"]["color"] == COLORS[color]
        assert (upper["yaxis"], lower["yaxis"]) == ("y", "y2")
        np.testing.assert_allclose(y(lower), series.values - estimates[name].values)


def test_residuals_less_that_of_a_baseline_are_differences_of_estimates(series, estimates):
    drawn = {name: Drawn(one, 0) for name, one in estimates.items()}
    figure = figures.compare(series, drawn, baseline=estimates["half"], baseline_name="half")
    flip = figure["layout"]["meta"]["flip"]
    np.testing.assert_array_equal(y(figure["data"][flip["half"][1]]), np.zeros(1000))
    np.testing.assert_allclose(y(figure["data"][flip["<b>none</b>"][1]]), 0.5 * series.values)


def test_a_name_is_text_and_never_markup(series, estimates):
    names = [trace["name"] for trace in figures.compare(series, {"<b>none</b>": Drawn(estimates["half"], 0)})["data"]]
    assert not any("<" in name for name in names)


def test_colours_differ_in_both_themes():
    assert len(set(COLORS)) == len({DARK.get(color, color) for color in COLORS}) == len(COLORS)
