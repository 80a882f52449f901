"""Pictures of a search say what the trials did, also to plotly itself."""

import numpy as np
import plotly.graph_objects as go
import pytest

from denoise_core import figures
from denoise_core.figures import Axis, Dot


def by_name(figure):
    go.Figure(figure)
    return {trace["name"]: trace for trace in figure["data"]}


def test_the_history_has_the_best_so_far_as_a_line_that_never_falls_and_the_start_at_zero():
    gains = [-0.5, 0.2, 0.1, 0.7, None, 0.3]
    dots = [Dot(number=k, gain_db=gain) for k, gain in enumerate(gains, 1)] + [Dot(number=7, gain_db=0.4, check=True)]
    traces = by_name(figures.search_history(dots, start="Suggested settings"))
    assert traces["Suggested settings"]["y"] == [0.0, 0.0]
    assert traces["Best so far"]["y"] == [0.0, 0.0, 0.2, 0.2, 0.7, 0.7, 0.7]
    assert traces["Trials"]["x"] == [1, 2, 3, 4, 6]
    assert traces["Ended early"]["x"] == [5]
    assert traces["Checks with other seeds"]["y"] == [0.4]


def test_one_hopeless_trial_does_not_press_the_others_together():
    dots = [Dot(number=k, gain_db=0.1 * k) for k in range(1, 12)] + [Dot(number=12, gain_db=-40.0)]
    low, high = figures.search_history(dots, start="x")["layout"]["yaxis"]["range"]
    assert low > -5.0
    assert high > 1.1


def test_settings_side_by_side_have_every_trial_once_and_the_best_in_blue():
    rng = np.random.default_rng(0)
    rates = tuple(10 ** rng.uniform(-3, -1, 200))
    axes = [Axis(label="Rate", values=rates, log=True), Axis(label="Loss", values=("mse", "gaussian") * 100)]
    gains = [-abs(np.log10(rate / 0.01)) for rate in rates]
    figure = figures.settings_of_trials(axes, gains)
    go.Figure(figure)
    assert sum(trace["y"].count(None) for trace in figure["data"]) == 200
    best = figure["data"][-1]
    rows = np.array([y for y in best["y"] if y is not None]).reshape(-1, 3)
    assert len(rows) == 20
    assert rows[:, 2].min() >= 0.9
    assert np.ptp(rows[:, 0]) < 0.2
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert texts[:4] == [f"{min(rates):.3g}", f"{max(rates):.3g}", "gaussian", "mse"]


@pytest.mark.parametrize("values", [(3, 3, 3), ("a", "a", "a")])
def test_a_setting_that_was_not_varied_after_all_can_be_drawn(values):
    figure = figures.settings_of_trials([Axis(label="x", values=values)], [0.1, 0.2, 0.3])
    assert all(y is None or np.isfinite(y) for trace in figure["data"] for y in trace["y"])


def test_importances_are_bars_the_largest_on_top():
    bar = figures.importances({"Epochs": 0.2, "Rate": 0.8})["data"][0]
    assert bar["y"][-1] == "Rate"
    assert bar["x"] == [20.0, 80.0]


def test_learning_curves_of_hundreds_of_trials_are_a_few_lines_with_few_points():
    curves = [tuple(1.0 + 1.0 / epoch for epoch in range(1, 301)) for _ in range(500)]
    figure = figures.learning_curves(curves, [(2.0, 1.5)], curves[0])
    traces = by_name(figure)
    assert set(traces) == {"Ended", "Running", "Best so far"}
    assert len(traces["Ended"]["x"]) <= 500 * 62
    assert traces["Running"]["y"] == [2.0, 1.5, None]
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_before_the_first_epoch_there_is_no_curve():
    assert figures.learning_curves([], [()], ())["data"] == []
