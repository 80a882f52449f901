"""Two results on one series: which is better, and how sure that is."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d

from denoise_core.config import RunConfig
from denoise_core.dataset.prepared_data import prepare_data
from denoise_core.dataset.training_set import TrainingSet
from denoise_core.errors import DataError
from denoise_core.series import Estimate, Series
from denoise_core.tuning.averaging import best_mean, mean_of, mean_of_seeds
from denoise_core.tuning.comparison import Comparison, Gain, Outcome, pooled
from denoise_core.tuning.judging import Judge
from denoise_core.tuning.plan import PRESETS, Budget
from denoise_core.tuning.study import Study
from denoise_core.tuning.trials import DONE, FAILED, Trial, TrialRecord
from tests.common import small_config

N = 4096


def example(seed=0):
    rng = np.random.default_rng(seed)
    clean = np.sin(np.arange(N) / 25.0)
    return Series.of(clean + 0.4 * rng.standard_normal(N)), clean


def smoothed(series, width):
    return Estimate(values=uniform_filter1d(series.values, width), method="mean", sd=None)


def outcome(comparison, series, width, repeat=0):
    twin = comparison.twin_data(repeat).to_denoise[0]
    return Outcome(estimates=(smoothed(series, width),), twins=(smoothed(twin, width),))


def true_db(series, clean, widths):
    errors = [np.mean((smoothed(series, width).values - clean) ** 2) for width in widths]
    return 10.0 * np.log10(errors[0] / errors[1])


@pytest.mark.parametrize("widths", [(5, 15), (15, 5), (15, 41), (7, 9)])
def test_the_estimated_gain_covers_the_true_one(widths):
    within = []
    for seed in range(6):
        series, clean = example(seed)
        comparison = Comparison(TrainingSet.of(series), RunConfig())
        start, trial = (outcome(comparison, series, width) for width in widths)
        gain = comparison.gain(start, trial, repeat=0)
        within.append(abs(gain.db - true_db(series, clean, widths)) < 2.5 * gain.sd_db + 0.3)
    assert sum(within) >= 5


def test_a_result_is_no_better_than_itself():
    series, _ = example()
    comparison = Comparison(TrainingSet.of(series), RunConfig())
    same = outcome(comparison, series, 9)
    assert comparison.gain(same, same, repeat=0) == Gain(db=0.0, sd_db=0.0)


def test_repeats_have_noisier_copies_of_their_own():
    series, _ = example()
    comparison = Comparison(TrainingSet.of(series), RunConfig())
    copies = [comparison.twin_data(repeat).to_denoise[0].values for repeat in (0, 1, 0)]
    assert np.array_equal(copies[0], copies[2])
    assert not np.array_equal(copies[0], copies[1])


def test_with_a_clean_column_the_validation_part_alone_counts_and_never_the_test_part():
    series, clean = example()
    config = small_config({"split.test_share": 0.3, "objective.kind": "supervised"})
    data = TrainingSet.of(series, clean=clean)
    comparison = Comparison(data, config)
    assert comparison.twin_data(0) is None
    parts = prepare_data(data, config).split[0]
    start = smoothed(series, 9)
    elsewhere, there = start.values.copy(), start.values.copy()
    elsewhere[parts.test | parts.train] += 7.0
    there[parts.valid] = clean[parts.valid] + 0.5 * (there - clean)[parts.valid]

    def gain(values):
        return comparison.gain(Outcome(estimates=(start,)), Outcome(estimates=(replace(start, values=values),)), repeat=0).db

    assert gain(elsewhere) == 0.0
    assert gain(there) == pytest.approx(20.0 * np.log10(2.0))


def test_a_series_without_visible_noise_cannot_be_searched_on():
    with pytest.raises(DataError, match="No noise is visible"):
        Comparison(TrainingSet.of(Series.of(np.linspace(0.0, 1.0, 500) ** 2)), RunConfig())


def test_pooled_repeats_are_surer_than_one_but_not_where_they_disagree():
    agree = pooled([Gain(db=1.0, sd_db=0.4)] * 4)
    assert agree.db == 1.0
    assert agree.sd_db == pytest.approx(0.2)
    assert pooled([Gain(db=0.0, sd_db=0.1), Gain(db=2.0, sd_db=0.1)]).sd_db > 0.9


def test_a_trial_waits_for_the_start_of_its_repeat_and_fails_with_it():
    series, _ = example()
    comparison = Comparison(TrainingSet.of(series), RunConfig())
    outcomes = {0: outcome(comparison, series, 5), 1: outcome(comparison, series, 15)}
    judge = Judge(comparison=comparison, load=outcomes.__getitem__)
    early = TrialRecord(trial=Trial(number=1, params={"window.length": 64}), state=DONE)
    assert list(judge.judge(early)) == []
    start, after = judge.judge(TrialRecord(trial=Trial(number=0, params={}), state=DONE))
    assert (start.gain_db, after.number) == (0.0, 1)
    assert after.gain_db > 1.0
    lost = TrialRecord(trial=Trial(number=2, params={}, repeat=1), state=FAILED)
    assert list(judge.judge(lost)) == [lost]
    (late,) = judge.judge(replace(early, trial=Trial(number=3, params={"window.length": 64}, repeat=1)))
    assert late.state == FAILED


def test_the_mean_of_results_has_their_mean_and_its_twin_moves_along():
    series, clean = example()
    rng = np.random.default_rng(5)
    luck = [0.1 * rng.standard_normal(N) for _ in range(3)]
    comparison = Comparison(TrainingSet.of(series), RunConfig())
    base = outcome(comparison, series, 15)

    def lucky(own):
        estimates, twins = (tuple(replace(e, values=e.values + own) for e in each) for each in (base.estimates, base.twins))
        return Outcome(estimates=estimates, twins=twins)

    singles = [lucky(own) for own in luck]
    mean = mean_of_seeds(singles)
    assert mean_of(singles).estimates[0].values == pytest.approx(mean.estimates[0].values)
    assert mean_of(singles).twins[0].values == pytest.approx(mean.twins[0].values)
    assert np.allclose(mean.estimates[0].values, base.estimates[0].values + np.mean(luck, axis=0))
    estimated = comparison.gain(singles[0], mean, repeat=0)
    errors = [np.mean((one.estimates[0].values - clean) ** 2) for one in (singles[0], mean)]
    assert estimated.db == pytest.approx(10.0 * np.log10(errors[0] / errors[1]), abs=3.0 * estimated.sd_db + 0.2)
    assert estimated.db > 1.0


@pytest.mark.parametrize("widths", [(9, 7, 11, 13), (9, 201, 301, 401)])
def test_the_result_is_the_mean_of_what_is_about_as_good_where_that_is_estimated_to_be_better(widths):
    series, _ = example()
    comparison = Comparison(TrainingSet.of(series), RunConfig())
    outcomes = [outcome(comparison, series, width) for width in widths]
    study = Study(PRESETS["quick"].plan(RunConfig(), budget=Budget(trials=3), repeats=0), samples=N)
    for number, one in enumerate(outcomes):
        gain = comparison.gain(outcomes[0], one, repeat=0)
        trial = Trial(number=number, params={"training.epochs": number} if number else {})
        study.tell(TrialRecord(trial=trial, state=DONE, gain_db=gain.db, sd_db=gain.sd_db))
    result = best_mean(study, comparison, 0, outcomes.__getitem__)
    alike = [number for number in range(4) if widths[number] < 100]
    assert sorted(result.numbers) == alike
    np.testing.assert_array_equal(
        result.outcome.estimates[0].values, np.mean([outcomes[n].estimates[0].values for n in result.numbers], axis=0)
    )
