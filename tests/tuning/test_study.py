"""The search as a state machine, with trials that are only said to have run."""

import math
from dataclasses import replace

import numpy as np
import pytest

from denoise_core.config import RunConfig
from denoise_core.errors import SettingsError
from denoise_core.tuning.conclusion import Conclusion, conclude
from denoise_core.tuning.plan import Budget, Plan
from denoise_core.tuning.proposals import TOO_FEW
from denoise_core.tuning.space import Space
from denoise_core.tuning.study import CHECKING, ENDED, SEARCHING, Study
from denoise_core.tuning.trials import DONE, FAILED, PRUNED, TrialRecord

START = RunConfig()
SPACE = Space.of({"training.learning_rate": (1e-3, 1e-1), "model.dropout": (0.0, 0.3)}, START)


def plan(**changes):
    return Plan(**({"start": START, "space": SPACE, "budget": Budget(trials=30)} | changes))


def true_gain(params):
    """Best at a learning rate of 0.03 without dropout: 1 dB."""
    if not params:
        return 0.0
    return 1.0 - 4.0 * abs(math.log10(params["training.learning_rate"] / 0.03)) - 3.0 * params.get("model.dropout", 0.0)


def ended(trial, gain=true_gain, sd_db=0.05, **changes):
    db = gain(trial.params) if trial.params else 0.0
    record = TrialRecord(trial=trial, state=DONE, gain_db=db, sd_db=sd_db, seconds=10.0, valid_losses=(1.0, 0.5))
    return replace(record, **changes)


def run(study, gain=true_gain, *, spent_s=0.0, seconds=0.0, **changes):
    """Every trial until none is left; the seconds spent."""
    while trial := study.ask(spent_s):
        spent_s += seconds
        study.tell(ended(trial, gain, **({} if not trial.params else changes)))
    return spent_s


@pytest.mark.parametrize("sampler", ["tpe", "gp", "random"])
def test_a_search_finds_a_good_region_and_checks_its_best_with_other_seeds(sampler):
    study = Study(plan(sampler=sampler), samples=5000)
    run(study)
    found = conclude(study, by_truth=False)
    assert found.recommended
    assert found.params["training.learning_rate"] == pytest.approx(0.03, rel=0.6)
    checks = [record for record in study.records.values() if record.trial.repeat]
    assert len(checks) == (3 + 1) * 2
    assert len(study.searched()) == 30


def test_the_same_seed_proposes_the_same_and_another_seed_others():
    def proposed(seed):
        study = Study(plan(seed=seed), samples=5000)
        run(study)
        return [record.trial for record in study.records.values()]

    assert proposed(0) == proposed(0) != proposed(1)


def test_bayesian_search_beats_random_search_on_a_smooth_surface():
    def best(sampler):
        found = []
        for seed in range(5):
            study = Study(plan(sampler=sampler, seed=seed), samples=5000)
            run(study)
            found.append(study.best().gain_db)
        return np.mean(found)

    assert best("tpe") > best("random")


def test_what_is_better_by_chance_alone_is_not_recommended():
    """Trials that all equal the start, seen with noise: at most one search in twenty may be taken in."""
    recommended = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        study = Study(plan(sampler="random", seed=seed), samples=5000)
        run(study, lambda _, rng=rng: 0.3 * rng.standard_normal(), sd_db=0.3)
        recommended += conclude(study, by_truth=False).recommended
    assert recommended <= 60 * 0.15  # the best of three, each in one of twenty


def test_the_settings_to_start_from_come_first_and_a_failure_of_theirs_ends_the_search():
    study = Study(plan(), samples=5000)
    first = study.ask(0.0)
    assert (first.number, first.params) == (0, {})
    study.tell(TrialRecord(trial=first, state=FAILED, reason="no"))
    assert study.phase(0.0) == ENDED
    assert study.ask(0.0) is None


def test_a_study_made_again_from_its_records_goes_on_where_it_was():
    whole = Study(plan(), samples=5000)
    for _ in range(12):
        whole.tell(ended(whole.ask(0.0)))
    open_trials = [whole.ask(0.0), whole.ask(0.0)]
    again = Study(plan(), samples=5000, ended=whole.records.values())
    for trial in open_trials:
        again.take_up(trial)
    assert again.records == whole.records
    run(again)
    for trial in open_trials:
        again.tell(ended(trial))
    run(again)
    numbers = [record.number for record in again.records.values()]
    assert sorted(numbers) == list(range(len(numbers)))
    assert len(again.searched()) == 30


def test_a_record_told_twice_counts_once():
    study = Study(plan(), samples=5000)
    trial = study.ask(0.0)
    study.tell(ended(trial))
    study.tell(ended(trial, gain_db=99.0))
    assert study.records[0].gain_db == 0.0


