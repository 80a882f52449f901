"""One series, every quick method, and how large their errors probably are."""

from dataclasses import replace

import numpy as np
import pytest

import denoise_core as dc
from denoise_core import methods
from denoise_core.config import NoiseConfig
from denoise_core.methods import METHODS, Referee
from denoise_core.methods.as_code import as_code
from denoise_core.signals import ecg_like

QUICK = [name for name, method in METHODS.items() if not method.trains]


@pytest.fixture(scope="module")
def case():
    """2,000 noisy samples, and the truth."""
    rng = np.random.default_rng(1)
    clean = ecg_like(2000, rng)
    return dc.Series.of(clean + 0.3 * clean.std() * rng.standard_normal(2000), rate_hz=100.0), clean


@pytest.fixture(scope="module")
def referee(case):
    return Referee.of(case[0])


@pytest.fixture(scope="module")
def judged(case, referee):
    """Of each method its estimate and estimated error."""
    found = {name: dc.denoise(case[0], method=name, referee=referee) for name in QUICK}
    return {name: (estimate, referee.judge(estimate)) for name, estimate in found.items()}


def test_the_estimated_errors_contain_the_true_ones_and_rank_the_methods_as_the_truth_does(case, judged):
    true = {name: float(np.sqrt(np.mean((estimate.values - case[1]) ** 2))) for name, (estimate, _) in judged.items()}
    inside = [one.rms_interval[0] <= true[name] <= one.rms_interval[1] for name, (_, one) in judged.items()]
    assert sum(inside) >= 13
    ranks = [np.argsort(np.argsort(list(values))) for values in (true.values(), [one.rms for _, one in judged.values()])]
    assert np.corrcoef(*ranks)[0, 1] > 0.9


def test_what_the_referee_knows_is_what_the_methods_give(case, referee):
    for name in ("nonlocal", "auto"):
        expected = dc.denoise(case[0], method=name)
        np.testing.assert_array_equal(dc.denoise(case[0], method=name, referee=referee).values, expected.values)


def test_settings_that_a_person_changed_are_judged_and_not_those_suggested(case, referee, judged):
    coarse = dc.denoise(case[0], method="savgol", window=301, order=2)
    error = float(np.sqrt(np.mean((coarse.values - case[1]) ** 2)))
    found = referee.judge(coarse)
    assert found.rms == pytest.approx(error, rel=0.1)
    assert found.rms > 1.5 * judged["savgol"][1].rms


def test_disturbances_are_removed_before_all_methods_alike(case):
    series, _ = case
    hum = 0.5 * np.sin(2 * np.pi * 50.0 * np.arange(2000) / 1000.0)
    given = replace(dc.Series.of(series.values, rate_hz=1000.0), values=series.values + hum)
    stated = NoiseConfig(remove_hum=True)
    referee = Referee.of(given, stated=stated)
    for name in ("instant", "median"):
        expected = dc.denoise(given, method=name, noise=stated)
        found = dc.denoise(given, method=name, noise=stated, referee=referee)
        np.testing.assert_array_equal(found.values, expected.values)
        assert found.notes == expected.notes
        assert "hum" in found.removed


def test_where_a_series_is_short_nothing_is_judged_and_it_is_said_why():
    series = dc.Series.of(np.random.default_rng(0).standard_normal(40), name="few")
    referee = Referee.of(series)
    assert referee.judge(dc.denoise(series, method="median", window=3)) is None
    assert referee.doubt.startswith("few has 40 samples")
    np.testing.assert_array_equal(referee.blended.chosen.values, dc.denoise(series, method="instant").values)


def test_methods_that_are_judged_one_by_one_have_the_errors_of_risk(case, referee):
    estimate = dc.denoise(case[0], method="lowpass", cutoff=0.1, order=4)
    (expected,) = methods.risk(case[0], [estimate])
    assert referee.judge(estimate).risk == pytest.approx(expected.risk, rel=1e-9)


@pytest.mark.parametrize("name", ["wavelet", "lowpass"])
def test_the_program_of_a_result_makes_it_again(case, judged, name, monkeypatch):
    estimate = judged[name][0]
    monkeypatch.setattr(dc, "read", lambda _: {"x": case[0]})
    made: dict = {}
    exec(as_code(estimate, file_name="a.csv", column="x", stated=NoiseConfig()), made)
    np.testing.assert_allclose(made["estimate"].values, estimate.values)
