"""Errors estimated without the truth: the coupled bootstrap's laws, the weights, and what cannot be judged."""

from dataclasses import replace

import numpy as np
import pytest

import denoise_core as dc
from denoise_core import methods, noise, signals
from denoise_core.assess.risk import Blended, Candidate, Draws, Judged, blend, by_method, by_twin
from denoise_core.assess.risk.aggregation import aggregate
from denoise_core.assess.risk.draws import ADDED
from denoise_core.errors import DataError, SettingsError
from denoise_core.series import Estimate, Series

N = 997


def heartbeats(seed: int = 0, *, n: int = N, snr: float = 3.0) -> tuple[np.ndarray, Series]:
    rng = np.random.default_rng(seed)
    clean = signals.ecg_like(n, rng)
    return clean, Series.of(signals.add_noise(clean, snr=snr, rng=rng), rate_hz=250.0, unit="mV", name="lead")


@pytest.fixture(scope="module")
def series() -> Series:
    return heartbeats()[1]


def smoother(width: int):
    def denoise(given: Series) -> Estimate:
        padded = np.pad(given.values, width // 2, mode="edge")
        return Estimate(values=np.convolve(padded, np.full(width, 1 / width), mode="valid"), method=f"mean of {width}")

    return denoise


def candidates_for(draws: Draws, *widths: int) -> list[Candidate]:
    return [by_method(f"mean of {width}", smoother(width), draws) for width in widths]


def blended(series: Series, *widths: int) -> Blended:
    described = noise.describe(series.values)
    draws = Draws.of(series, described)
    return blend(series, candidates_for(draws, *widths), described, draws=draws)


@pytest.mark.parametrize("kind", ["white", "coloured", "growing"])
def test_what_the_copy_is_compared_with_is_uncorrelated_with_the_copy_if_the_noise_is_as_described(kind):
    power = 1.0 / (1.05 - np.cos(np.linspace(0, np.pi, 129))) if kind == "coloured" else None
    levels = np.linspace(0.5, 1.5, N) if kind == "growing" else np.ones(N)
    described = noise.Noise(
        sd=1.0,
        estimates={},
        agree=True,
        correlation=0.0,
        gap=1,
        spikes=0.0,
        levels=levels if kind == "growing" else None,
        power=power,
    )
    products = []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        truth = Draws.of(Series.of(rng.standard_normal(N)), described).model.sample(rng)  # noise by the same description
        z = Draws.of(Series.of(truth + 0.0), described, seed=seed).added[0]
        noisier, fresh = truth + np.sqrt(ADDED) * z, truth - z / np.sqrt(ADDED)
        products.append([np.mean(np.roll(noisier, lag) * fresh) for lag in (0, 1, 5)])
    found, chance = np.mean(products, axis=0), np.std(products, axis=0) / np.sqrt(len(products))
    assert np.all(np.abs(found) < 4 * chance)
    assert np.all(np.abs(np.mean(products, axis=0) - 1.0) > 4 * chance)  # so that a dependence would be seen


def test_weights_are_on_the_simplex_and_shares_add_up(series):
    found = blended(series, 3, 7, 15, 31)
    assert all(weight >= 0.0 for weight in found.weights.values())
    assert sum(found.weights.values()) == pytest.approx(1.0)


def test_identical_candidates_share_as_the_prior_says():
    risks, spread = np.array([1.0, 1.0, 3.0]), np.array([[1.0, 1.0, -2.0], [1.0, 1.0, -2.0], [-2.0, -2.0, 4.0]]) / 9
    weights = aggregate(risks, spread, np.array([0.5, 0.25, 0.25]), temperature=0.1)
    assert weights[0] == pytest.approx(2 * weights[1], rel=1e-5)
    assert weights[2] < 0.01
    assert weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_no_weights_nearby_do_better_than_those_of_the_aggregation(seed):
    rng = np.random.default_rng(seed)
    estimates = rng.standard_normal((4, 50))
    centred = estimates - estimates.mean(axis=0)
    risks, gram, prior = rng.random(4), centred @ centred.T / 50, rng.dirichlet(np.ones(4))

    def criterion(w: np.ndarray) -> float:
        mean = w @ estimates
        spread = float(np.mean(w @ (estimates - mean) ** 2))
        return float(w @ risks) - 0.5 * spread + 0.05 * float(np.sum(w * np.log(w / prior)))

    best = aggregate(risks, gram, prior, temperature=0.05)
    for _ in range(50):
        other = best + 0.01 * (rng.dirichlet(np.ones(4)) - best)
        assert criterion(best) <= criterion(other) + 1e-9


def test_a_blend_of_equal_estimates_is_that_estimate(series):
    draws = Draws.of(series)
    one, two = candidates_for(draws, 5)[0], replace(candidates_for(draws, 5)[0], method="the same")
    found = blend(series, [one, two], noise.describe(series.values), draws=draws)
    np.testing.assert_allclose(found.chosen.values, one.estimate.values, rtol=1e-12)
    assert found.combined.risk == pytest.approx(found.judged[0].risk)


def test_the_combination_errs_by_the_members_mean_less_their_distance_from_it(series):
    clean, _ = heartbeats()
    found = blended(series, 3, 31)
    w = np.array(list(found.weights.values()))
    own = np.array([one.estimate.values for one in found.judged])
    expected = w @ np.mean((own - clean) ** 2, axis=1) - w @ np.mean((own - found.chosen.values) ** 2, axis=1)
    assert np.mean((found.chosen.values - clean) ** 2) == pytest.approx(expected)


@pytest.mark.parametrize(("scale", "offset"), [(8.0, 0.0), (3.7, 41.0), (1e-6, -2.0)])
def test_scaling_and_shifting_a_series_scales_and_shifts_the_result(series, scale, offset):
    moved = replace(series, values=scale * series.values + offset)
    first, second = methods.blend_quick(series), methods.blend_quick(moved)
    np.testing.assert_allclose(second.chosen.values, scale * first.chosen.values + offset, atol=abs(scale) * 1e-3)
    assert second.combined.risk == pytest.approx(scale**2 * first.combined.risk, rel=1e-2)
    assert list(second.weights.values()) == pytest.approx(list(first.weights.values()), abs=1e-2)


def test_the_same_series_gives_the_same_bits(series):
    np.testing.assert_array_equal(dc.denoise(series).values, dc.denoise(series).values)


def test_the_better_method_is_told_from_the_worse():
    for seed in range(4):
        clean, series = heartbeats(seed)
        judged = blended(series, 3, 5, 41).judged
        true = [float(np.mean((one.estimate.values - clean) ** 2)) for one in judged]
        assert np.argsort(true).tolist() == np.argsort([one.risk for one in judged]).tolist()


def test_a_network_is_judged_by_its_twin(series):
    clean, _ = heartbeats()
    good, bad = Estimate(values=clean, method="lstm"), Estimate(values=np.zeros(N), method="lstm")
    helped, useless = (methods.blend_with_network(series, one, one) for one in (good, bad))
    assert helped.weights["lstm"] > 0.6
    assert helped.training_gain_db > 3.0
    assert helped.sentence.startswith("Training lowered the estimated error by ")
    assert useless.weights["lstm"] < 0.01
    assert useless.sentence.startswith("Training gained nothing here")


def test_the_error_band_contains_the_truth_about_as_often_as_it_says():
    inside = []
    for seed in range(3):
        clean, series = heartbeats(10 + seed, n=2048)
        estimate = dc.denoise(series)
        inside.append(np.mean(np.abs(estimate.values - clean) < 1.645 * estimate.sd))
    assert 0.8 < np.mean(inside) < 0.99


def test_gaps_stay_gaps_and_spikes_are_left_out(series):
    values = series.values.copy()
    values[100:120] = np.nan
    values[[50, 300, 611]] += 5.0
    draws = Draws.of(replace(series, values=values))
    assert not draws.model.usable[[50, 110, 300, 611]].any()
    assert draws.model.usable.sum() > 950
    estimate = dc.denoise(replace(series, values=values))
    assert np.isnan(estimate.values[100:120]).all()
    assert np.isfinite(np.delete(estimate.values, np.arange(100, 120))).all()


def test_figures_survive_json(series):
    found = blended(series, 3, 7)
    back = Blended.from_json(found.to_json(), found.estimate)
    assert back == replace(
        found, judged=tuple(replace(one, estimate=None) for one in found.judged), combined=replace(found.combined, estimate=None)
    )
    assert Judged.from_json({**found.judged[0].to_json(), "new": 1}).risk == found.judged[0].risk


def test_risk_takes_names_and_estimates_and_keeps_their_order(series):
    median = dc.denoise(series, method="median", window=5)
    names = [one.method for one in dc.risk(series, ["wavelet", median, "instant"])]
    assert names == ["wavelet", "median", "instant"]
    for one in dc.risk(series, [median]):
        assert one.interval[0] < one.risk < one.interval[1]


@pytest.mark.parametrize(
    ("given", "asked", "error", "message"),
    [
        (heartbeats(n=40)[1], ["wavelet"], DataError, "lead has 40 samples; at least 64 are needed"),
        (Series.of(np.arange(500.0), name="ramp"), ["wavelet"], DataError, "No noise is visible in ramp"),
        (heartbeats()[1], ["wavlet"], SettingsError, "did you mean 'wavelet'"),
        (heartbeats()[1], [Estimate(values=np.zeros(5), method="median")], DataError, "has 5 samples and lead 997"),
        (heartbeats()[1], [Estimate(values=np.zeros(N), method="lstm")], SettingsError, "'lstm' is not a method"),
        (heartbeats()[1], [], DataError, "Name at least one"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_clear_sentence(given, asked, error, message):
    with pytest.raises(error, match=message):
        dc.risk(given, asked)


def test_a_twin_of_another_length_is_refused(series):
    with pytest.raises(DataError, match="The estimate by lstm has 10 samples and the series 997"):
        by_twin("lstm", dc.denoise(series, method="instant"), Estimate(values=np.zeros(10), method="lstm"), Draws.of(series))


@pytest.mark.parametrize("values", [heartbeats(n=40)[1].values, np.arange(500.0)])
def test_where_nothing_can_be_judged_auto_is_instant_and_says_why(values):
    given = Series.of(values)
    found = methods.blend_quick(given)
    np.testing.assert_array_equal(found.chosen.values, dc.denoise(given, method="instant").values)
    assert found.weights == {}
    assert found.sentence.endswith(".")