def test_time_is_kept_for_the_checks():
    study = Study(plan(budget=Budget(minutes=5.0)), samples=5000)
    spent_s = run(study, seconds=10.0)
    assert 0.9 * 300.0 <= spent_s <= 300.0
    assert len([record for record in study.records.values() if record.trial.repeat]) == 8


def test_phases_follow_each_other():
    study = Study(plan(budget=Budget(minutes=5.0)), samples=5000)
    phases = []
    for at in range(62):
        trial = study.ask(5.0 * at)
        phases.append(study.phase(5.0 * at))
        if trial:
            study.tell(ended(trial, seconds=5.0))
    assert [phase for i, phase in enumerate(phases) if i == 0 or phase != phases[i - 1]] == [SEARCHING, CHECKING, ENDED]


def test_a_search_that_stopped_improving_ends_early():
    study = Study(plan(budget=Budget(trials=500), stall=15), samples=5000)
    run(study)
    assert 15 <= len(study.searched()) < 200


def test_a_grid_tries_each_point_once_and_leaves_out_what_cannot_be_trained():
    space = Space.of({"window.length": [64, 128, 512], "training.epochs": [5, 10]}, START)
    study = Study(plan(space=space, sampler="grid", budget=Budget()), samples=600)
    run(study, lambda params: -params["window.length"])
    assert len({record.key for record in study.searched()}) == len(study.searched()) == 4


def test_a_grid_of_which_nothing_can_be_trained_is_refused():
    space = Space.of({"window.length": [1024, 2048]}, START)
    with pytest.raises(SettingsError, match="None of the 2 combinations"):
        Study(plan(space=space, sampler="grid", budget=Budget()), samples=600)


def test_a_trial_far_worse_than_the_others_is_ended_early():
    study = Study(plan(pruner="median"), samples=5000)
    pruned = []
    for number in range(12):
        trial = study.ask(0.0)
        loss = 1.0 if number < 10 else 50.0
        pruned.append(any(study.report(number, epoch, loss - 0.01 * epoch) for epoch in range(1, 29)))
        study.tell(ended(trial) if not pruned[-1] else TrialRecord(trial=trial, state=PRUNED))
    assert pruned[-2:] == [True, True]
    assert not any(pruned[:10])


def test_losses_of_another_kind_are_not_compared():
    space = Space.of({"objective.loss": ["gaussian", "mse"]}, START)
    study = Study(plan(space=space, pruner="median", sampler="random"), samples=5000)
    ended_early = 0
    for number in range(30):
        trial = study.ask(0.0)
        loss = 50.0 if trial.params.get("objective.loss") == "mse" else 1.0
        ended_early += any(study.report(number, epoch, loss) for epoch in range(1, 29))
        study.tell(ended(trial, lambda _: 0.1))
    assert ended_early == 0


def test_importances_need_enough_trials_and_name_what_matters():
    study = Study(plan(budget=Budget(trials=200), stall=1000, sampler="random"), samples=5000)
    for _ in range(TOO_FEW):
        study.tell(ended(study.ask(0.0)))
    assert study.importances() == {}
    run(study)
    shares = study.importances()
    assert sum(shares.values()) == pytest.approx(1.0)
    assert max(shares, key=shares.get) == "training.learning_rate"


def test_conclusions_and_records_are_json_both_ways():
    study = Study(plan(), samples=5000)
    run(study)
    found = conclude(study, by_truth=True)
    assert Conclusion.from_json(found.to_json()) == found
    record = study.records[3]
    assert TrialRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("gain", "words"),
    [(lambda _: -1.0, "was better than the suggested settings. Keep them"), (lambda _: 0.05, "beyond chance")],
)
def test_the_sentence_says_to_keep_the_suggested_settings_where_nothing_is_better(gain, words):
    study = Study(plan(), samples=5000)
    run(study, gain)
    found = conclude(study, by_truth=False)
    assert not found.recommended
    assert found.number == 0
    assert words in found.sentence


def test_points_known_to_be_good_elsewhere_are_tried_first_and_once():
    first = ({"training.learning_rate": 0.02, "model.dropout": 0.0}, {"training.learning_rate": 0.05, "model.dropout": 0.1})
    study = Study(plan(first=first), samples=5000)
    run(study)
    tried = [record.trial.params for record in study.searched()]
    assert tuple(tried[:2]) == first
    assert all(tried.count(point) == 1 for point in first)


def test_what_is_averaged_are_the_best_few_that_are_not_clearly_worse_than_the_start():
    study = Study(plan(budget=Budget(trials=9), repeats=0), samples=5000)
    gains = iter([-0.9, -1.1, 0.3, -5.0, 0.1, -0.2, 0.8, -0.4, -0.5])
    run(study, gain=lambda _: next(gains))
    assert [one.gain_db for one in study.averaged()] == [0.8, 0.3, 0.1, -0.2, -0.4]
    assert [one.gain_db for one in study.finalists()] == [0.8, 0.3, 0.1]
